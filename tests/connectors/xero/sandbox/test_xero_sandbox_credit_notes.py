"""Credit notes: fields and money (connectors/xero/API.md, 9; 6 and 7 for what they share with invoices)."""

from typing import Any

import pytest

from tests.connectors.xero.sandbox.xero_sandbox_kit import MakeLine, Messages, OpenXero, Xero


def refusal(xero: Xero, said: Messages, **fields: Any) -> list[str]:
    answer = xero.put("/CreditNotes", xero.credit(**fields))
    assert answer.status_code == 400, answer.text
    assert answer.json()["Elements"][0]["HasErrors"] is True
    return said(answer)


def test_whole_answer_of_a_create(xero: Xero) -> None:
    note = xero.credit_note(Reference="PO 7", Date="2026-09-14")
    assert set(note) == {
        "CreditNoteID", "CreditNoteNumber", "Payments", "ID", "HasErrors", "CurrencyRate", "Type",
        "Reference", "RemainingCredit", "Allocations", "Contact", "DateString", "Date", "BrandingThemeID",
        "Status", "LineAmountTypes", "LineItems", "SubTotal", "TotalTax", "Total", "UpdatedDateUTC",
        "UpdatedDateUTCString", "CurrencyCode",
    }  # fmt: skip
    assert note["ID"] == note["CreditNoteID"]
    assert (note["SubTotal"], note["TotalTax"], note["Total"]) == (100, 21, 121)
    assert (note["RemainingCredit"], note["Allocations"], note["Payments"]) == (121, [], [])
    assert (note["DateString"], note["Date"]) == ("2026-09-14T00:00:00", "/Date(1789344000000+0000)/")
    assert (len(note["Contact"]["Addresses"]), len(note["Contact"]["Phones"])) == (2, 4)


def test_read_by_id_and_by_number_gives_the_same(xero: Xero) -> None:
    created = xero.credit_note()
    read = xero.read_credit_note(created["CreditNoteID"])
    assert {name: read[name] for name in created} == created
    assert set(read) - set(created) == {"HasAttachments"}
    assert xero.read_credit_note(created["CreditNoteNumber"].lower()) == read
    assert xero.get("/CreditNotes/CN-9999").status_code == 404


def test_draft_needs_little_and_has_its_whole_credit_left(xero: Xero) -> None:
    draft = xero.credit_note(
        {
            "Type": "ACCRECCREDIT",
            "Contact": {"ContactID": xero.contact()},
            "LineItems": [{"Description": "Sorry"}, {"Description": "Advice", "UnitAmount": 10}],
        }
    )
    assert (draft["Status"], draft["RemainingCredit"]) == ("DRAFT", 10)
    assert "UnitAmount" not in draft["LineItems"][0]


def test_approving_needs_no_due_date_but_accounts(xero: Xero, said: Messages, line: MakeLine) -> None:
    assert xero.credit_note(Status="AUTHORISED")["Status"] == "AUTHORISED"
    lines = [line(AccountCode=None)]
    assert refusal(xero, said, LineItems=lines) == ["Account code or ID must be specified"]
    draft = xero.credit_note(Status="DRAFT", LineItems=lines)["CreditNoteID"]
    assert said(xero.change_credit_note(draft, Status="AUTHORISED")) == [
        "Account code or ID must be specified"
    ]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"LineItems": []}, "One or more line items must be specified"),
        ({"Contact": {"FirstName": "A"}}, "A Contact must be specified for this type of transaction"),
        ({"CurrencyCode": "CHF"}, "Organisation is not subscribed to currency CHF"),
        ({"Type": None}, "Credit Note not of valid type for creation"),
        ({"Total": 1}, "The credit note total does not equal the sum of the lines."),
        ({"Reference": "x" * 256}, "Reference must be no longer than 255 characters."),
        (
            {"CreditNoteNumber": "Büro 1"},
            "Credit note number must be printable ASCII of no more than 255 characters.",
        ),
        ({"BrandingThemeID": "nope"}, "Branding theme 'nope' could not be found."),
        ({"Status": "PAID"}, "Credit Note not of valid status for creation"),
    ],
)
def test_credit_note_is_refused_as_an_invoice_would_be(
    xero: Xero, said: Messages, fields: dict[str, Any], message: str
) -> None:
    assert refusal(xero, said, **fields) == [message]


def test_invoice_types_are_no_credit_note_types(xero: Xero) -> None:
    answer = xero.put("/CreditNotes", xero.credit(Type="ACCREC"))
    assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 14)


@pytest.mark.parametrize("discount", [{"DiscountRate": 10}, {"DiscountAmount": 5}])
def test_discounts_are_refused(xero: Xero, said: Messages, line: MakeLine, discount: dict[str, Any]) -> None:
    assert refusal(xero, said, LineItems=[line(**discount)]) == [
        "Discounts are only supported on sales invoices and quotes."
    ]
    bill = xero.approved(Type="ACCPAY", LineItems=[line(AccountCode="463", **discount)])
    assert said(xero.put("/Invoices", bill)) == ["Discounts are only supported on sales invoices and quotes."]


