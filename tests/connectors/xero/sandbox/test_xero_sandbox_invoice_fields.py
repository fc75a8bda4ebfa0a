"""Fields of an invoice and of its lines, each with its rule (connectors/xero/API.md, 6, 8 and 11)."""

import datetime
from typing import Any

import pytest

from tests.connectors.xero.sandbox.xero_sandbox_kit import MakeLine, Messages, OpenXero, Xero


def refusal(xero: Xero, said: Messages, **fields: Any) -> list[str]:
    answer = xero.put("/Invoices", xero.approved(**fields))
    assert answer.status_code == 400, answer.text
    return said(answer)


def test_whole_answer_of_a_create(xero: Xero) -> None:
    invoice = xero.invoice(Reference="PO 7")
    assert set(invoice) == {
        "Type", "InvoiceID", "InvoiceNumber", "Reference", "Prepayments", "Overpayments", "AmountDue",
        "AmountPaid", "SentToContact", "CurrencyRate", "IsDiscounted", "HasErrors", "InvoicePaymentServices",
        "Contact", "DateString", "Date", "DueDateString", "DueDate", "BrandingThemeID", "Status",
        "LineAmountTypes", "LineItems", "SubTotal", "TotalTax", "Total", "UpdatedDateUTC",
        "UpdatedDateUTCString", "CurrencyCode",
    }  # fmt: skip
    assert len(invoice["Contact"]["Addresses"]) == 2
    assert len(invoice["Contact"]["Phones"]) == 4
    assert invoice["DueDate"] == "/Date(1798675200000+0000)/"
    assert invoice["DueDateString"] == "2026-12-31T00:00:00"
    assert invoice["UpdatedDateUTCString"].endswith("Z")


def test_read_by_id_adds_what_stands_around_the_invoice(xero: Xero) -> None:
    created = xero.invoice()
    read = xero.read(created["InvoiceID"])
    assert set(read) - set(created) == {"AmountCredited", "HasAttachments", "Attachments"}
    assert {name: read[name] for name in created} == created
    assert xero.read(created["InvoiceNumber"]) == read


def test_line_of_an_answer(xero: Xero, line: MakeLine) -> None:
    tracking = [{"Name": "Region", "Option": "North"}]
    (made,) = xero.invoice(LineItems=[line(Tracking=tracking)])["LineItems"]
    assert set(made) == {
        "Description", "Quantity", "UnitAmount", "TaxType", "TaxAmount", "LineAmount", "AccountCode",
        "AccountID", "LineItemID", "Tracking", "ValidationErrors",
    }  # fmt: skip
    assert set(made["Tracking"][0]) == {"Name", "Option", "TrackingCategoryID", "TrackingOptionID"}


def test_draft_needs_little(xero: Xero) -> None:
    draft = xero.invoice(
        {"Type": "ACCREC", "Contact": {"ContactID": xero.contact()}, "LineItems": [{"Description": "x"}]}
    )
    assert draft["Status"] == "DRAFT"
    assert draft["Total"] == 0
    assert "DueDate" not in draft
    assert "UnitAmount" not in draft["LineItems"][0]


def test_date_defaults_to_today_where_the_organisation_is(open_xero: OpenXero) -> None:
    xero = open_xero(timezone="Pacific/Kiritimati")
    today = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=14)
    assert xero.invoice()["DateString"] == f"{today:%Y-%m-%d}T00:00:00"


