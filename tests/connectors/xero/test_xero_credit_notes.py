"""Credit notes by the connector against the sandbox: written, read, placed in the book."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connectors.xero import connector
from engine.sdk import Record, System
from tests.connectors.xero.bodies_kit import credit, invoice, written
from tests.connectors.xero.xero_kit import Books, batch


def test_shuffled_batch_gives_each_its_own_receipt(xero: System, customer: str) -> None:
    bodies = [credit(customer, f"S{at}", line={"UnitAmount": Decimal(at + 1)}) for at in range(12)]
    bodies[5]["LineItems"][0]["DiscountRate"] = Decimal(10)
    receipts = xero.target.write(batch("credit_notes", "create", bodies))
    assert [one.outcome for one in receipts] == ["done"] * 5 + ["refused"] + ["done"] * 6
    assert receipts[5].reason == "Discounts are only supported on sales invoices and quotes."
    for body, receipt in zip(bodies, receipts, strict=True):
        if receipt.outcome == "done":
            assert receipt.observed["Reference"] == body["Reference"]
            assert xero.books.totals("credit_notes", body) == {
                name: receipt.observed[name] for name in ("SubTotal", "TotalTax", "Total")
            }


def test_what_goes_out_asks_for_four_places_and_each_elements_fate(
    books: Books, xero: System, customer: str
) -> None:
    books.requests()
    (key,) = written(xero, credit(customer, "Q1"))
    xero.target.write(batch("credit_notes", "update", [{"Reference": "Q2"}], [key]))
    created, changed = (
        one for one in books.requests() if one["method"] in ("PUT", "POST") and "/api.xro/" in one["path"]
    )
    assert [one["method"] for one in (created, changed)] == ["PUT", "POST"]
    for one in (created, changed):
        assert one["path"].endswith("/CreditNotes")
        assert set(one["query"].split("&")) == {"summarizeErrors=false", "unitdp=4"}
        assert one["idempotency_key"]


def test_written_credit_note_is_read_as_it_was_sent(xero: System, customer: str) -> None:
    (key,) = written(xero, credit(customer, "W1"))
    (found,) = [
        one for one in xero.source.read("credit_notes", keys=[key.upper()]) if isinstance(one, Record)
    ]
    assert found.address.key == key == found.values["ID"]
    assert (found.values["Date"], found.values["Status"]) == (date(2026, 11, 2), "AUTHORISED")
    assert found.values["LineItems"][0]["UnitAmount"] == Decimal("10.0025")
    assert found.values["RemainingCredit"] == found.values["Total"]
    assert found.changed is not None


def test_update_changes_what_it_names(xero: System, customer: str) -> None:
    (key,) = written(xero, credit(customer, "U1", Status="DRAFT"))
    body = {"Status": "AUTHORISED", "Reference": "U2"}
    (receipt,) = xero.target.write(batch("credit_notes", "update", [body], [key]))
    assert (receipt.outcome, receipt.target_id) == ("done", key)
    assert (receipt.observed["Status"], receipt.observed["Reference"]) == ("AUTHORISED", "U2")


def test_update_of_one_that_is_not_there_is_refused(xero: System, customer: str) -> None:
    nobody = "11111111-2222-3333-4444-555555555555"
    (key,) = written(xero, credit(customer, "U3"))
    bodies = [{"Reference": "U4"}, {"Reference": "U5"}]
    receipts = xero.target.write(batch("credit_notes", "update", bodies, [nobody, key]))
    assert [one.outcome for one in receipts] == ["refused", "done"]
    assert "could not be found" in receipts[0].reason


def test_taken_number_is_refused_and_never_overwritten(xero: System, customer: str) -> None:
    numbered = credit(customer, "N1", CreditNoteNumber="OWN-1")
    written(xero, numbered)
    (again,) = xero.target.write(batch("credit_notes", "create", [{**numbered, "Reference": "N2"}]))
    assert (again.outcome, again.code) == ("refused", "xero.validation")
    (found,) = xero.target.find("credit_notes", [{"CreditNoteNumber": "OWN-1"}])
    assert [one.values["Reference"] for one in found] == ["N1"]


def test_lost_answer_is_asked_for_again_under_the_same_key(books: Books, xero: System, customer: str) -> None:
    books.fault("drop_after", "/CreditNotes")
    books.requests()
    written(xero, credit(customer, "L1"))
    sent = [one["idempotency_key"] for one in books.requests() if one["method"] == "PUT"]
    assert (len(sent), len(set(sent))) == (2, 1)
    assert len(xero.target.find("credit_notes", [{"Reference": "L1"}])[0]) == 1


def test_standing_follows_the_credit_that_is_left(books: Books, xero: System, customer: str) -> None:
    (key,) = written(xero, credit(customer, "X1", line={"Quantity": 1, "UnitAmount": Decimal(100)}))
    (made,) = xero.target.write(
        batch("invoices", "create", [invoice(customer, "X2", line={"UnitAmount": Decimal(100)})])
    )

    def stands() -> tuple[str, Decimal, Decimal, str]:
        (read,) = [one for one in xero.source.read("credit_notes", keys=[key]) if isinstance(one, Record)]
        found = xero.books.standing("credit_notes", read.values)
        assert found is not None
        return found.state, found.total, found.credited, found.settlement

    assert stands() == ("unallocated", Decimal(-121), Decimal(0), "121.00 of 121.00 EUR is left")
    books.allocate(key, made.target_id or "", Decimal(21))
    left = "21.00 allocated, 100.00 of 121.00 EUR is left"
    assert stands() == ("unallocated", Decimal(-121), Decimal(-21), left)
    books.allocate(key, made.target_id or "", Decimal(100))
    assert stands() == ("credited", Decimal(-121), Decimal(-121), "121.00 allocated")
    (credited,) = list(xero.source.read("invoices", keys=[made.target_id or ""]))
    assert isinstance(credited, Record)
    assert [one["AppliedAmount"] for one in credited.values["CreditNotes"]] == [121]
    assert credited.values["AmountCredited"] == 121
    standing = xero.books.standing("invoices", credited.values)
    assert standing is not None
    assert standing.state == "credited"


def test_allocations_are_read_with_their_invoices(books: Books, xero: System, customer: str) -> None:
    (key,) = written(xero, credit(customer, "A1"))
    (made,) = xero.target.write(batch("invoices", "create", [invoice(customer, "A2", Date="2026-11-05")]))
    books.allocate(key, made.target_id or "", Decimal(10))
    (read,) = [one for one in xero.source.read("credit_notes", keys=[key]) if isinstance(one, Record)]
    (allocation,) = read.values["Allocations"]
    assert (allocation["Amount"], allocation["Date"]) == (10, date(2026, 11, 5))
    assert allocation["Invoice"] == {
        "InvoiceID": made.target_id,
        "InvoiceNumber": made.observed["InvoiceNumber"],
    }


@pytest.mark.parametrize(
    ("values", "state", "credited", "paid"),
    [
        ({"Status": "DRAFT", "RemainingCredit": Decimal(10)}, "open", 0, 0),
        ({"Status": "AUTHORISED"}, "unallocated", 0, 0),
        ({"Status": "AUTHORISED", "RemainingCredit": Decimal(4)}, "unallocated", -6, 0),
        (
            {"Status": "AUTHORISED", "RemainingCredit": Decimal(4), "Payments": [{"Amount": Decimal(6)}]},
            "unallocated", 0, -6,
        ),
        ({"Status": "PAID", "RemainingCredit": Decimal(0)}, "credited", -10, 0),
        ({"Status": "PAID"}, "credited", -10, 0),
        ({"Status": "PAID", "Payments": [{"Amount": Decimal(10)}]}, "paid", 0, -10),
        (
            {"Status": "PAID", "Payments": [{"Amount": 4}], "Allocations": [{"Amount": Decimal(6)}]},
            "paid", -6, -4,
        ),
        ({"Status": "VOIDED", "RemainingCredit": Decimal(0)}, "voided", 0, 0),
        ({"Status": "DELETED"}, "deleted", 0, 0),
    ],
)  # fmt: skip
def test_credit_note_takes_from_the_book(
    xero: System, values: dict[str, Any], state: str, credited: int, paid: int
) -> None:
    found = xero.books.standing("credit_notes", {"Total": Decimal(10), "CurrencyCode": "EUR", **values})
    assert found is not None
    assert (str(found.state), found.currency) == (state, "EUR")
    assert [found.total, found.credited, found.paid] == [-10, credited, paid]


def test_credit_notes_are_never_mailed(xero: System) -> None:
    stream = connector.stream("credit_notes")
    assert stream is not None
    assert list(stream.actions) == ["allocate"]
    (refused,) = xero.actions.act(batch("credit_notes", "email", [{}], ["some id"]))
    assert (refused.outcome, refused.reason) == ("refused", 'xero.credit_notes has no action "email"')
    assert (refused.target_id, refused.code) == ("some id", "xero.verb")
    assert xero.actions.acted("credit_notes", "email", "some id", {}) is None


def test_people_are_led_to_the_record(xero: System) -> None:
    assert xero.books.web_link("credit_notes", "abc") == (
        "https://go.xero.com/organisationlogin/default.aspx?shortcode=%21sbx7Q"
        "&redirecturl=/AccountsReceivable/ViewCreditNote.aspx?creditNoteID=abc"
    )
