"""What the API shows in one answer and leaves out in another, and what clients of Xero send it
(connectors/xero/API.md, 5 and 8.3)."""

import re
from pathlib import Path
from typing import Any

import pytest

from connectors.xero.sandbox.contacts import endpoints as contacts
from connectors.xero.sandbox.documents import credit_notes, invoices
from connectors.xero.sandbox.protocol.listing import Table
from connectors.xero.sandbox.server.endpoints import NOT_SIMULATED
from connectors.xero.sandbox.settlements import payments
from tests.connectors.xero.sandbox.xero_sandbox_kit import MakeLine, OpenXero, Xero

DAY = "/Date(1793491200000+0000)/"  # 2026-11-01
NO_ID = "00000000-0000-0000-0000-000000000000"


def tracked(xero: Xero) -> dict[str, Any]:
    line = {
        "Description": "Work",
        "Quantity": 1,
        "UnitAmount": 20,
        "AccountCode": "200",
        "Tracking": [{"Name": "Region", "Option": "North"}],
    }
    return xero.invoice(LineItems=[line, {"Description": "Words alone"}])


def listed(xero: Xero, collection: str = "Invoices", **query: Any) -> dict[str, Any]:
    (element,) = xero.get(f"/{collection}", page=1, **query).json()[collection]
    return dict(element)


def test_lists_name_tracking_options_without_their_ids(xero: Xero) -> None:
    made = tracked(xero)
    (option,) = xero.read(made["InvoiceID"])["LineItems"][0]["Tracking"]
    (shown,) = listed(xero)["LineItems"][0]["Tracking"]
    assert option["TrackingOptionID"]
    assert shown == {
        **{name: value for name, value in option.items() if name != "TrackingOptionID"},
        "Options": [],
    }


def test_a_lenient_sandbox_lists_the_ids(open_xero: OpenXero) -> None:
    xero = open_xero(strict=False)
    tracked(xero)
    assert listed(xero)["LineItems"][0]["Tracking"][0]["TrackingOptionID"]


def test_a_line_of_words_has_no_amounts(xero: Xero) -> None:
    made = tracked(xero)
    for element in (made, xero.read(made["InvoiceID"]), listed(xero)):
        words = element["LineItems"][1]
        assert words.keys() - {"ValidationErrors"} == {"Description", "Tracking", "LineItemID"}


def test_lists_show_what_was_applied_even_if_nothing_was(xero: Xero) -> None:
    made = tracked(xero)
    element = listed(xero)
    assert (element["Payments"], element["CreditNotes"], element["InvoiceAddresses"]) == ([], [], [])
    assert "Attachments" not in element
    assert all("ValidationErrors" not in line for line in element["LineItems"])
    assert not {"Payments", "CreditNotes"} & xero.read(made["InvoiceID"]).keys()
    (brief,) = xero.get("/Invoices").json()["Invoices"]
    assert brief["LineItems"] == []


def test_the_answer_to_a_void_still_has_what_was_due(xero: Xero) -> None:
    made = xero.invoice()
    (voided,) = xero.change(made["InvoiceID"], Status="VOIDED").json()["Invoices"]
    assert (voided["Status"], voided["AmountDue"]) == ("VOIDED", made["AmountDue"])
    assert xero.read(made["InvoiceID"])["AmountDue"] == 0


def test_a_refused_element_is_what_was_read_of_it(xero: Xero) -> None:
    contact = {"ContactID": xero.contact(), "Nickname": "never read"}
    body = {"Type": "ACCREC", "Contact": contact, "Date": "2026-11-01", "CurrencyRate": "", "Colour": "red"}
    (element,) = xero.put("/Invoices", {"Invoices": [body]}, summarizeErrors="false").json()["Invoices"]
    assert element["StatusAttributeString"] == "ERROR"
    assert (element["Date"], element["DateString"]) == (DAY, "2026-11-01T00:00:00")
    assert not {"Colour", "CurrencyRate"} & element.keys()
    assert element["Contact"]["ContactID"] == contact["ContactID"]
    assert element["Contact"].keys() >= {"Addresses", "Phones", "ContactGroups", "ContactPersons"}
    assert "Nickname" not in element["Contact"]


def test_a_refused_line_is_what_was_read_of_it(xero: Xero, line: MakeLine) -> None:
    body = xero.draft(LineItems=[{**line(AccountCode="nowhere"), "Colour": "red"}], Status="AUTHORISED")
    (element,) = xero.put("/Invoices", {"Invoices": [body]}, summarizeErrors="false").json()["Invoices"]
    (shown,) = element["LineItems"]
    assert (shown["AccountCode"], shown["ValidationErrors"]) == ("nowhere", [])
    assert "Colour" not in shown