def test_amounts_are_positive_together(xero: Xero, said: Messages, line: MakeLine) -> None:
    assert xero.credit_note(LineItems=[line(), line(UnitAmount=-40)])["SubTotal"] == 60
    assert refusal(xero, said, LineItems=[line(UnitAmount=-1)]) == [
        "The credit note total must not be negative."
    ]


def test_tax_is_rounded_on_each_line_and_then_summed(xero: Xero, line: MakeLine) -> None:
    note = xero.credit_note(LineItems=[line(UnitAmount="0.50")] * 3)
    assert [made["TaxAmount"] for made in note["LineItems"]] == [0.11, 0.11, 0.11]
    assert (note["SubTotal"], note["TotalTax"], note["Total"]) == (1.50, 0.33, 1.83)


def test_unit_amounts_have_two_places_unless_four_are_asked_for(xero: Xero, line: MakeLine) -> None:
    body = xero.credit(LineItems=[line(UnitAmount="1.2345", Quantity=1000)])
    two = xero.put("/CreditNotes", body).json()["CreditNotes"][0]
    assert (two["LineItems"][0]["UnitAmount"], two["SubTotal"]) == (1.23, 1230)
    four = xero.put("/CreditNotes", body, unitdp="4").json()["CreditNotes"][0]
    assert (four["LineItems"][0]["UnitAmount"], four["SubTotal"]) == (1.2345, 1234.5)
    shown = xero.get(f"/CreditNotes/{four['CreditNoteID']}").json()["CreditNotes"][0]["LineItems"][0]
    assert (shown["UnitAmount"], shown["LineAmount"]) == (1.23, 1234.5)


def test_what_cannot_be_set_is_passed_over(xero: Xero) -> None:
    note = xero.credit_note(
        SentToContact=True, RemainingCredit=5, SubTotal=1, FullyPaidOnDate="2026-01-01", DueDate="2026-01-01"
    )
    assert not {"SentToContact", "FullyPaidOnDate", "DueDate"} & set(note)
    assert (note["RemainingCredit"], note["SubTotal"]) == (121, 100)


def test_tracking_comes_back_without_the_options_id(xero: Xero, line: MakeLine) -> None:
    tracking = [{"Name": "Region", "Option": "North"}]
    (made,) = xero.credit_note(LineItems=[line(Tracking=tracking)])["LineItems"]
    (shown,) = made["Tracking"]
    assert set(shown) == {"Name", "Option", "TrackingCategoryID", "Options"}
    assert (shown["Option"], shown["Options"]) == ("North", [])


@pytest.mark.parametrize("name", ["period_lock_date", "end_of_year_lock_date"])
def test_locked_period_takes_nothing(open_xero: OpenXero, said: Messages, name: str) -> None:
    xero = open_xero(**{name: "2026-06-30"})
    (message,) = refusal(xero, said, Date="2026-06-30")
    assert message.endswith("currently set at 30-Jun-2026")
    assert xero.credit_note(Date="2026-07-01")["Status"] == "AUTHORISED"


def test_there_is_no_email_for_credit_notes(xero: Xero) -> None:
    key = xero.credit_note()["CreditNoteID"]
    assert xero.post(f"/CreditNotes/{key}/Email", {}).status_code == 404
    assert xero.emails() == []


def test_history_is_read_and_added_to(xero: Xero) -> None:
    path = f"/CreditNotes/{xero.credit_note()['CreditNoteID']}/History"
    assert xero.put(path, {"HistoryRecords": [{"Details": "Sent by sync"}]}).status_code == 200
    first, second = xero.get(path).json()["HistoryRecords"]
    assert (first["Details"], second["Changes"]) == ("Sent by sync", "Created")


def test_credit_notes_of_suppliers_stand_beside_those_of_sales(xero: Xero, line: MakeLine) -> None:
    lines = [line(AccountCode="463")]
    twice = [xero.credit_note(Type="ACCPAYCREDIT", CreditNoteNumber="77", LineItems=lines) for _ in range(2)]
    assert len({one["CreditNoteID"] for one in twice}) == 2
    assert twice[0]["LineItems"][0]["TaxType"] == "INPUT2"
    assert "CreditNoteNumber" not in xero.credit_note(Type="ACCPAYCREDIT", LineItems=lines)


def test_scope_of_invoices_covers_credit_notes(open_xero: OpenXero) -> None:
    xero = open_xero(sign_in=False)
    xero.sign_in(scope="accounting.invoices.read accounting.contacts")
    assert xero.get("/CreditNotes").status_code == 200
    answer = xero.put("/CreditNotes", xero.credit(Contact={"Name": "Acme"}))
    assert (answer.status_code, "insufficent_scope" in answer.headers["WWW-Authenticate"]) == (401, True)
