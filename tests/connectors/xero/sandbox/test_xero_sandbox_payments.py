"""Payments, and reading "paid" (connectors/xero/API.md, 12)."""

from typing import Any

import pytest

from tests.connectors.xero.sandbox.xero_sandbox_kit import Messages, Xero


def test_payment_settles_the_invoice(xero: Xero) -> None:
    invoice = xero.invoice()["InvoiceID"]
    xero.pay(invoice, 21, Date="2026-11-01")
    partly = xero.read(invoice)
    assert (partly["Status"], partly["AmountPaid"], partly["AmountDue"]) == ("AUTHORISED", 21, 100)
    assert "FullyPaidOnDate" not in partly
    payment = xero.pay(invoice, 100, Reference="bank").json()["Payments"][0]
    assert (payment["PaymentType"], payment["Status"], payment["Reference"]) == (
        "ACCRECPAYMENT",
        "AUTHORISED",
        "bank",
    )
    assert payment["Account"]["Code"] == "090"
    assert payment["Invoice"]["InvoiceID"] == invoice
    paid = xero.read(invoice)
    assert (paid["Status"], paid["AmountPaid"], paid["AmountDue"]) == ("PAID", 121, 0)
    assert paid["FullyPaidOnDate"] == "/Date(1795132800000+0000)/"
    assert [one["Amount"] for one in paid["Payments"]] == [21, 100]


def test_deleted_payment_puts_the_invoice_back(xero: Xero, said: Messages) -> None:
    invoice = xero.invoice()["InvoiceID"]
    payment = xero.pay(invoice, 121).json()["Payments"][0]["PaymentID"]
    answer = xero.post(f"/Payments/{payment}", {"Status": "DELETED"})
    assert answer.json()["Payments"][0]["Status"] == "DELETED"
    back = xero.read(invoice)
    assert (back["Status"], back["AmountPaid"], back["AmountDue"]) == ("AUTHORISED", 0, 121)
    assert "Payments" not in back
    assert "FullyPaidOnDate" not in back
    assert said(xero.post(f"/Payments/{payment}", {"Status": "DELETED"}))
    assert xero.change(invoice, Status="VOIDED").status_code == 200


def test_payment_cannot_be_changed(xero: Xero, said: Messages) -> None:
    payment = xero.pay(xero.invoice()["InvoiceID"], 1).json()["Payments"][0]["PaymentID"]
    assert said(xero.post(f"/Payments/{payment}", {"Amount": 2}))


@pytest.mark.parametrize(
    ("amount", "fields", "message"),
    [
        ("121.01", {}, "Payment amount exceeds the amount outstanding on this document"),
        (0, {}, "Payment amount must be greater than zero"),
        ("0.004", {}, "Payment amount must be greater than zero"),
        (1, {"CurrencyRate": -1}, "CurrencyRate must be positive."),
        (1, {"Account": {"Code": "200"}}, "The account must be a bank account or have payments enabled."),
        (1, {"Account": {"Code": "999"}}, "Account could not be found"),
    ],
)
def test_payment_that_does_not_fit_is_refused(
    xero: Xero, said: Messages, amount: int | str, fields: dict[str, Any], message: str
) -> None:
    assert said(xero.pay(xero.invoice()["InvoiceID"], amount, **fields)) == [message]


def test_drafts_are_not_paid(xero: Xero, said: Messages) -> None:
    draft = xero.invoice(Status="DRAFT")["InvoiceID"]
    assert said(xero.pay(draft, 1)) == ["Payments can only be made against Authorised documents"]


def test_account_with_payments_enabled_does_as_well(xero: Xero) -> None:
    assert xero.pay(xero.invoice()["InvoiceID"], 1, Account={"Code": "850"}).status_code == 200


def test_invoice_may_be_named_by_number_and_an_unknown_one_is_404(xero: Xero) -> None:
    number = xero.invoice()["InvoiceNumber"]
    assert xero.pay("", 1, Invoice={"InvoiceNumber": number}).status_code == 200
    assert xero.pay("289662a0-7926-4145-a880-984972111223", 1).status_code == 404


def test_payments_are_listed_filtered_and_read(xero: Xero) -> None:
    invoice = xero.invoice()["InvoiceID"]
    ids = [
        xero.pay(invoice, amount, Date=day).json()["Payments"][0]["PaymentID"]
        for amount, day in ((1, "2026-10-01"), (2, "2026-10-02"))
    ]
    page = xero.get("/Payments", page=1, order="Date DESC").json()
    assert [one["PaymentID"] for one in page["Payments"]] == ids[::-1]
    assert page["pagination"]["itemCount"] == 2
    for where, found in (
        (f'Invoice.InvoiceId==guid("{invoice}")', ids),
        (f'PaymentId==guid("{ids[1]}")', ids[1:]),
        ('Status=="AUTHORISED" AND Date<DateTime(2026,10,02)', ids[:1]),
        ('PaymentType=="ACCPAYPAYMENT"', []),
    ):
        assert [one["PaymentID"] for one in xero.get("/Payments", where=where).json()["Payments"]] == found
    assert xero.get(f"/Payments/{ids[0]}").json()["Payments"][0]["Amount"] == 1


def test_batch_of_payments_is_judged_one_by_one(xero: Xero) -> None:
    invoice = xero.invoice()["InvoiceID"]
    one = {"Invoice": {"InvoiceID": invoice}, "Account": {"Code": "090"}, "Amount": 100}
    elements = xero.put("/Payments", {"Payments": [one, one]}, summarizeErrors="false").json()["Payments"]
    assert [element["StatusAttributeString"] for element in elements] == ["OK", "ERROR"]
    assert xero.read(invoice)["AmountDue"] == 21


def test_paid_invoice_falls_back_under_authorised_only(xero: Xero) -> None:
    invoice = xero.invoice()["InvoiceID"]
    payment = xero.pay(invoice, 121).json()["Payments"][0]["PaymentID"]
    polled = {"Statuses": "PAID,VOIDED,DELETED", "page": 1, "pageSize": 1000, "summaryOnly": "true"}
    assert len(xero.get("/Invoices", **polled).json()["Invoices"]) == 1
    xero.post(f"/Payments/{payment}", {"Status": "DELETED"})
    assert xero.get("/Invoices", **polled).json()["Invoices"] == []