def test_a_refused_update_of_a_contact_shows_little_of_it(xero: Xero) -> None:
    made = xero.contact("Acme", EmailAddress="a@acme.example", AccountNumber="A1")
    xero.post(f"/Contacts/{made}", {"ContactStatus": "ARCHIVED"})
    body = {"Contacts": [{"ContactID": made, "FirstName": "Ann"}]}
    (element,) = xero.post("/Contacts", body, summarizeErrors="false").json()["Contacts"]
    assert (element["ContactID"], element["ContactStatus"], element["Name"]) == (made, "ARCHIVED", "Acme")
    assert element["Addresses"] == element["Phones"] == element["ContactPersons"] == []
    assert not {"EmailAddress", "AccountNumber"} & element.keys()


def test_a_refused_payment_and_allocation_are_what_was_read_of_them(xero: Xero) -> None:
    made, note = xero.invoice(), xero.credit_note()
    (payment,) = xero.pay(made["InvoiceID"], 9999, Colour="red").json()["Elements"]
    assert (payment["PaymentID"], payment["Date"], payment["Amount"]) == (
        NO_ID,
        "/Date(1795132800000+0000)/",
        9999,
    )
    assert "Colour" not in payment
    body = {
        "Amount": 9999,
        "Date": "2026-11-01",
        "Invoice": {"InvoiceID": made["InvoiceID"]},
        "Colour": "red",
    }
    answer = xero.put(f"/CreditNotes/{note['CreditNoteID']}/Allocations", body)
    (allocation,) = answer.json()["Elements"]
    assert (allocation["Date"], allocation["Amount"], "Colour" in allocation) == (DAY, 9999, False)


@pytest.mark.parametrize(
    "body", [{"Status": "DELETED", "Amount": 1}, {"Status": "AUTHORISED"}, {"Amount": 1}]
)
def test_a_payment_takes_nothing_but_its_status(xero: Xero, body: dict[str, Any]) -> None:
    made = xero.invoice()
    (payment,) = xero.pay(made["InvoiceID"], 10).json()["Payments"]
    refused = xero.post(f"/Payments/{payment['PaymentID']}", body)
    (element,) = refused.json()["Elements"]
    assert (refused.status_code, element["PaymentID"]) == (400, payment["PaymentID"])
    assert element["HasValidationErrors"] is True
    assert element["ValidationErrors"] == [{"Message": "Only Status accepted for updates."}]
    assert xero.post(f"/Payments/{payment['PaymentID']}", {"Status": "DELETED"}).status_code == 200


def test_lists_of_contacts_leave_blanks_out(xero: Xero) -> None:
    made = xero.contact("Acme", Addresses=[{"AddressType": "STREET", "City": "Zwolle"}])
    element = listed(xero, "Contacts")
    assert not {"EmailAddress", "BankAccountDetails", "SalesTrackingCategories"} & element.keys()
    assert element["Addresses"] == [{"AddressType": "STREET", "City": "Zwolle"}, {"AddressType": "POBOX"}]
    assert element["Phones"][0].keys() == {"PhoneType"}
    (alone,) = xero.get(f"/Contacts/{made}").json()["Contacts"]
    assert (alone["EmailAddress"], alone["HasAttachments"]) == ("", False)
    written = xero.post(f"/Contacts/{made}", {"FirstName": "Ann"}).json()["Contacts"][0]
    assert "HasAttachments" not in written


def test_the_answer_to_a_note_is_shorter_than_the_history(xero: Xero) -> None:
    made = xero.invoice()["InvoiceID"]
    body = {"HistoryRecords": [{"Details": "Called"}]}
    (added,) = xero.put(f"/Invoices/{made}/History", body).json()["HistoryRecords"]
    assert added.keys() == {"DateUTCString", "DateUTC", "Details", "ValidationErrors"}
    assert "+" not in added["DateUTC"]
    (payment,) = xero.pay(made, 10).json()["Payments"]
    path = f"/Payments/{payment['PaymentID']}/History"
    assert xero.put(path, body).status_code == 200
    assert [row["Details"] for row in xero.get(path).json()["HistoryRecords"]] == ["Called"]


def test_ids_may_lack_their_hyphens(xero: Xero) -> None:
    made = tracked(xero)
    key, contact = made["InvoiceID"], made["Contact"]["ContactID"]
    bare, customer = key.replace("-", ""), contact.replace("-", "").upper()
    assert xero.read(bare)["InvoiceID"] == key
    assert listed(xero, IDs=bare)["InvoiceID"] == key
    assert listed(xero, where=f'Contact.ContactID==guid("{customer}")')["InvoiceID"] == key
    assert xero.post("/Invoices", {"InvoiceID": bare, "Reference": "found"}).status_code == 200
    again = xero.invoice(Contact={"ContactID": customer})
    assert again["Contact"]["ContactID"] == contact


def test_an_id_that_is_none_is_error_14(xero: Xero) -> None:
    answer = xero.post("/Invoices", {"InvoiceID": "INV-1", "Reference": "x"})
    assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 14)


def test_a_collection_is_read_in_any_case(xero: Xero) -> None:
    assert xero.put("/Contacts", {"contacts": [{"Name": "Acme"}]}).status_code == 200
    assert listed(xero, "Contacts")["Name"] == "Acme"


