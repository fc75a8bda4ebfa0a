"""The rules that the plan applies are those of the sandbox: what one refuses, the other does."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from connectors.xero.streams import RESOURCES
from engine.planning.accepted import faults
from engine.sdk import Finding, Record, System
from tests.connectors.xero.bodies_kit import credit, invoice, keys
from tests.connectors.xero.xero_kit import batch


def planned(xero: System, stream: str, body: Mapping[str, Any]) -> list[str]:
    """The codes of what the plan finds in a new body."""
    found = [*faults(body, RESOURCES[stream].stream, create=True), *xero.target.preflight(stream, [body])[0]]
    return [finding.code for finding in found]


def planned_update(xero: System, stream: str, key: str, body: Mapping[str, Any]) -> list[str]:
    (record,) = xero.source.read(stream, keys=[key])
    assert isinstance(record, Record)
    (found,) = xero.target.preflight_updates(stream, [body], [record.values])
    return [finding.code for finding in [*faults(body, RESOURCES[stream].stream, create=False), *found]]


def outcome(xero: System, stream: str, body: Mapping[str, Any], key: str | None = None) -> str:
    verb = "create" if key is None else "update"
    (receipt,) = xero.target.write(batch(stream, verb, [body], [key] if key else ()))
    return receipt.outcome


def test_what_the_plan_refuses_of_an_invoice_xero_refuses(xero: System, customer: str) -> None:
    huge = {"UnitAmount": Decimal("9999999999"), "Quantity": Decimal(2)}
    bodies = {
        "due_date_missing": invoice(customer, "a", DueDate=None),
        "required": invoice(customer, "b", LineItems=[]),
        "description_missing": invoice(customer, "c", line={"Description": None}),
        "account_missing": invoice(customer, "d", line={"AccountCode": None}),
        "too_large": invoice(customer, "e", line=huge),
        "too_long": invoice(customer, "f" * 256),
        "not_ascii": invoice(customer, "g", InvoiceNumber="N\u00e9"),
        "tracking_incomplete": invoice(customer, "h", line={"Tracking": [{"Name": "Region"}]}),
        "line_amount_unfit": invoice(customer, "i", line={"LineAmount": Decimal(1)}),
        "discount_unfit": invoice(customer, "j", line={"DiscountRate": Decimal(101)}),
        "status_unfit": invoice(customer, "k", Status="VOIDED"),
        "rate_unfit": invoice(customer, "l", CurrencyCode="GBP", CurrencyRate=Decimal(-1)),
    }
    found = {code: planned(xero, "invoices", body) for code, body in bodies.items()}
    assert {code: codes[:1] for code, codes in found.items()} == {code: [code] for code in bodies}
    assert {outcome(xero, "invoices", body) for body in bodies.values()} == {"refused"}


def test_three_tracking_options_are_too_many(xero: System, customer: str) -> None:
    option = {"Name": "Region", "Option": "North"}
    body = invoice(customer, "t", line={"Tracking": [option] * 3})
    assert planned(xero, "invoices", body) == ["too_many"]
    assert outcome(xero, "invoices", body) == "refused"


def test_a_draft_needs_neither_due_date_nor_account(xero: System, customer: str) -> None:
    body = invoice(customer, "d", Status="DRAFT", DueDate=None, line={"AccountCode": None})
    assert planned(xero, "invoices", body) == []
    assert outcome(xero, "invoices", body) == "done"


@pytest.mark.parametrize("status", ["VOIDED", "DELETED"])
def test_a_number_that_was_ever_used_is_taken(xero: System, customer: str, status: str) -> None:
    first = invoice(
        customer, "a", InvoiceNumber=f"N-{status}", Status="DRAFT" if status == "DELETED" else "AUTHORISED"
    )
    (made,) = xero.target.write(batch("invoices", "create", [first]))
    assert outcome(xero, "invoices", {"Status": status}, made.target_id) == "done"
    again = invoice(customer, "b", InvoiceNumber=f"N-{status}")
    (findings,) = xero.target.preflight("invoices", [again])
    assert [finding.code for finding in findings] == ["value_taken"]
    (holder,) = xero.source.read("invoices", keys=[made.target_id or ""])
    assert isinstance(holder, Record)
    total, dated = holder.values["Total"], holder.values["Date"]
    shown = f"N-{status}, Acme, {dated}, {total:,.2f} EUR, {status} ({made.target_id})"
    assert findings[0].message == f"InvoiceNumber N-{status} is already used in Xero, by {shown}"
    assert outcome(xero, "invoices", again) == "refused"


def test_a_name_is_used_once_at_xero_and_in_a_plan(xero: System) -> None:
    bodies = [{"Name": "Twin Ltd", "ContactNumber": "1"}, {"Name": "TWIN ltd", "ContactNumber": "2"}]
    first, second = xero.target.preflight("contacts", bodies)
    assert (first, [finding.code for finding in second]) == ([], ["value_taken"])
    assert outcome(xero, "contacts", bodies[0]) == "done"
    assert planned(xero, "contacts", bodies[1]) == ["value_taken"]
    assert outcome(xero, "contacts", bodies[1]) == "refused"


def test_a_number_of_an_archived_contact_stays_there_and_nothing_else_does(xero: System) -> None:
    made = [
        {"Name": "Twice Ltd", "ContactNumber": "stays-1"},
        {"Name": "Once Ltd", "ContactNumber": "stays-2"},
    ]
    gone, kept = xero.target.write(batch("contacts", "create", made))
    (current,) = xero.source.read("contacts", keys=[kept.target_id or ""])
    assert isinstance(current, Record)
    numbered = {"ContactNumber": "stays-1", "CompanyNumber": "7"}

    def taken() -> Finding:
        ((finding,),) = xero.target.preflight_updates("contacts", [numbered], [current.values])
        assert finding.code == "value_taken"
        return finding

    assert not taken().drops  # a person can still take it away there
    assert outcome(xero, "contacts", {"ContactStatus": "ARCHIVED"}, gone.target_id) == "done"
    xero.target.find("contacts", [{"Name": "Twice Ltd"}])
    assert (taken().drops, taken().path) == (True, "ContactNumber")
    assert f"Twice Ltd, ARCHIVED ({gone.target_id}); it stays there" in taken().message
    assert outcome(xero, "contacts", numbered, kept.target_id) == "refused"
    assert outcome(xero, "contacts", {"CompanyNumber": "7"}, kept.target_id) == "done"
    ((new,),) = xero.target.preflight("contacts", [{"Name": "New Ltd", "ContactNumber": "stays-1"}])
    assert not new.drops  # a new contact without its number would not be found again


def test_a_name_of_a_new_contact_is_taken_for_the_updates_of_the_same_plan(xero: System) -> None:
    (made,) = xero.target.write(batch("contacts", "create", [{"Name": "Before Ltd"}]))
    (record,) = xero.source.read("contacts", keys=[made.target_id or ""])
    assert isinstance(record, Record)
    new, renamed = {"Name": "Double Ltd", "ContactNumber": "double"}, {"Name": "DOUBLE ltd"}
    assert xero.target.preflight_updates("contacts", [renamed], [record.values]) == [[]]
    (found,) = xero.target.preflight_updates("contacts", [renamed], [record.values], [new])
    assert [finding.code for finding in found] == ["value_taken"]
    assert outcome(xero, "contacts", new) == "done"
    assert outcome(xero, "contacts", renamed, made.target_id) == "refused"


def test_an_archived_contact_does_not_hold_its_name_and_is_not_changed(xero: System) -> None:
    (made,) = xero.target.write(batch("contacts", "create", [{"Name": "Gone Ltd"}]))
    key = made.target_id or ""
    assert outcome(xero, "contacts", {"ContactStatus": "ARCHIVED"}, key) == "done"
    assert planned_update(xero, "contacts", key, {"Name": "Back Ltd"}) == ["contact_archived"]
    assert outcome(xero, "contacts", {"Name": "Back Ltd"}, key) == "refused"
    assert planned(xero, "contacts", {"Name": "Gone Ltd"}) == []
    assert outcome(xero, "contacts", {"Name": "Gone Ltd"}) == "done"


def test_what_is_wrong_with_a_contact_is_found(xero: System) -> None:
    person = {"FirstName": "A"}
    bodies: dict[str, dict[str, Any]] = {
        "too_many": {"Name": "a", "ContactPersons": [person] * 6},
        "required": {"ContactNumber": "b"},
        "too_long": {"Name": "c", "TaxNumber": "1" * 51},
        "currency_disabled": {"Name": "d", "DefaultCurrency": "JPY"},
    }
    assert {code: planned(xero, "contacts", body)[0] for code, body in bodies.items()} == {
        code: code for code in bodies
    }
    assert {outcome(xero, "contacts", body) for body in bodies.values()} == {"refused"}


@pytest.mark.parametrize("status", ["VOIDED", "DELETED"])
def test_what_is_final_is_not_updated(xero: System, customer: str, status: str) -> None:
    body = invoice(customer, "a", Status="DRAFT" if status == "DELETED" else "AUTHORISED")
    (made,) = xero.target.write(batch("invoices", "create", [body]))
    key = made.target_id or ""
    assert outcome(xero, "invoices", {"Status": status}, key) == "done"
    assert planned_update(xero, "invoices", key, body) == ["document_final"]
    assert outcome(xero, "invoices", body, key) == "refused"


def test_an_approved_document_does_not_become_a_draft(xero: System, customer: str) -> None:
    for stream, body in (("invoices", invoice(customer, "a")), ("credit_notes", credit(customer, "b"))):
        (made,) = xero.target.write(batch(stream, "create", [body]))
        draft = {"Status": "DRAFT"}
        assert planned_update(xero, stream, made.target_id or "", draft) == ["status_unfit"]
        assert outcome(xero, stream, draft, made.target_id) == "refused"


def test_what_keeps_its_state_can_be_changed(xero: System, customer: str) -> None:
    body = invoice(customer, "a")
    (made,) = xero.target.write(batch("invoices", "create", [body]))
    key = made.target_id or ""
    changed = {**body, "Reference": "b", "DueDate": "2026-12-24"}
    assert planned_update(xero, "invoices", key, changed) == []
    assert outcome(xero, "invoices", changed, key) == "done"
    assert keys(list(xero.source.read("invoices", keys=[key]))) == [key]