@pytest.mark.parametrize(
    "date", ["2026-09-14", "2026-09-14T12:30:00", "/Date(1789344000000)/", "/Date(1789344000000+0000)/"]
)
def test_dates_are_read_in_every_form(xero: Xero, date: str) -> None:
    invoice = xero.invoice(Date=date)
    assert (invoice["DateString"], invoice["Date"]) == ("2026-09-14T00:00:00", "/Date(1789344000000+0000)/")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"LineItems": []}, "One or more line items must be specified"),
        ({"Contact": {"FirstName": "A"}}, "A Contact must be specified for this type of transaction"),
        ({"DueDate": None}, "The document DueDate field must be specified."),
        ({"CurrencyCode": "CHF"}, "Organisation is not subscribed to currency CHF"),
        ({"Type": None}, "Invoice not of valid type for creation"),
        ({"Total": 1}, "The invoice total does not equal the sum of the lines."),
        ({"Reference": "x" * 256}, "Reference must be no longer than 255 characters."),
        (
            {"InvoiceNumber": "Büro 1"},
            "Invoice number must be printable ASCII of no more than 255 characters.",
        ),
        (
            {"Url": "https://my.xero.example"},
            "Url may not contain the word xero.",
        ),
        ({"BrandingThemeID": "nope"}, "Branding theme 'nope' could not be found."),
        (
            {"CurrencyCode": "USD", "CurrencyRate": "1.0000001"},
            "CurrencyRate must be positive, with up to 18 digits and 6 decimals.",
        ),
        ({"Status": "PAID"}, "Invoice not of valid status for creation"),
    ],
)
def test_invoice_is_refused_in_xeros_words(
    xero: Xero, said: Messages, fields: dict[str, Any], message: str
) -> None:
    assert refusal(xero, said, **fields) == [message]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"AccountCode": None}, "Account code or ID must be specified"),
        ({"AccountCode": "999"}, "Account code '999' is not a valid code for this document."),
        ({"AccountCode": "090"}, "Account code '090' is not a valid code for this document."),
        ({"AccountCode": "610"}, "Account code '610' is not a valid code for this document."),
        (
            {"AccountCode": "299"},
            "Account code '299' has been archived, or has been deleted."
            " Each line item must reference a valid account.",
        ),
        ({"TaxType": "OUTPUT99"}, "The TaxType code 'OUTPUT99' is not valid"),
        ({"TaxType": "INPUT2"}, "The TaxType code 'INPUT2' cannot be used with account code '200'."),
        ({"ItemCode": "A1"}, "Item code 'A1' is not valid"),
        ({"Description": ""}, "Description must be specified on every line item."),
        ({"Description": "x" * 4001}, "Description must be no longer than 4000 characters."),
        ({"Tracking": [{"Name": "Region", "Option": "Overseas"}]},
         "The tracking option 'Overseas' of category 'Region' is not an active option."),
        ({"Tracking": [{"Name": "Colour", "Option": "Red"}]},
         "The tracking option 'Red' of category 'Colour' is not an active option."),
        ({"Quantity": "10000000000000", "UnitAmount": "0.0001"}, "The line amount or quantity is too large."),
        ({"UnitAmount": "10000000000"}, "The line amount or quantity is too large."),
    ],
)  # fmt: skip
def test_line_is_refused_in_xeros_words(
    xero: Xero, said: Messages, line: MakeLine, fields: dict[str, Any], message: str
) -> None:
    assert refusal(xero, said, LineItems=[line(**fields)]) == [message]


def test_draft_line_without_account_is_kept_and_cannot_be_approved(
    xero: Xero, said: Messages, line: MakeLine
) -> None:
    draft = xero.invoice(Status="DRAFT", LineItems=[line(AccountCode=None)])
    answer = xero.change(draft["InvoiceID"], Status="AUTHORISED")
    assert said(answer) == ["Account code or ID must be specified"]


def test_account_codes_keep_their_leading_zero(xero: Xero, line: MakeLine) -> None:
    first, second = xero.invoice(LineItems=[line(AccountCode="0200"), line(AccountCode="200")])["LineItems"]
    assert (first["AccountCode"], second["AccountCode"]) == ("0200", "200")
    assert first["AccountID"] != second["AccountID"]


def test_account_may_be_named_by_id(xero: Xero, line: MakeLine) -> None:
    account = xero.get("/Accounts", where='Code=="210"').json()["Accounts"][0]
    (made,) = xero.invoice(LineItems=[line(AccountCode=None, AccountID=account["AccountID"])])["LineItems"]
    assert made["AccountCode"] == "210"


def test_tax_type_falls_to_the_accounts_default(xero: Xero, line: MakeLine) -> None:
    vat, none = xero.invoice(LineItems=[line(), line(AccountCode="260")])["LineItems"]
    assert (vat["TaxType"], vat["TaxAmount"]) == ("OUTPUT2", 21)
    assert (none["TaxType"], none["TaxAmount"]) == ("NONE", 0)


def test_tracking_may_be_given_by_ids(xero: Xero, line: MakeLine) -> None:
    category = xero.get("/TrackingCategories").json()["TrackingCategories"][0]
    ids = {
        "TrackingCategoryID": category["TrackingCategoryID"],
        "TrackingOptionID": category["Options"][1]["TrackingOptionID"],
    }
    (made,) = xero.invoice(LineItems=[line(Tracking=[ids])])["LineItems"]
    assert made["Tracking"] == [{"Name": "Region", "Option": "South", **ids}]


def test_three_tracking_elements_are_too_many(xero: Xero, said: Messages, line: MakeLine) -> None:
    tracking = [{"Name": "Region", "Option": "North"}] * 3
    assert refusal(xero, said, LineItems=[line(Tracking=tracking)]) == [
        "A line item may have 2 tracking elements at most."
    ]


def test_numbers_follow_the_sequence_and_skip_taken_ones(xero: Xero) -> None:
    assert xero.invoice()["InvoiceNumber"] == "INV-0001"
    assert xero.invoice(InvoiceNumber="INV-0002")["InvoiceNumber"] == "INV-0002"
    assert xero.invoice(Status="DRAFT")["InvoiceNumber"] == "INV-0003"


def test_read_only_fields_are_passed_over(xero: Xero) -> None:
    invoice = xero.invoice(
        SubTotal=1, TotalTax=2, AmountDue=3, AmountPaid=4, HasAttachments=True, FullyPaidOnDate="2026-01-01"
    )
    assert (invoice["SubTotal"], invoice["TotalTax"], invoice["AmountDue"]) == (100, 21, 121)
    assert "FullyPaidOnDate" not in invoice


