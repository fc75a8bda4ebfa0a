"""Changing invoices: states, numbers used twice, lines, and what is paid (connectors/xero/API.md, 6)."""

from typing import Any

import httpx2 as httpx
import pytest

from tests.connectors.xero.sandbox.xero_sandbox_kit import MakeLine, Messages, Xero

NOT_CHANGED = "Invoice not of valid status for modification"


def step(xero: Xero, invoice: Any, status: str) -> httpx.Response:
    return xero.change(invoice["InvoiceID"], Status=status)


@pytest.mark.parametrize(
    ("path", "fine"),
    [
        (("DRAFT", "SUBMITTED", "DRAFT", "AUTHORISED", "AUTHORISED", "VOIDED"), True),
        (("DRAFT", "DELETED"), True),
        (("SUBMITTED", "AUTHORISED"), True),
        (("SUBMITTED", "DELETED"), True),
        (("DRAFT", "VOIDED"), False),
        (("AUTHORISED", "DRAFT"), False),
        (("AUTHORISED", "SUBMITTED"), False),
        (("AUTHORISED", "DELETED"), False),
        (("AUTHORISED", "PAID"), False),
        (("AUTHORISED", "VOIDED", "AUTHORISED"), False),
        (("DRAFT", "DELETED", "DRAFT"), False),
        (("DRAFT", "DELETED", "DELETED"), False),
    ],
)
def test_states_follow_the_table(xero: Xero, said: Messages, path: Any, fine: bool) -> None:
    invoice = xero.invoice(Status=path[0])
    answers = [step(xero, invoice, status) for status in path[1:]]
    assert all(answer.status_code == 200 for answer in answers[:-1])
    if fine:
        assert xero.read(invoice["InvoiceID"])["Status"] == path[-1]
    else:
        assert said(answers[-1]) == [NOT_CHANGED]
        assert xero.read(invoice["InvoiceID"])["Status"] == path[-2]


def test_voided_invoice_owes_nothing(xero: Xero) -> None:
    invoice = xero.invoice()
    step(xero, invoice, "VOIDED")
    voided = xero.read(invoice["InvoiceID"])
    assert (voided["AmountDue"], voided["Total"]) == (0, 121)


def test_fields_left_out_of_an_update_stand(xero: Xero) -> None:
    invoice = xero.invoice(Reference="before", CurrencyCode="GBP")
    changed = xero.change(invoice["InvoiceID"], DueDate="2027-01-31").json()["Invoices"][0]
    assert (changed["Reference"], changed["CurrencyCode"]) == ("before", "GBP")
    assert changed["LineItems"] == invoice["LineItems"]
    assert changed["DueDateString"] == "2027-01-31T00:00:00"


def test_put_of_a_taken_number_is_refused(xero: Xero, said: Messages) -> None:
    number = xero.invoice()["InvoiceNumber"]
    answer = xero.put("/Invoices", xero.approved(InvoiceNumber=number.lower()))
    assert said(answer) == ["Invoice # must be unique."]


def test_post_of_a_taken_number_updates_that_invoice(xero: Xero) -> None:
    invoice = xero.invoice()
    answer = xero.post("/Invoices", xero.approved(InvoiceNumber=invoice["InvoiceNumber"], Reference="again"))
    assert answer.json()["Invoices"][0]["InvoiceID"] == invoice["InvoiceID"]
    assert len(xero.get("/Invoices").json()["Invoices"]) == 1


def test_post_without_known_id_or_number_creates(xero: Xero) -> None:
    assert (
        xero.post("/Invoices", xero.approved(InvoiceNumber="A-1")).json()["Invoices"][0]["InvoiceNumber"]
        == "A-1"
    )


def test_number_of_a_voided_invoice_stays_taken(xero: Xero, said: Messages) -> None:
    invoice = xero.invoice(InvoiceNumber="A-1")
    step(xero, invoice, "VOIDED")
    assert said(xero.post("/Invoices", xero.approved(InvoiceNumber="A-1"))) == [NOT_CHANGED]
    assert said(xero.put("/Invoices", xero.approved(InvoiceNumber="A-1"))) == ["Invoice # must be unique."]


def test_number_is_free_after_renaming_before_voiding(xero: Xero) -> None:
    invoice = xero.invoice(InvoiceNumber="A-1")
    assert xero.change(invoice["InvoiceID"], InvoiceNumber="A-1 void").status_code == 200
    step(xero, invoice, "VOIDED")
    assert xero.put("/Invoices", xero.approved(InvoiceNumber="A-1")).status_code == 200


