"""The memory connector keeps every promise that a real one makes, and can break down where it is told to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.model.address import Address
from engine.model.change import Batch, Part
from engine.model.errors import InDoubtError
from engine.model.record import Record
from engine.sdk import Action
from engine.sdk.connector import Context
from engine.testing.contracts import Promised, TargetContract
from engine.testing.memory import Memory, MemorySystem, memory_connector
from tests.engine.passes.passes_kit import BOOKED, BOOKS, CONTACTS, SHOP


class TestMemoryContract(TargetContract):
    @pytest.fixture
    def promised(self) -> Promised:
        memory = Memory()
        memory.put("contacts", "c1", {"ContactID": "c1", "Name": "First"})
        connector = memory_connector(BOOKS, memory)
        return Promised(
            connector,
            lambda: connector.open(None, Context("memory")),
            "contacts",
            body=lambda n: {"Name": f"Contact {n}", "Number": str(n)},
            wrong=lambda: {"ContactID": "chosen"},
            changed={"City": "Utrecht"},
            rule=lambda n: {"Number": str(n)},
        )


class TestMemoryInvoices(TargetContract):
    @pytest.fixture
    def promised(self) -> Promised:
        memory = Memory()
        memory.put("invoices", "i1", {"InvoiceID": "i1", "Reference": "First"})
        connector = memory_connector(BOOKS, memory)
        return Promised(
            connector,
            lambda: connector.open(None, Context("memory")),
            "invoices",
            body=lambda n: {"Reference": f"INV-{n}"},
            changed={"Note": "later"},
            rule=lambda n: {"Reference": f"INV-{n}"},
            acting={"email": "a@b.example"},
        )


def test_what_an_action_went_to_is_kept_and_one_that_takes_nothing_gets_nothing() -> None:
    memory, address = Memory(), Address("shop", "invoices", "7")
    system = opened(memory)
    part = Part(address, {"to": "a@b.example"}, "i1")
    (done,) = system.act(Batch("invoices", "email", "k", (part,), datetime.now(UTC)))
    assert done.outcome == "done"
    assert memory.acted_to == {("invoices", "email", "i1"): "a@b.example"}
    bare = opened(memory, (replace(BOOKED, actions={"email": Action("Mail it.")}),))
    (refused,) = bare.act(Batch("invoices", "email", "l", (part,), datetime.now(UTC)))
    assert (refused.outcome, refused.reason) == ("refused", "email takes nothing, and was given to")


def opened(memory: Memory, streams: Any = BOOKS) -> MemorySystem:
    return MemorySystem(memory, streams, Context("books"))


def batch(key: str = "k", verb: str = "create", target: str | None = None, **body: Any) -> Batch:
    part = Part(Address("shop", "companies", "7"), body, target)
    return Batch("contacts", verb, key, (part,), datetime.now(UTC))


def test_an_id_is_never_given_twice() -> None:
    memory = Memory()
    system = opened(memory)
    (first,) = system.write(batch("a", Name="First"))
    memory.drop("contacts", first.target_id or "")
    (second,) = system.write(batch("b", Name="Second"))
    assert second.target_id != first.target_id


def test_an_update_leaves_fields_alone_that_it_does_not_name() -> None:
    memory = Memory()
    system = opened(memory)
    (made,) = system.write(batch("a", Name="First", City="Utrecht"))
    system.write(batch("b", "update", made.target_id, City="Breda"))
    assert memory.records["contacts"][made.target_id or ""] == {
        "ContactID": made.target_id,
        "Name": "First",
        "City": "Breda",
    }


def test_an_update_of_what_is_not_there_is_refused() -> None:
    (receipt,) = opened(Memory()).write(batch("a", "update", "nowhere", City="Breda"))
    assert (receipt.outcome, receipt.code) == ("refused", "memory.missing")


def test_a_key_with_another_request_belongs_to_no_one() -> None:
    system = opened(Memory())
    system.write(batch("a", Name="First"))
    with pytest.raises(InDoubtError, match="different request"):
        system.write(batch("a", Name="Second"))


@pytest.mark.parametrize(("what", "made"), [("requests", 0), ("answers", 1)])
def test_a_lost_request_has_no_effect_and_a_lost_answer_has(what: str, made: int) -> None:
    memory = Memory()
    system = opened(memory)
    setattr(memory, f"lose_{what}", 1)
    with pytest.raises(InDoubtError):
        system.write(batch("a", Name="First"))
    assert len(memory.records.get("contacts", {})) == made
    system.write(batch("a", Name="First"))
    assert len(memory.records["contacts"]) == 1


def test_reading_since_overlaps_rather_than_misses() -> None:
    memory = Memory()
    for key in "123":
        memory.put("companies", key, {"id": key, "name": key})
    system = opened(memory, SHOP)
    since = memory.changed["companies", "2"]
    assert [one.address.key for one in system.read("companies", since=since) if isinstance(one, Record)] == [
        "2",
        "3",
    ]


def test_what_is_found_is_compared_as_its_stream_types_it() -> None:
    memory = Memory(exists=lambda stream, values: values.get("Status") != "VOIDED")
    for key, status in (("b1", "OPEN"), ("b2", "VOIDED")):
        contact = {"ContactID": "c1"}
        memory.put(
            "invoices", key, {"InvoiceID": key, "Date": "2026-03-01", "Status": status, "Contact": contact}
        )
    rule = {"Date": "2026-03-01", "Contact.ContactID": "c1"}
    (found,) = opened(memory).find("invoices", [rule])
    assert [one.address.key for one in found] == ["b1"]
    assert opened(memory).find("invoices", [{"Reference": None}]) == [[]]


def test_a_verb_that_the_stream_has_not_is_refused() -> None:
    assert "email" in BOOKED.actions
    assert not CONTACTS.actions
    (receipt,) = opened(Memory()).act(batch("a", "email", "contacts-1"))
    assert (receipt.outcome, receipt.reason) == ("refused", "contacts cannot email")
