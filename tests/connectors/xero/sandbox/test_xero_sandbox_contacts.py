"""Contacts (connectors/xero/API.md, 10)."""

from typing import Any

import pytest

from tests.connectors.xero.sandbox.xero_sandbox_kit import Messages, OpenXero, Xero

NO_ID = "00000000-0000-0000-0000-000000000000"
ARCHIVED = (
    "The specified contact details matched an archived contact."
    " Archived contacts cannot currently be edited via the API."
)


def taken(name: str) -> str:
    return (
        f"The contact name {name} is already assigned to another contact."
        " The contact name must be unique across all active contacts."
    )


def read(xero: Xero, key: str, **query: Any) -> dict[str, Any]:
    answer = xero.get(f"/Contacts/{key}", **query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["Contacts"][0])


def test_answer_always_holds_two_addresses_and_four_phones(xero: Xero) -> None:
    contact = read(
        xero, xero.contact(Addresses=[{"AddressType": "POBOX", "City": "Utrecht", "Country": "Netherlands"}])
    )
    assert {one["AddressType"]: one["City"] for one in contact["Addresses"]} == {
        "STREET": "",
        "POBOX": "Utrecht",
    }
    assert {one["PhoneType"] for one in contact["Phones"]} == {"DEFAULT", "DDI", "MOBILE", "FAX"}
    assert contact["ContactStatus"] == "ACTIVE"
    assert (contact["IsCustomer"], contact["IsSupplier"]) == (False, False)


def test_contact_is_read_by_its_number(xero: Xero) -> None:
    made = xero.contact(ContactNumber="psohub-7")
    assert read(xero, "PSOHUB-7")["ContactID"] == made


def test_put_of_a_taken_name_is_refused_without_regard_to_case(xero: Xero, said: Messages) -> None:
    xero.contact("Acme")
    answer = xero.put("/Contacts", {"Name": "ACME"})
    assert (answer.status_code, said(answer)) == (400, [taken("ACME")])
    assert answer.json()["Elements"][0]["ContactID"] == NO_ID


def test_put_of_a_taken_contact_number_is_refused(xero: Xero, said: Messages) -> None:
    xero.contact("Acme", ContactNumber="7")
    assert said(xero.put("/Contacts", {"Name": "Other", "ContactNumber": "7"})) == [taken("Other")]


def test_taken_account_number_is_refused(xero: Xero, said: Messages) -> None:
    xero.contact("Acme", AccountNumber="7")
    assert said(xero.put("/Contacts", {"Name": "Other", "AccountNumber": "7"})) == [
        "The Account Number already exists. Please enter a different Account Number."
    ]


def test_post_updates_by_id_and_by_number(xero: Xero) -> None:
    made = xero.contact("Acme", ContactNumber="7", FirstName="Ann")
    for body in (
        {"ContactID": made, "LastName": "Smith"},
        {"ContactNumber": "7", "EmailAddress": "a@acme.example"},
    ):
        assert xero.post("/Contacts", body).json()["Contacts"][0]["ContactID"] == made
    contact = read(xero, made)
    assert [contact[name] for name in ("FirstName", "LastName", "EmailAddress")] == [
        "Ann",
        "Smith",
        "a@acme.example",
    ]


def test_post_of_a_taken_name_without_id_is_refused(xero: Xero, said: Messages) -> None:
    xero.contact("Acme")
    assert said(xero.post("/Contacts", {"Name": "Acme", "FirstName": "Ann"})) == [taken("Acme")]


def test_post_of_a_taken_name_updates_if_the_option_says_so(open_xero: OpenXero) -> None:
    xero = open_xero(post_taken_name_updates=True)
    made = xero.contact("Acme")
    assert (
        xero.post("/Contacts", {"Name": "acme", "FirstName": "Ann"}).json()["Contacts"][0]["ContactID"]
        == made
    )


def test_post_of_a_new_name_creates(xero: Xero) -> None:
    assert xero.post("/Contacts", {"Name": "New"}).json()["Contacts"][0]["Name"] == "New"


