"""Setting credit notes against invoices, and undoing it (connectors/xero/API.md, 9)."""

from typing import Any

import httpx2 as httpx
import pytest

from tests.connectors.xero.sandbox.xero_sandbox_kit import MakeLine, Messages, Xero

NOBODY = "289662a0-7926-4145-a880-984972111223"
TOO_MUCH = "Credit Note cannot be allocated as amount is greater than amount outstanding"


@pytest.fixture
def note(xero: Xero) -> str:
    return str(xero.credit_note(Date="2026-09-20")["CreditNoteID"])


@pytest.fixture
def invoice(xero: Xero) -> str:
    return str(xero.invoice(Date="2026-09-14")["InvoiceID"])


def allocated(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    (made,) = answer.json()["Allocations"]
    return dict(made)


def test_allocation_takes_from_both_documents(xero: Xero, note: str, invoice: str) -> None:
    made = allocated(xero.allocate(note, invoice, "60.50", Date="2026-01-01"))
    assert made["Amount"] == 60.5
    assert made["Date"] == "/Date(1789862400000+0000)/", "the later of the two dates, whatever was sent"
    assert made["Invoice"]["InvoiceID"] == invoice
    assert made["CreditNote"] == {"CreditNoteID": note, "ID": note, "LineItems": []}
    credited, credit = xero.read(invoice), xero.read_credit_note(note)
    assert (credited["AmountCredited"], credited["AmountPaid"], credited["AmountDue"]) == (60.5, 0, 60.5)
    assert (credit["RemainingCredit"], credit["Total"]) == (60.5, 121)
    assert credited["Status"] == credit["Status"] == "AUTHORISED"
    assert "FullyPaidOnDate" not in credited


def test_both_documents_show_it(xero: Xero, note: str, invoice: str) -> None:
    made = allocated(xero.allocate(note, invoice, 21))
    (shown,) = xero.read_credit_note(note)["Allocations"]
    assert {name: shown[name] for name in ("AllocationID", "Amount")} == {
        "AllocationID": made["AllocationID"],
        "Amount": 21,
    }
    assert shown["Invoice"]["InvoiceNumber"] == xero.read(invoice)["InvoiceNumber"]
    assert shown["Invoice"]["LineItems"] == []
    (stub,) = xero.read(invoice)["CreditNotes"]
    assert (stub["CreditNoteID"], stub["CreditNoteNumber"]) == (note, "CN-0001")
    assert (stub["AppliedAmount"], stub["Total"], stub["Date"]) == (21, 121, "/Date(1789862400000+0000)/")
    (listed,) = xero.get("/Invoices", page=1).json()["Invoices"]
    assert listed["CreditNotes"] == [stub]
    (listed,) = xero.get("/CreditNotes", page=1).json()["CreditNotes"]
    assert listed["Allocations"] == [shown]


def test_used_up_and_settled_documents_are_paid(xero: Xero, note: str, invoice: str) -> None:
    allocated(xero.allocate(note, invoice, 121))
    for document in (xero.read(invoice), xero.read_credit_note(note)):
        assert document["Status"] == "PAID"
        assert document["FullyPaidOnDate"] == "/Date(1789862400000+0000)/"
    assert xero.read(invoice)["AmountPaid"] == 0
    assert xero.read_credit_note(note)["RemainingCredit"] == 0


def test_several_allocations_in_one_request_are_judged_by_what_is_left(
    xero: Xero, said: Messages, note: str, invoice: str
) -> None:
    other = xero.invoice(Date="2026-09-25")["InvoiceID"]
    wanted = [
        {"Amount": amount, "Invoice": {"InvoiceID": key}}
        for amount, key in ((100, invoice), (30, other), (21, other))
    ]
    path = f"/CreditNotes/{note}/Allocations"
    answer = xero.put(path, {"Allocations": wanted}, summarizeErrors="false")
    assert [one["StatusAttributeString"] for one in answer.json()["Allocations"]] == ["OK", "ERROR", "OK"]
    assert said(answer) == [TOO_MUCH]
    assert [one["Amount"] for one in xero.read_credit_note(note)["Allocations"]] == [100, 21]
    assert xero.read_credit_note(note)["FullyPaidOnDate"] == "/Date(1790294400000+0000)/"
    assert (xero.read(invoice)["AmountDue"], xero.read(other)["AmountDue"]) == (21, 100)


def test_credit_note_set_twice_against_an_invoice_is_shown_once_there(
    xero: Xero, note: str, invoice: str
) -> None:
    for amount in (20, 1):
        allocated(xero.allocate(note, invoice, amount))
    assert [one["AppliedAmount"] for one in xero.read(invoice)["CreditNotes"]] == [21]
    assert len(xero.read_credit_note(note)["Allocations"]) == 2


def test_payment_and_credit_settle_an_invoice_together(xero: Xero, note: str, invoice: str) -> None:
    xero.pay(invoice, 100, Date="2026-11-01")
    allocated(xero.allocate(note, invoice, 21))
    paid = xero.read(invoice)
    assert (paid["Status"], paid["AmountPaid"], paid["AmountCredited"]) == ("PAID", 100, 21)
    assert paid["FullyPaidOnDate"] == "/Date(1793491200000+0000)/"


def test_more_than_is_left_of_either_is_refused(xero: Xero, said: Messages, note: str, invoice: str) -> None:
    assert said(xero.allocate(note, invoice, "121.01")) == [TOO_MUCH]
    xero.pay(invoice, 100)
    assert said(xero.allocate(note, invoice, 22)) == [TOO_MUCH]
    allocated(xero.allocate(note, invoice, 21))
    other = xero.invoice()["InvoiceID"]
    assert said(xero.allocate(note, other, 101)) == [TOO_MUCH]
    allocated(xero.allocate(note, other, 100))
    assert said(xero.allocate(note, other, 1)) == [TOO_MUCH]


def test_paid_invoice_takes_no_credit(xero: Xero, said: Messages, note: str, invoice: str) -> None:
    xero.pay(invoice, 121)
    assert said(xero.allocate(note, invoice, 1)) == [
        "The invoice you are trying to allocate to has already been paid off"
    ]


def test_bill_is_of_the_wrong_type(xero: Xero, said: Messages, line: MakeLine, note: str) -> None:
    bill = xero.invoice(Type="ACCPAY", LineItems=[line(AccountCode="463")])["InvoiceID"]
    assert said(xero.allocate(note, bill, 1)) == [
        "Credit Note cannot be allocated to an incorrect invoice type."
    ]


def test_documents_must_be_approved_and_of_one_contact_and_currency(
    xero: Xero, said: Messages, note: str, invoice: str
) -> None:
    refused = [
        (xero.credit_note(Status="DRAFT")["CreditNoteID"], invoice, "while it is authorised"),
        (note, xero.invoice(Status="DRAFT")["InvoiceID"], "to authorised invoices"),
        (note, xero.invoice(CurrencyCode="GBP")["InvoiceID"], "in the same currency"),
        (note, xero.invoice(Contact={"Name": "Other"})["InvoiceID"], "of the same contact"),
    ]
    for credit_note, to, words in refused:
        (message,) = said(xero.allocate(credit_note, to, 1))
        assert words in message
    assert said(xero.allocate(note, invoice, 0)) == ["The amount to allocate must be greater than zero."]
    assert xero.read_credit_note(note)["RemainingCredit"] == 121


def test_unknown_documents_are_404_and_no_invoice_is_refused(
    xero: Xero, said: Messages, note: str, invoice: str
) -> None:
    assert xero.allocate(NOBODY, invoice, 1).status_code == 404
    assert xero.allocate(note, NOBODY, 1).status_code == 404
    assert said(xero.put(f"/CreditNotes/{note}/Allocations", {"Amount": 1})) == [
        "An invoice must be specified to allocate to."
    ]


def test_unreadable_date_refuses_the_request(xero: Xero, note: str, invoice: str) -> None:
    answer = xero.allocate(note, invoice, 1, Date="soon")
    assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 14)


