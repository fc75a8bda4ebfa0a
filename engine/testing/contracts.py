"""Contract suites: what `engine.sdk.System` promises, as tests for a connector's author to inherit.

    class TestBills(TargetContract):
        @pytest.fixture
        def promised(self, sandbox: Ledgerly) -> Promised:
            return Promised(connector, sandbox.open, "bills", body=lambda n: {"number": f"B-{n}"}, …)

They hold a system to what the engine relies on; whether its data are right is for the connector's own tests.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.model.address import Address
from engine.model.change import Batch, Part
from engine.model.record import Record
from engine.sdk.connector import Connector
from engine.sdk.declaration import check_parts
from engine.sdk.system import System


@dataclass(frozen=True, slots=True)
class Promised:
    """What a suite needs to know about the system under test.

    `open` opens it over the same state each time; at least one record of `stream` must exist. A target gives
    `body` and, for what it supports, the rest: tests of what is left out are skipped. Bodies are payloads, in
    the fields of the stream.
    """

    connector: Connector
    open: Callable[[], System]
    stream: str  # without the system: "invoices"
    body: Callable[[int], Mapping[str, Any]] = field(default=lambda n: {})  # the n-th valid new record
    wrong: Callable[[], Mapping[str, Any]] | None = None  # a new record that the system refuses
    changed: Mapping[str, Any] = field(default_factory=dict)  # a body that updates any of those records
    rule: Callable[[int], Mapping[str, Any]] | None = None  # for `find`: matches only the n-th body
    acting: Mapping[str, Any] = field(default_factory=dict)  # actions of the stream, each with its `to`
    http: bool = True  # the system is reached by HTTP, so its requests are counted


class SourceContract:
    """What every source promises. A subclass provides the fixture `promised`."""

    def test_reading_twice_gives_the_same_records(self, promised: Promised) -> None:
        system = promised.open()
        try:
            once, again = _records(system, promised), _records(system, promised)
            assert once
            assert [(r.address, r.values) for r in once] == [(r.address, r.values) for r in again]
        finally:
            system.source.close()

    def test_records_have_addresses_of_their_stream_and_no_floats(self, promised: Promised) -> None:
        system = promised.open()
        try:
            for record in _records(system, promised):
                assert record.address.stream == promised.stream
                assert record.address.key
                assert not [value for value in _leaves(record.values) if isinstance(value, float)]
        finally:
            system.source.close()

    def test_keys_read_just_those_and_leave_out_what_does_not_exist(self, promised: Promised) -> None:
        system = promised.open()
        try:
            first = _records(system, promised)[0]
            read = system.source.read(promised.stream, keys=[first.address.key, "999999999"])
            records = [record for record in read if isinstance(record, Record)]
            assert [record.address for record in records] == [first.address]
        finally:
            system.source.close()

    def test_fields_are_those_of_the_schema(self, promised: Promised) -> None:
        stream = promised.connector.stream(promised.stream)
        assert stream is not None
        system = promised.open()
        try:
            for record in _records(system, promised):
                assert set(record.values) <= set(stream.fields)
                assert str(record.values[stream.key]) == record.address.key
        finally:
            system.source.close()

    def test_requests_are_counted(self, promised: Promised) -> None:
        system = promised.open()
        try:
            before = system.source.requests
            _records(system, promised)
            assert (system.source.requests > before) == promised.http
        finally:
            system.source.close()

    def test_the_system_has_the_parts_that_its_streams_need(self, promised: Promised) -> None:
        system = promised.open()
        check_parts(promised.connector.name, promised.connector.streams, system)
        system.source.close()

    def test_identity_is_the_same_each_time(self, promised: Promised) -> None:
        first, second = promised.open(), promised.open()
        try:
            assert first.source.identity() == second.source.identity() != ""
        finally:
            first.source.close()
            second.source.close()

    def test_closing_twice_does_no_harm(self, promised: Promised) -> None:
        system = promised.open()
        system.source.close()
        system.source.close()
        assert system.source.requests >= 0


class TargetContract(SourceContract):
    """What every target promises as well. The tests write to the system under test."""

    def test_a_receipt_for_each_part_in_order(self, promised: Promised) -> None:
        system = promised.open()
        try:
            receipts = system.target.write(_batch(promised, 100, 3))
            assert [receipt.outcome for receipt in receipts] == ["done"] * 3
            assert len({receipt.target_id for receipt in receipts}) == 3
        finally:
            system.source.close()

    def test_the_same_batch_under_the_same_key_is_answered_not_done_twice(self, promised: Promised) -> None:
        system = promised.open()
        try:
            batch = _batch(promised, 200, 2)
            first, count = system.target.write(batch), len(_records(system, promised))
            again = system.target.write(batch)
            assert [receipt.target_id for receipt in again] == [r.target_id for r in first]
            assert len(_records(system, promised)) == count
        finally:
            system.source.close()

    def test_one_refused_element_does_not_stop_its_neighbours(self, promised: Promised) -> None:
        if promised.wrong is None:
            pytest.skip("Promised has no `wrong`")
        system = promised.open()
        try:
            batch = _batch(promised, 300, 3)
            wrong = replace(batch.parts[1], body=promised.wrong())
            receipts = system.target.write(replace(batch, parts=(batch.parts[0], wrong, batch.parts[2])))
            assert [receipt.outcome for receipt in receipts] == ["done", "refused", "done"]
            assert receipts[1].reason
            assert receipts[1].code
        finally:
            system.source.close()

    def test_an_update_changes_the_record_and_makes_no_new_one(self, promised: Promised) -> None:
        if not promised.changed:
            pytest.skip("Promised has no `changed`")
        system = promised.open()
        try:
            (made,) = system.target.write(_batch(promised, 400, 1))
            count = len(_records(system, promised))
            part = Part(_address(400), promised.changed, made.target_id)
            (receipt,) = system.target.write(_drawn(promised.stream, "update", (part,)))
            assert (receipt.outcome, receipt.target_id) == ("done", made.target_id)
            assert len(_records(system, promised)) == count
        finally:
            system.source.close()

    def test_an_unknown_action_is_refused(self, promised: Promised) -> None:
        system = promised.open()
        try:
            (made,) = system.target.write(_batch(promised, 700, 1))
            part = Part(_address(700), {}, made.target_id)
            (receipt,) = system.actions.act(_drawn(promised.stream, "no-such-action", (part,)))
            assert (receipt.outcome, bool(receipt.reason), bool(receipt.code)) == ("refused", True, True)
        finally:
            system.source.close()

    def test_an_action_is_carried_out_and_answered_under_its_key(self, promised: Promised) -> None:
        stream = promised.connector.stream(promised.stream)
        if not promised.acting or stream is None:
            pytest.skip("Promised has no `acting`")
        assert set(promised.acting) <= set(stream.actions)
        system = promised.open()
        try:
            for number, (verb, to) in enumerate(promised.acting.items(), 800):
                (made,) = system.target.write(_batch(promised, number, 1))
                body = {} if stream.actions[verb].to is None else {"to": to}
                batch = _drawn(promised.stream, verb, (Part(_address(number), body, made.target_id),))
                receipts = [system.actions.act(batch)[0] for _ in range(2)]
                assert [(receipt.outcome, receipt.target_id) for receipt in receipts] == [
                    ("done", made.target_id)
                ] * 2
        finally:
            system.source.close()

    def test_an_empty_rule_finds_nothing(self, promised: Promised) -> None:
        # Otherwise a record without any matching field would be taken for every other one.
        system = promised.open()
        try:
            system.target.write(_batch(promised, 600, 1))
            assert [list(records) for records in system.target.find(promised.stream, [{}])] == [[]]
        finally:
            system.source.close()

    def test_what_was_written_is_found_by_its_rule(self, promised: Promised) -> None:
        if promised.rule is None:
            pytest.skip("Promised has no `rule`")
        system = promised.open()
        try:
            (made,) = system.target.write(_batch(promised, 500, 1))
            matches, none = system.target.find(promised.stream, [promised.rule(500), promised.rule(599)])
            assert [record.address.key for record in matches] == [made.target_id]
            assert list(none) == []
        finally:
            system.source.close()


def _records(system: System, promised: Promised) -> list[Record]:
    return [record for record in system.source.read(promised.stream) if isinstance(record, Record)]


def _address(n: int) -> Address:
    return Address("tests", "records", str(n))


def _batch(promised: Promised, first: int, count: int) -> Batch:
    parts = tuple(Part(_address(n), promised.body(n)) for n in range(first, first + count))
    return _drawn(promised.stream, "create", parts)


def _drawn(stream: str, verb: str, parts: tuple[Part, ...]) -> Batch:
    return Batch(stream, verb, secrets.token_hex(16), parts, datetime.now(UTC))


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [leaf for member in value.values() for leaf in _leaves(member)]
    if isinstance(value, list | tuple):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]
