"""Refunds of credit notes: payments that name one (connectors/xero/API.md, 9 and 12)."""

from typing import Any

import httpx2 as httpx

from tests.connectors.xero.sandbox.xero_sandbox_kit import Messages, Xero

NOBODY = "289662a0-7926-4145-a880-984972111223"


def refund(xero: Xero, amount: Any, **fields: Any) -> httpx.Response:
    body = {"Account": {"Code": "090"}, "Amount": amount, "Date": "2026-11-20", **fields}
    return xero.put("/Payments", body)


def test_refund_takes_from_the_credit_that_is_left(xero: Xero) -> None:
    note = xero.credit_note()["CreditNoteID"]
    answer = refund(xero, 21, CreditNote={"CreditNoteID": note}, Reference="back")
    (payment,) = answer.json()["Payments"]
    assert (payment["PaymentType"], payment["CreditNote"]["CreditNoteID"]) == ("ARCREDITPAYMENT", note)
    assert "Invoice" not in payment
    read = xero.read_credit_note(note)
    assert (read["Status"], read["RemainingCredit"]) == ("AUTHORISED", 100)
    assert [(one["Amount"], one["Reference"]) for one in read["Payments"]] == [(21, "back")]


def test_refund_of_all_that_is_left_uses_it_up_and_undoing_gives_it_back(xero: Xero) -> None:
    note = xero.credit_note(Date="2026-09-20")["CreditNoteID"]
    xero.allocate(note, xero.invoice(Date="2026-09-14")["InvoiceID"], 100)
    payment = refund(xero, 21, CreditNote={"CreditNoteID": note}).json()["Payments"][0]["PaymentID"]
    used = xero.read_credit_note(note)
    assert (used["Status"], used["FullyPaidOnDate"]) == ("PAID", "/Date(1795132800000+0000)/")
    xero.post(f"/Payments/{payment}", {"Status": "DELETED"})
    back = xero.read_credit_note(note)
    assert (back["Status"], back["RemainingCredit"], back["Payments"]) == ("AUTHORISED", 21, [])
    assert "FullyPaidOnDate" not in back


def test_refund_that_does_not_fit_is_refused(xero: Xero, said: Messages) -> None:
    note = xero.credit_note(Status="DRAFT")["CreditNoteID"]
    named = {"CreditNote": {"CreditNoteID": note}}
    assert said(refund(xero, 1, **named)) == ["Payments can only be made against Authorised documents"]
    xero.change_credit_note(note, Status="AUTHORISED")
    assert said(refund(xero, "121.01", **named)) == [
        "Payment amount exceeds the amount outstanding on this document"
    ]
    assert said(refund(xero, 1)) == ["An invoice, credit note, prepayment or overpayment must be specified."]
    assert refund(xero, 1, CreditNote={"CreditNoteID": NOBODY}).status_code == 404


def test_credit_note_may_be_named_by_its_number(xero: Xero) -> None:
    number = xero.credit_note()["CreditNoteNumber"]
    for fields in ({"CreditNoteNumber": number}, {"CreditNote": {"CreditNoteNumber": number}}):
        assert refund(xero, 1, **fields).status_code == 200
    assert xero.read_credit_note(number)["RemainingCredit"] == 119


def test_refunded_credit_note_is_not_voided(xero: Xero, said: Messages) -> None:
    note = xero.credit_note()["CreditNoteID"]
    refund(xero, 1, CreditNote={"CreditNoteID": note})
    (message,) = said(xero.change_credit_note(note, Status="VOIDED"))
    assert message.startswith("The status VOIDED cannot be applied to the credit note")


def test_lists_tell_refunds_from_payments(xero: Xero) -> None:
    note, invoice = xero.credit_note()["CreditNoteID"], xero.invoice()["InvoiceID"]
    refund(xero, 1, CreditNote={"CreditNoteID": note})
    xero.pay(invoice, 2)

    def amounts(where: str) -> list[Any]:
        return [one["Amount"] for one in xero.get("/Payments", where=where).json()["Payments"]]

    assert amounts('PaymentType=="ARCREDITPAYMENT"') == [1]
    assert amounts(f'Invoice.InvoiceId==guid("{invoice}")') == [2]
    assert amounts(f'Invoice.InvoiceId==guid("{note}")') == []