def test_documents_may_be_named_by_their_numbers(xero: Xero, note: str, invoice: str) -> None:
    path = f"/CreditNotes/{xero.read_credit_note(note)['CreditNoteNumber']}/Allocations"
    number = xero.read(invoice)["InvoiceNumber"]
    assert allocated(xero.put(path, {"Amount": 1, "Invoice": {"InvoiceNumber": number}}))["Amount"] == 1


def test_same_key_allocates_once(xero: Xero, note: str, invoice: str) -> None:
    body = {"Amount": 10, "Invoice": {"InvoiceID": invoice}}
    first, again = (xero.put(f"/CreditNotes/{note}/Allocations", body, key="k") for _ in range(2))
    assert again.content == first.content
    assert xero.read(invoice)["AmountCredited"] == 10


def test_undoing_gives_both_documents_back_what_was_taken(xero: Xero, note: str, invoice: str) -> None:
    made = allocated(xero.allocate(note, invoice, 121))
    answer = xero.deallocate(note, made["AllocationID"])
    gone = answer.json()
    assert (answer.status_code, gone["IsDeleted"], gone["AllocationID"]) == (200, True, made["AllocationID"])
    back, credit = xero.read(invoice), xero.read_credit_note(note)
    assert (back["Status"], back["AmountCredited"], back["AmountDue"]) == ("AUTHORISED", 0, 121)
    assert (credit["Status"], credit["RemainingCredit"]) == ("AUTHORISED", 121)
    assert "CreditNotes" not in back
    assert credit["Allocations"] == []
    assert not {"FullyPaidOnDate"} & (set(back) | set(credit))
    assert xero.deallocate(note, made["AllocationID"]).status_code == 404