def test_posted_xml_is_read(xero: Xero) -> None:
    xml = {"Content-Type": "application/xml"}
    made = xero.put(
        "/Contacts", "<Contacts><Contact><Name>A &amp; B</Name></Contact></Contacts>", headers=xml
    ).json()["Contacts"][0]
    body = (
        "<Invoice><Type>ACCREC</Type><Date>2026-11-01</Date>"
        f"<Contact><ContactID>{made['ContactID']}</ContactID></Contact>"
        "<LineItems><LineItem><Description>Work</Description><Quantity>2</Quantity>"
        "<UnitAmount>10.10</UnitAmount><AccountCode>200</AccountCode></LineItem></LineItems></Invoice>"
    )
    (invoice,) = xero.put("/Invoices", body, headers=xml).json()["Invoices"]
    assert (invoice["Contact"]["Name"], invoice["Date"], invoice["SubTotal"]) == ("A & B", DAY, 20.2)
    assert xero.put("/Contacts", "<Contact><Name>", headers=xml).json()["ErrorNumber"] == 14
    bomb = '<!DOCTYPE x [<!ENTITY a "b">]><Contact><Name>&a;</Name></Contact>'
    assert xero.put("/Contacts", bomb, headers=xml).json()["ErrorNumber"] == 14


def test_the_organisation_answers_to_its_plural(xero: Xero) -> None:
    (one,) = xero.get("/Organisation").json()["Organisations"]
    assert xero.get("/Organisations").json()["Organisations"] == [one]
    assert xero.get("/Organisations/Actions").status_code == 200


@pytest.mark.parametrize("where", ["IsDiscounted==false", "HasAttachments==false"])
def test_invoices_can_be_asked_for_by_what_is_slow(xero: Xero, where: str) -> None:
    made = xero.invoice()
    assert listed(xero, where=where)["InvoiceID"] == made["InvoiceID"]


def test_payments_can_be_asked_for_by_what_is_slow(xero: Xero) -> None:
    made = xero.invoice()
    xero.pay(made["InvoiceID"], 10)
    where = f'Invoice.InvoiceNumber=="{made["InvoiceNumber"]}" AND IsReconciled==false'
    assert listed(xero, "Payments", where=where)["Amount"] == 10


@pytest.mark.parametrize(
    ("collection", "table"),
    [
        ("Invoices", invoices.TABLE),
        ("CreditNotes", credit_notes.TABLE),
        ("Contacts", contacts.TABLE),
        ("Payments", payments.TABLE),
    ],
)
def test_lists_are_ordered_by_any_field(xero: Xero, collection: str, table: Table) -> None:
    made = xero.invoice()
    xero.credit_note()
    xero.pay(made["InvoiceID"], 10)
    orders = [f"{name} {direction}" for name in table.fields for direction in ("ASC", "DESC")]
    answers = {order: xero.get(f"/{collection}", order=order).status_code for order in orders}
    assert answers == dict.fromkeys(orders, 200)


@pytest.mark.parametrize("path", ["Items", "reports/BalanceSheet", "Invoices/x/Attachments", "Users"])
def test_what_is_not_simulated_says_so(xero: Xero, path: str) -> None:
    answer = xero.get(f"/{path}")
    assert (answer.status_code, answer.json()["ErrorNumber"]) == (501, 20)
    assert answer.json()["Message"].endswith(": not simulated by this sandbox")


def test_the_documentation_lists_what_is_not_simulated() -> None:
    text = " ".join(Path("connectors/README.md").read_text(encoding="utf-8").split()).lower()
    listed = text.split("answered with 501 and their name:")[1].split("and without an address")[0]
    spelled = (re.sub("(?<=[a-z])(?=[A-Z])", " ", name).lower() for name in NOT_SIMULATED)
    assert [name for name in spelled if name.replace("setup", "set-up") not in listed] == []


def test_a_document_is_printed(xero: Xero) -> None:
    made, note = xero.invoice(), xero.credit_note()
    for path in (f"/Invoices/{made['InvoiceID']}", f"/CreditNotes/{note['CreditNoteID']}"):
        answer = xero.get(path, headers={"Accept": "application/pdf"})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF-1.4")
        assert answer.content.endswith(b"%%EOF\n")


def test_a_token_is_revoked(xero: Xero) -> None:
    token = xero.headers["Authorization"].removeprefix("Bearer ")
    wrong = xero.client.post("/connect/revocation", data={"token": token}, auth=("sandbox", "guessed"))
    assert wrong.status_code == 400
    answer = xero.client.post("/connect/revocation", data={"token": token}, auth=("sandbox", "sandbox"))
    assert answer.status_code == 200
    assert xero.get("/Organisation").status_code == 401


def test_an_organisation_that_was_disconnected_is_not_reached(xero: Xero) -> None:
    (connection,) = xero.connections()
    gone = xero.client.delete(f"/connections/{connection['id']}", headers=xero.headers)
    assert gone.status_code == 204
    assert xero.connections() == []
    assert xero.get("/Organisation").status_code == 403