def test_number_taken_within_one_batch_is_refused(xero: Xero) -> None:
    answer = xero.put(
        "/Invoices", {"Invoices": [xero.approved(InvoiceNumber="A-1")] * 2}, summarizeErrors="false"
    )
    assert [one["StatusAttributeString"] for one in answer.json()["Invoices"]] == ["OK", "ERROR"]


def test_put_of_a_known_id_creates_nothing(xero: Xero, said: Messages) -> None:
    invoice = xero.invoice()
    assert said(xero.put("/Invoices", xero.approved(InvoiceID=invoice["InvoiceID"]))) == [
        "Invoice not of valid status for creation"
    ]


def test_lines_with_ids_are_changed_others_new_and_unlisted_dropped(xero: Xero, line: MakeLine) -> None:
    invoice = xero.invoice(
        LineItems=[line(Description="one"), line(Description="two"), line(Description="three")]
    )
    one, two, _ = (made["LineItemID"] for made in invoice["LineItems"])
    wanted = [
        {"LineItemID": two, "UnitAmount": 7},
        {"LineItemID": one, "Description": "ONE"},
        line(Description="four"),
    ]
    lines = xero.change(invoice["InvoiceID"], LineItems=wanted).json()["Invoices"][0]["LineItems"]
    assert [made["Description"] for made in lines] == ["two", "ONE", "four"]
    assert [made["UnitAmount"] for made in lines] == [7, 100, 100]
    assert [made["LineItemID"] for made in lines[:2]] == [two, one]
    assert lines[2]["LineItemID"] not in {made["LineItemID"] for made in invoice["LineItems"]}


def test_paid_invoice_takes_words_and_no_money(xero: Xero, said: Messages) -> None:
    invoice = xero.invoice()
    xero.pay(invoice["InvoiceID"], 21)
    (standing,) = invoice["LineItems"]
    own = {"LineItemID": standing["LineItemID"]}
    fine = {
        "Reference": "PO",
        "InvoiceNumber": "A-9",
        "Url": "https://example.com/1",
        "LineItems": [{**own, "Description": "New", "AccountCode": "210"}],
    }
    changed = xero.change(invoice["InvoiceID"], **fine)
    assert changed.status_code == 200, changed.text
    assert changed.json()["Invoices"][0]["LineItems"][0]["AccountCode"] == "210"
    edited = ["This document cannot be edited as it has a payment or credit note allocated to it."]
    assert said(xero.change(invoice["InvoiceID"], LineItems=[{**own, "UnitAmount": 99}])) == edited
    assert (
        said(xero.change(invoice["InvoiceID"], LineItems=[{"Description": "New", "AccountCode": "210"}]))
        == edited
    )
    assert said(xero.change(invoice["InvoiceID"], CurrencyCode="GBP")) == edited
    assert said(xero.change(invoice["InvoiceID"], Date="2026-01-01")) == [
        "Date cannot be changed on an invoice that has payment or credit notes allocated to it."
    ]


def test_invoice_with_payments_is_not_voided(xero: Xero, said: Messages) -> None:
    invoice = xero.invoice()
    xero.pay(invoice["InvoiceID"], 21)
    assert said(step(xero, invoice, "VOIDED")) == [
        "The status VOIDED cannot be applied to the invoice"
        " because it has payments or credit notes allocated to it."
    ]


def test_due_date_of_a_partly_paid_invoice_moves_no_time_of_change(xero: Xero) -> None:
    invoice = xero.invoice()
    xero.pay(invoice["InvoiceID"], 21)
    before = xero.read(invoice["InvoiceID"])["UpdatedDateUTC"]
    xero.advance(10)
    xero.change(invoice["InvoiceID"], DueDate="2027-02-01")
    after = xero.read(invoice["InvoiceID"])
    assert (after["UpdatedDateUTC"], after["DueDateString"]) == (before, "2027-02-01T00:00:00")
    xero.change(invoice["InvoiceID"], Reference="moved")
    assert xero.read(invoice["InvoiceID"])["UpdatedDateUTC"] != before


def test_path_takes_the_number_as_well_as_the_id(xero: Xero) -> None:
    invoice = xero.invoice()
    answer = xero.post(f"/Invoices/{invoice['InvoiceNumber']}", {"Reference": "by number"})
    assert answer.json()["Invoices"][0]["InvoiceID"] == invoice["InvoiceID"]
