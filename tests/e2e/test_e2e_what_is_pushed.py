"""Which invoices are pushed and mailed, and which are held before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import Row, Systems, served

FIRST, SECOND, THIRD = "INV-2026-0001", "INV-2026-0002", "INV-2026-0004"  # the draft has 0003


@pytest.fixture
def systems(tmp_path: Path) -> Iterator[Systems]:
    """Three sent invoices of two customers, and a draft."""
    with served(tmp_path, psohub={"invoices": 3, "customers": 2}, xero={}) as opened:
        yield opened


def harness_of(systems: Systems, folder: Path, **settings: Any) -> Harness:
    return Harness(systems, systems.config(folder, settings=settings), Program(folder))


def report(harness: Harness, verb: str, code: int = 0) -> Any:
    answered = harness.sync(verb, harness.config, "--output", "json")
    assert answered.code == code, answered.out
    return answered.json


def row_of(systems: Systems, number: str) -> Row:
    return next(row for row in systems.psohub_rows("invoices") if row["InvoiceNumber"] == number)


def references(systems: Systems) -> set[str]:
    return {one["Reference"] for one in systems.pushed()}


def mailed(systems: Systems) -> set[str]:
    """The PSOhub numbers of the invoices that Xero e-mailed."""
    numbers = {one["InvoiceID"]: one["Reference"] for one in systems.pushed()}
    return {numbers[one["invoice_id"]] for one in systems.emails()}


CREDITED = ("TotalAmountExVAT", "TotalAmountIncVAT", "InvoiceLines")


def negative(row: Row, *names: str) -> Row:
    return {**row, **{name: -row[name] for name in names}}


@pytest.mark.parametrize(
    ("statuses", "pushed"), [(["sent"], {SECOND, THIRD}), (["approved", "sent"], {FIRST, SECOND, THIRD})]
)
def test_statuses_to_push_are_a_setting_and_drafts_are_left_alone(
    systems: Systems, tmp_path: Path, statuses: list[str], pushed: set[str]
) -> None:
    """(connectors/psohub/API.md, 8.1)"""
    systems.edit(row_of(systems, FIRST)["InvoiceID"], InvoiceStatus="Approved")
    harness = harness_of(systems, tmp_path, push_statuses=statuses)
    report(harness, "run")
    assert references(systems) == pushed
    assert "INV-2026-0003" not in references(systems)


def test_what_has_an_external_id_is_not_created(systems: Systems, tmp_path: Path) -> None:
    """(connectors/psohub/API.md, 8.1)"""
    systems.edit(row_of(systems, FIRST)["InvoiceID"], ExternalID="INV-0900")
    harness = harness_of(systems, tmp_path)
    systems.reset()
    (held,) = report(harness, "push", 1)["held"]
    assert (held["title"], held["code"]) == (FIRST, "carried")
    assert references(systems) == {SECOND, THIRD}
    assert any("noexternalid=true" in str(asked) for asked in systems.log("psohub"))


@pytest.mark.parametrize("auto_send", [True, False])
def test_mailing_is_a_switch_and_no_credit_note_is_mailed(
    systems: Systems, tmp_path: Path, auto_send: bool
) -> None:
    """(connectors/psohub/API.md, 8.5)"""
    first = row_of(systems, FIRST)
    lines = [negative(line, "UnitPrice", "AmountExVAT") for line in first["InvoiceLines"]]
    credit = {**negative(first, "TotalAmountExVAT", "TotalAmountIncVAT"), "InvoiceLines": lines}
    systems.edit(first["InvoiceID"], **{name: credit[name] for name in CREDITED})
    for number in (SECOND, THIRD):
        systems.edit(row_of(systems, number)["InvoiceID"], InvoiceContactEmail="billing@plain.example")
    report(harness_of(systems, tmp_path, auto_send=auto_send), "run")
    assert [note["Reference"] for note in systems.credited()] == [FIRST]
    assert mailed(systems) == ({SECOND, THIRD} if auto_send else set())


def test_what_psohub_has_mailed_is_not_mailed_again_and_says_so(systems: Systems, tmp_path: Path) -> None:
    """Only approved invoices are mailed where PSOhub mails what it sends
    (connectors/psohub/API.md, 8.20).
    """
    for number in (FIRST, SECOND, THIRD):
        systems.edit(row_of(systems, number)["InvoiceID"], InvoiceContactEmail="billing@plain.example")
    systems.edit(row_of(systems, SECOND)["InvoiceID"], InvoiceStatus="Approved")
    harness = harness_of(systems, tmp_path, psohub_mails=True, push_statuses=["approved", "sent"])
    ran = report(harness, "run")
    assert references(systems) == {FIRST, SECOND, THIRD}
    assert mailed(systems) == {SECOND}
    left = {one["title"]: one["reason"] for one in ran["actions_not_done"]}
    assert left == dict.fromkeys((FIRST, THIRD), "PSOhub e-mailed it itself")
    report(harness, "run")
    assert len(systems.emails()) == 1


LINES: list[tuple[str, dict[str, Any], str]] = [
    ("tracking_archived", {"TrackingCategory": "Region", "TrackingOption": "Overseas"}, "8.9"),
    ("tracking_unknown", {"TrackingCategory": "Region", "TrackingOption": "Nowhere"}, "8.9"),
    ("mapping.lookup", {"TaxCategory": "19% MwSt"}, "8.15"),
    ("tax_unfit", {"GLAccount": "469"}, "8.15"),
]


@pytest.mark.parametrize(("code", "members", "number"), LINES, ids=[f"{row[2]}-{row[0]}" for row in LINES])
def test_line_that_xero_would_refuse_holds_its_invoice_alone_before_anything_is_written(
    systems: Systems, tmp_path: Path, code: str, members: dict[str, Any], number: str
) -> None:
    """Tracking by name and option (connectors/psohub/API.md, 8.9); tax types with their accounts
    (connectors/psohub/API.md, 8.15).
    """
    systems.edit_lines(row_of(systems, FIRST), **members)
    systems.edit_lines(row_of(systems, SECOND), TrackingCategory="Region", TrackingOption="North")
    harness = harness_of(systems, tmp_path, auto_send=False)
    systems.reset()
    planned = report(harness, "plan", 1)
    assert systems.writes("xero") == systems.writes("psohub") == []
    ran = report(harness, "run", 1)
    for told in (planned, ran):
        assert [(one["title"], one["code"]) for one in told["held"]] == [(FIRST, code)]
    assert references(systems) == {SECOND, THIRD}
    tracked = next(one for one in systems.pushed() if one["Reference"] == SECOND)["LineItems"]
    assert [(tag["Name"], tag["Option"]) for tag in tracked[0]["Tracking"]] == [("Region", "North")]


def test_currency_that_xero_does_not_have_is_refused_before_the_push(
    systems: Systems, tmp_path: Path
) -> None:
    """(connectors/psohub/API.md, 8.10)"""
    systems.edit(row_of(systems, FIRST)["InvoiceID"], InvoiceCurrencyCode="CHF")
    harness = harness_of(systems, tmp_path, auto_send=False)
    (held,) = report(harness, "plan", 1)["held"]
    assert (held["title"], held["code"]) == (FIRST, "currency_disabled")
    assert "currency CHF is not enabled in Xero" in held["reason"]
    report(harness, "run", 1)
    assert references(systems) == {SECOND, THIRD}
    assert len({one["CurrencyCode"] for one in systems.pushed()}) == 2


@pytest.mark.parametrize("lock", ["period_lock_date", "end_of_year_lock_date"])
@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({}, None),
        ({"on_locked_period": "hold"}, None),
        ({"on_locked_period": "draft"}, "DRAFT"),
        ({"invoice_status": "DRAFT"}, "DRAFT"),
    ],
    ids=["default", "hold", "draft", "all drafts"],
)
def test_locked_period_holds_or_takes_a_draft(
    tmp_path: Path, lock: str, settings: dict[str, str], status: str | None
) -> None:
    """Lock dates are read before the first write (connectors/psohub/API.md, 8.19)."""
    with served(tmp_path, psohub={"invoices": 3, "customers": 2}, xero={lock: "2026-03-31"}) as systems:
        assert row_of(systems, FIRST)["InvoiceDate"] < "2026-03-31"
        harness = harness_of(systems, tmp_path, auto_send=False, **settings)
        for told in (report(harness, verb, int(status is None)) for verb in ("plan", "run")):
            held = [(one["title"], one["code"]) for one in told["held"]]
            assert held == ([(FIRST, "locked_period")] if status is None else [])
        others = settings.get("invoice_status", "AUTHORISED")
        expected = {FIRST: status, SECOND: others, THIRD: others}
        states = {one["Reference"]: one["Status"] for one in systems.pushed()}
        assert states == {number: state for number, state in expected.items() if state}


def test_first_run_links_what_exists_and_leaves_out_what_is_older(systems: Systems, tmp_path: Path) -> None:
    """(connectors/psohub/API.md, 8.21)"""
    report(harness_of(systems, tmp_path, auto_send=False), "push")
    assert len(references(systems)) == 3
    added = row_of(systems, FIRST) | {"InvoiceID": 41939771881679999, "InvoiceNumber": "INV-2025-0900"}
    systems.add(**{**added, "InvoiceDate": "2025-06-01T00:00:00.000Z", "ExternalID": " "})
    config = systems.config(tmp_path, name="another", settings={"auto_send": False})
    systems.reset()
    ran = report(Harness(systems, config, Program(tmp_path)), "run")
    counted = {name: ran["flows"]["invoices"][name] for name in ("created", "adopted", "skipped")}
    assert counted == {"created": 0, "adopted": 3, "skipped": 1}
    assert "PUT /Invoices" not in systems.writes("xero")
    assert len(systems.pushed()) == 3


def test_native_integration_that_is_connected_refuses_to_start(systems: Systems, tmp_path: Path) -> None:
    """(connectors/psohub/API.md, 8.22)"""
    harness = harness_of(systems, tmp_path, native_integration="connected")
    systems.reset()
    for verb in ("plan", "run", "push", "reconcile"):
        answered = harness.sync(verb, harness.config)
        assert answered.code == 2
        assert "PSOhub's own Xero integration" in answered.err
    assert systems.log("psohub") == systems.log("xero") == []


@pytest.mark.parametrize(("mail_to", "to"), [("xero_contact", ["books@customer.example"]), ("hold", [])])
def test_the_address_that_the_contact_has_is_mailed_or_holds_the_e_mail(
    tmp_path: Path, mail_to: str, to: list[str]
) -> None:
    with served(tmp_path, psohub={"invoices": 1, "customers": 1}, xero={}) as systems:
        (row,) = systems.offered()
        contact = {"Name": row["CustomerName"], "EmailAddress": "books@customer.example"}
        systems.put("Contacts", [contact])
        harness = harness_of(systems, tmp_path, mail_to=mail_to)
        report(harness, "run", code=0 if to else 1)
        assert [address for mail in systems.emails() for address in mail["to"]] == to