def test_nameless_contact_is_refused(xero: Xero, said: Messages) -> None:
    assert said(xero.put("/Contacts", {"FirstName": "Ann"})) == [
        "The Contact must contain at least 1 of the following elements to identify the contact:"
        " Name, ContactID, ContactNumber"
    ]


def test_empty_text_clears_and_absence_keeps(xero: Xero) -> None:
    made = xero.contact(FirstName="Ann", LastName="Smith")
    xero.post(f"/Contacts/{made}", {"FirstName": ""})
    contact = read(xero, made)
    assert "FirstName" not in contact
    assert contact["LastName"] == "Smith"


def test_addresses_are_changed_one_by_one_and_persons_all_together(xero: Xero) -> None:
    made = xero.contact(
        Addresses=[{"AddressType": "STREET", "City": "Delft"}, {"AddressType": "POBOX", "City": "Utrecht"}],
        ContactPersons=[{"FirstName": "Ann"}, {"FirstName": "Bob"}],
    )
    body = {
        "Addresses": [{"AddressType": "POBOX", "City": "Breda"}],
        "ContactPersons": [{"FirstName": "Cas"}],
    }
    xero.post(f"/Contacts/{made}", body)
    contact = read(xero, made)
    assert {one["AddressType"]: one["City"] for one in contact["Addresses"]} == {
        "STREET": "Delft",
        "POBOX": "Breda",
    }
    assert [person["FirstName"] for person in contact["ContactPersons"]] == ["Cas"]


@pytest.mark.parametrize(
    "fields",
    [
        {"Name": "x" * 256}, {"Name": " Acme"}, {"Name": "Ac  me"}, {"Name": "<Acme>"},
        {"EmailAddress": "nobody"},
        {"EmailAddress": "jürgen@acme.example"}, {"ContactNumber": "x" * 51}, {"AccountNumber": "x" * 51},
        {"TaxNumber": "x" * 51}, {"FirstName": "x" * 256}, {"DefaultCurrency": "CHF"},
        {"ContactPersons": [{"FirstName": str(number)} for number in range(6)]},
        {"ContactPersons": [{"EmailAddress": "nobody"}]},
        {"Addresses": [{"AddressType": "STREET", "AddressLine1": "x" * 501}]},
        {"Addresses": [{"AddressType": "STREET", "Country": "NL-2"}]},
        {"Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "0" * 51}]},
        {"Phones": [{"PhoneType": "DEFAULT", "PhoneAreaCode": "0" * 11}]},
    ],
)  # fmt: skip
def test_field_beyond_its_rule_is_refused(xero: Xero, said: Messages, fields: dict[str, Any]) -> None:
    answer = xero.put("/Contacts", {"Name": "Acme", **fields})
    assert answer.status_code == 400
    assert said(answer)


def test_bad_email_is_told_in_xeros_words(xero: Xero, said: Messages) -> None:
    assert said(xero.put("/Contacts", {"Name": "Acme", "EmailAddress": "nobody"})) == [
        "Email address must be valid."
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"ContactStatus": "GONE"},
        {"Addresses": [{"AddressType": "HOME"}]},
        {"Phones": "06"},
        {"Phones": [{"PhoneType": "OFFICE", "PhoneNumber": "06"}]},  # of organisations only
    ],
)
def test_unreadable_member_is_error_14(xero: Xero, fields: dict[str, Any]) -> None:
    assert xero.put("/Contacts", {"Name": "Acme", **fields}).json()["ErrorNumber"] == 14


def test_archived_contact_is_hidden_frees_its_name_and_is_not_edited(xero: Xero, said: Messages) -> None:
    made = xero.contact("Acme")
    xero.invoice(Contact={"ContactID": made})
    assert xero.post(f"/Contacts/{made}", {"ContactStatus": "ARCHIVED"}).status_code == 200
    assert xero.get("/Contacts").json()["Contacts"] == []
    assert len(xero.get("/Contacts", includeArchived="true").json()["Contacts"]) == 1
    assert said(xero.post(f"/Contacts/{made}", {"FirstName": "Ann"})) == [ARCHIVED]
    heir = xero.contact("Acme")
    assert said(xero.post(f"/Contacts/{made}", {"ContactStatus": "ACTIVE"})) == [ARCHIVED]
    xero.post(f"/Contacts/{heir}", {"Name": "Heir"})
    assert xero.client.post("/_sandbox/contacts/restore", json={"id": made}).status_code == 200
    assert read(xero, made)["ContactStatus"] == "ACTIVE"
    assert xero.client.post("/_sandbox/contacts/restore", json={"id": heir}).status_code == 404


