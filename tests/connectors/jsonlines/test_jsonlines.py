"""The connector of .jsonl files: the contract suites, and what is its own."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.jsonlines import connector
from engine.sdk import Address, Batch, Connector, Context, Part, Record, System, UnavailableError, Unusable
from engine.testing.contracts import Promised, TargetContract

FIELDS = {"id": "text", "email": "text", "limit": "decimal", "since": "date", "changed": "instant"}
SETTINGS = connector.settings.model_validate(
    {
        "folder": "data",
        "streams": {
            "customers": {"fields": FIELDS, "natural_key": ["email"], "changed": "changed"},
            "orders": {"fields": {"id": "int", "total": "decimal"}},
        },
    }
)
CONFIGURED: Connector = connector.configured(SETTINGS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def write(folder: Path) -> Callable[..., Path]:
    def put(*lines: Any, stream: str = "customers") -> Path:
        path = folder / f"{stream}.jsonl"
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        return path

    return put


@pytest.fixture
def system(folder: Path) -> System:
    return connector.open(SETTINGS, Context("files", folder=folder.parent))


def batch(verb: str, *bodies: dict[str, Any], key: str = "k-1", ids: Sequence[str] = ()) -> Batch:
    parts = tuple(
        Part(Address("shop", "customers", str(n)), body, ids[n] if ids else None)
        for n, body in enumerate(bodies)
    )
    return Batch("customers", verb, key, parts, datetime.now(UTC))


def rows(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class TestCustomers(TargetContract):
    @pytest.fixture
    def promised(self, folder: Path, write: Callable[..., Path]) -> Promised:
        write({"id": "C-1", "email": "ada@example.com", "limit": 12.50})
        return Promised(
            CONFIGURED,
            lambda: connector.open(SETTINGS, Context("files", folder=folder.parent)),
            "customers",
            body=lambda n: {"email": f"{n}@example.com", "limit": Decimal(n)},
            wrong=lambda: {"email": "wrong@example.com", "limit": "a lot"},
            changed={"limit": Decimal("0.10")},
            rule=lambda n: {"email": f"{n}@example.com"},
            http=False,
        )


def test_values_have_the_types_that_the_config_declares(system: System, write: Callable[..., Path]) -> None:
    write('{"id": "C-1", "limit": 12.50, "since": "2026-03-01", "changed": "2026-03-02T10:00:00Z", "x": 1}')
    (record,) = system.source.read("customers")
    assert isinstance(record, Record)
    assert record.values == {
        "id": "C-1",
        "limit": Decimal("12.50"),
        "since": datetime(2026, 3, 1).date(),  # noqa: DTZ001
        "changed": datetime(2026, 3, 2, 10, tzinfo=UTC),
    }
    assert str(record.values["limit"]) == "12.50"
    assert record.address == Address("files", "customers", "C-1")


def test_line_that_cannot_be_read_is_unusable_and_named_with_its_place(
    system: System, write: Callable[..., Path]
) -> None:
    write(
        {"id": "C-1"},
        "{oops",
        "",
        "[1]",
        {"email": "nobody@example.com"},
        {"id": "C-2", "limit": "much"},
        {"id": "C-1"},
    )
    found = list(system.source.read("customers"))
    assert [one.address.key for one in found if isinstance(one, Record)] == ["C-1"]
    unusable = [one for one in found if isinstance(one, Unusable)]
    assert [one.address.key for one in unusable] == ["line-2", "line-4", "line-5", "C-2", "line-7"]
    assert [one.reason.partition(": ")[0] for one in unusable] == [
        "customers.jsonl:2",
        "customers.jsonl:4",
        "customers.jsonl:5",
        "customers.jsonl:6",
        "customers.jsonl:7",
    ]
    assert unusable[1].reason == "customers.jsonl:4: expected a JSON object"
    assert unusable[2].reason == "customers.jsonl:5: id: the record has none"
    assert unusable[3].reason == 'customers.jsonl:6: limit: expected a number, found the text "much"'
    assert unusable[4].reason == 'customers.jsonl:7: id: "C-1" is already on customers.jsonl:1'
    write("{oops", stream="orders")
    assert [one.code for one in system.source.check()] == ["unreadable"] * 6
    with pytest.raises(UnavailableError, match=r"customers\.jsonl:2: invalid JSON"):
        system.target.find("customers", [{"email": "ada@example.com"}])


def test_missing_file_is_an_error_for_a_source_and_empty_for_a_target(system: System, folder: Path) -> None:
    assert list(system.source.read("customers")) == []
    with pytest.raises(UnavailableError, match=r"orders\.jsonl does not exist"):
        list(system.source.read("orders"))
    assert [one.code for one in system.source.check()] == ["unavailable"]
    folder.rmdir()
    with pytest.raises(UnavailableError, match=r"customers\.jsonl does not exist"):
        list(system.source.read("customers"))


def test_since_reads_changed_records_and_skips_files_that_did_not_change(
    system: System, write: Callable[..., Path]
) -> None:
    now = datetime.now(UTC)
    old, new = (now - timedelta(days=2)).isoformat(), now.isoformat()
    write({"id": "old", "changed": old}, {"id": "new", "changed": new}, {"id": "unknown"})
    path = write({"id": 1}, {"id": 2}, stream="orders")

    def keys(stream: str, since: datetime) -> list[str]:
        read = system.source.read(stream, since=since)
        return [one.address.key for one in read if isinstance(one, Record)]

    assert keys("customers", now - timedelta(days=1)) == ["new", "unknown"]
    assert keys("orders", now - timedelta(days=1)) == ["1", "2"]
    os.utime(path, (0, 0))
    assert keys("orders", now - timedelta(days=1)) == []


def test_batch_that_is_sent_again_after_a_crash_creates_nothing(
    system: System, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write({"id": "C-1"})
    sent = batch("create", {"email": "a@example.com"}, {"id": "C-9", "email": "b@example.com"})

    def crash(*given: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", crash)  # before the new file replaces the old one
    with pytest.raises(KeyboardInterrupt):
        system.target.write(sent)
    assert rows(path) == [{"id": "C-1"}]
    monkeypatch.undo()
    first = system.target.write(sent)
    written = path.read_bytes()
    again = system.target.write(sent)
    assert [one.target_id for one in again] == [one.target_id for one in first]
    assert {one.outcome for one in again} == {"done"}
    assert path.read_bytes() == written
    assert rows(path)[2] == {"id": "C-9", "email": "b@example.com"}


def test_record_that_is_there_already_is_not_overwritten_by_a_create(
    system: System, write: Callable[..., Path]
) -> None:
    path = write({"id": "C-1", "email": "old@example.com"})
    (receipt,) = system.target.write(batch("create", {"id": "C-1", "email": "new@example.com"}))
    assert (receipt.outcome, receipt.code) == ("refused", "jsonlines.exists")
    assert rows(path) == [{"id": "C-1", "email": "old@example.com"}]


def test_update_keeps_other_members_and_lines_that_cannot_be_read(
    system: System, write: Callable[..., Path]
) -> None:
    path = write("{oops", '{"id":"C-1",  "vip":true, "email":"a@example.com"}', '{"id":"C-2"}')
    (done,) = system.target.write(batch("update", {"email": None, "limit": Decimal("1.50")}, ids=["C-1"]))
    assert (done.outcome, done.observed) == ("done", {"id": "C-1", "limit": Decimal("1.50")})
    assert path.read_text() == (
        '{oops\n{"id": "C-1", "vip": true, "email": null, "limit": 1.50}\n{"id":"C-2"}\n'
    )
    (missing,) = system.target.write(batch("update", {"limit": 1}, ids=["C-7"]))
    assert (missing.outcome, missing.reason) == ("refused", 'customers has no id "C-7"')


def test_find_compares_typed_values(system: System, write: Callable[..., Path]) -> None:
    write({"id": "C-1", "email": "a@example.com", "limit": 1.0}, {"id": "C-2", "email": "a@example.com"})
    rules = [{"email": "a@example.com"}, {"email": "a@example.com", "limit": "1"}, {"email": " "}, {}]
    found = [[one.address.key for one in hits] for hits in system.target.find("customers", rules)]
    assert found == [["C-1", "C-2"], ["C-1"], [], []]


def test_identity_is_the_folder_as_the_config_spells_it(system: System) -> None:
    assert system.source.identity() == "data"
    assert system.source.requests == 0


@pytest.mark.parametrize(
    ("stream", "mistake"),
    [
        ({"fields": {"name": "text"}}, '"id" is not in fields; there are name'),
        ({"fields": {"id": "decimal"}}, 'the key "id" must be text or int'),
        ({"fields": {"id": "text"}, "changed": "id"}, 'changed: "id" must be an instant'),
        ({"fields": {"id": "text"}, "natural_key": ["vat"]}, '"vat" is not in fields'),
    ],
)
def test_stream_that_does_not_fit_is_refused_by_the_settings(stream: dict[str, Any], mistake: str) -> None:
    with pytest.raises(ValueError, match=mistake):
        connector.settings.model_validate({"folder": ".", "streams": {"customers": stream}})