def test_foreign_currency_gets_the_rate_of_the_day_and_home_currency_none(xero: Xero) -> None:
    assert xero.invoice(CurrencyCode="USD")["CurrencyRate"] == 1.0835
    assert xero.invoice(CurrencyCode="USD", CurrencyRate="1.25")["CurrencyRate"] == 1.25
    assert xero.invoice(CurrencyRate="1.25")["CurrencyRate"] == 1


def test_sent_to_contact_holds_on_approved_invoices_only(xero: Xero) -> None:
    assert xero.invoice(SentToContact=True)["SentToContact"] is True
    draft = xero.put("/Invoices", xero.draft(SentToContact=True)).json()["Invoices"][0]
    assert draft["SentToContact"] is False
    assert draft["Warnings"] == [{"Message": "Only AUTHORISED invoices may have SentToContact updated."}]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"period_lock_date": "2026-06-30"}, "period lock date, currently set at 30-Jun-2026"),
        ({"end_of_year_lock_date": "2026-06-30"}, "end of year lock date, currently set at 30-Jun-2026"),
    ],
)
def test_locked_period_takes_nothing(
    open_xero: OpenXero, said: Messages, options: dict[str, Any], words: str
) -> None:
    xero = open_xero(**options)
    message = f"The document date cannot be before the {words}"
    assert refusal(xero, said, Date="2026-06-30") == [message]
    assert xero.invoice(Date="2026-07-01")["Status"] == "AUTHORISED"


def test_what_was_locked_later_is_not_changed_any_more(open_xero: OpenXero, said: Messages) -> None:
    xero = open_xero()
    invoice = xero.invoice(Date="2026-06-30")
    xero = open_xero(period_lock_date="2026-06-30")
    for change in ({"Reference": "new"}, {"Status": "VOIDED"}, {"Date": "2026-07-01"}):
        assert said(xero.change(invoice["InvoiceID"], **change)) == [
            "The document date cannot be before the period lock date, currently set at 30-Jun-2026"
        ]


def test_archived_contact_takes_no_invoice(xero: Xero, said: Messages) -> None:
    contact = xero.contact("Gone")
    assert xero.post(f"/Contacts/{contact}", {"ContactStatus": "ARCHIVED"}).status_code == 200
    assert refusal(xero, said, Contact={"ContactID": contact}) == [
        "The contact with the specified contact details has been archived."
        " The contact must be un-archived before creating new invoices or credit notes."
    ]


def test_members_beside_the_contact_id_change_the_contact(xero: Xero) -> None:
    contact = xero.contact(ContactPersons=[{"FirstName": "Ann"}])
    xero.invoice(Contact={"ContactID": contact, "FirstName": "Bea", "ContactPersons": []})
    changed = xero.get(f"/Contacts/{contact}").json()["Contacts"][0]
    assert (changed["FirstName"], changed["ContactPersons"]) == ("Bea", [])


def test_contact_id_alone_leaves_the_contact_untouched(xero: Xero) -> None:
    contact = xero.contact()
    before = xero.get(f"/Contacts/{contact}").json()["Contacts"][0]["UpdatedDateUTC"]
    xero.advance(5)
    xero.invoice(Contact={"ContactID": contact})
    assert xero.get(f"/Contacts/{contact}").json()["Contacts"][0]["UpdatedDateUTC"] == before


def test_name_that_matches_nobody_makes_a_new_contact(xero: Xero) -> None:
    acme = xero.contact()
    known = xero.invoice(Contact={"Name": "ACME"})
    new = xero.invoice(Contact={"Name": "Nobody yet"})
    assert known["Contact"]["ContactID"] == acme
    assert new["Contact"]["ContactID"] != acme
    assert len(xero.get("/Contacts").json()["Contacts"]) == 2


def test_refused_invoice_makes_no_contact(xero: Xero, said: Messages) -> None:
    refusal(xero, said, Contact={"Name": "Nobody yet"}, LineItems=[])
    assert xero.get("/Contacts").json()["Contacts"] == []


def test_bills_stand_beside_sales_invoices(xero: Xero, line: MakeLine) -> None:
    bill = xero.invoice(Type="ACCPAY", InvoiceNumber="77", LineItems=[line(AccountCode="463")])
    again = xero.invoice(Type="ACCPAY", InvoiceNumber="77", LineItems=[line(AccountCode="463")])
    assert bill["InvoiceID"] != again["InvoiceID"]
    assert bill["LineItems"][0]["TaxType"] == "INPUT2"


def test_history_is_read_and_added_to(xero: Xero, said: Messages) -> None:
    invoice = xero.invoice()["InvoiceID"]
    path = f"/Invoices/{invoice}/History"
    assert xero.put(path, {"HistoryRecords": [{"Details": "Sent by sync"}]}).status_code == 200
    first, second = xero.get(path).json()["HistoryRecords"]
    assert (first["Changes"], first["Details"]) == ("Note", "Sent by sync")
    assert second["Changes"] == "Created"
    assert said(xero.put(path, {"HistoryRecords": [{"Details": "x" * 2501}]}))
    contact = xero.contact("With history")
    assert xero.get(f"/Contacts/{contact}/History").json()["HistoryRecords"][0]["Changes"] == "Created"