def test_a_lenient_sandbox_restores_contacts_through_the_api(open_xero: OpenXero, said: Messages) -> None:
    xero = open_xero(strict=False)
    made = xero.contact("Acme")
    xero.post(f"/Contacts/{made}", {"ContactStatus": "ARCHIVED"})
    heir = xero.contact("Acme")
    assert said(xero.post(f"/Contacts/{made}", {"ContactStatus": "ACTIVE"})) == [taken("Acme")]
    xero.post(f"/Contacts/{heir}", {"Name": "Heir"})
    back = xero.post(f"/Contacts/{made}", {"ContactStatus": "ACTIVE", "FirstName": "Ann"}).json()["Contacts"]
    assert (back[0]["ContactStatus"], back[0]["FirstName"]) == ("ACTIVE", "Ann")


def test_gdpr_request_is_final(xero: Xero, said: Messages) -> None:
    made = xero.contact("Acme", EmailAddress="a@acme.example")
    assert xero.post(f"/Contacts/{made}", {"ContactStatus": "GDPRREQUEST"}).status_code == 200
    assert read(xero, made)["EmailAddress"] == ""
    assert said(xero.post(f"/Contacts/{made}", {"ContactStatus": "ACTIVE"})) == [ARCHIVED]


def test_batch_is_judged_element_by_element(xero: Xero) -> None:
    body = {"Contacts": [{"Name": "Acme"}, {"Name": "Acme"}, {"Name": "Beta"}]}
    elements = xero.put("/Contacts", body, summarizeErrors="false").json()["Contacts"]
    assert [one["StatusAttributeString"] for one in elements] == ["OK", "ERROR", "OK"]
    assert [one["HasValidationErrors"] for one in elements] == [False, True, False]
    assert elements[1]["ContactID"] == NO_ID


def test_unknown_id_is_404_for_the_whole_request(xero: Xero) -> None:
    body = {
        "Contacts": [{"Name": "Acme"}, {"ContactID": "289662a0-7926-4145-a880-984972111223", "Name": "B"}]
    }
    assert xero.post("/Contacts", body).status_code == 404
    assert xero.get("/Contacts").json()["Contacts"] == []


def test_computed_fields_follow_the_invoices_and_do_not_touch_the_contact(xero: Xero) -> None:
    made = xero.contact()
    before = read(xero, made)
    xero.advance(5)
    xero.invoice(Contact={"ContactID": made}, Date="2026-01-01", DueDate="2026-01-15")
    after = read(xero, made)
    assert after["IsCustomer"] is True
    assert after["Balances"]["AccountsReceivable"] == {"Outstanding": 121, "Overdue": 121}
    assert after["UpdatedDateUTC"] == before["UpdatedDateUTC"]


def test_merged_contact_names_its_heir_and_leaves_it_its_invoices(xero: Xero) -> None:
    away, heir = xero.contact("Away"), xero.contact("Heir")
    invoice = xero.invoice(Contact={"ContactID": away})
    assert xero.client.post("/_sandbox/contacts/merge", json={"from": away, "into": heir}).status_code == 200
    merged = read(xero, away)
    assert (merged["MergedToContactID"], merged["ContactStatus"]) == (heir, "ARCHIVED")
    assert xero.read(invoice["InvoiceID"])["Contact"]["ContactID"] == heir
    paged = xero.get("/Contacts", page=1, includeArchived="true").json()["Contacts"]
    plain = xero.get("/Contacts", includeArchived="true").json()["Contacts"]
    assert sum("MergedToContactID" in one for one in paged) == 1
    assert sum("MergedToContactID" in one for one in plain) == 0