def test_only_the_credit_notes_own_allocations_are_undone(xero: Xero, note: str, invoice: str) -> None:
    made = allocated(xero.allocate(note, invoice, 1))["AllocationID"]
    assert xero.deallocate(xero.credit_note()["CreditNoteID"], made).status_code == 404
    assert xero.deallocate(NOBODY, made).status_code == 404
    assert xero.deallocate(note, NOBODY).status_code == 404
    assert xero.read(invoice)["AmountCredited"] == 1


def test_key_means_nothing_to_undoing(xero: Xero, note: str, invoice: str) -> None:
    for _ in range(2):
        made = allocated(xero.allocate(note, invoice, 1))["AllocationID"]
        assert xero.deallocate(note, made, key="k").status_code == 200
    assert xero.read(invoice)["AmountCredited"] == 0


def test_both_documents_say_when_they_changed(xero: Xero, note: str, invoice: str) -> None:
    def moments() -> tuple[str, str]:
        return xero.read(invoice)["UpdatedDateUTC"], xero.read_credit_note(note)["UpdatedDateUTC"]

    before = moments()
    xero.advance(10)
    made = allocated(xero.allocate(note, invoice, 1))["AllocationID"]
    between = moments()
    xero.advance(10)
    xero.deallocate(note, made)
    after = moments()
    assert all(one < two < three for one, two, three in zip(before, between, after, strict=True))


def test_history_of_both_tells_of_it(xero: Xero, note: str, invoice: str) -> None:
    made = allocated(xero.allocate(note, invoice, 1))["AllocationID"]
    xero.deallocate(note, made)
    for path in (f"/CreditNotes/{note}/History", f"/Invoices/{invoice}/History"):
        told = [one["Changes"] for one in xero.get(path).json()["HistoryRecords"]]
        assert told == ["Credit removed", "Credit applied", "Created"]
