"""Paging, filters, order and If-Modified-Since (connectors/xero/API.md, 5)."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest

from connectors.xero.sandbox.protocol.where import QueryParseError, parse_where
from tests.connectors.xero.sandbox.xero_sandbox_kit import MakeLine, OpenXero, Xero


@pytest.fixture
def three(xero: Xero, line: MakeLine) -> list[dict[str, Any]]:
    """Three invoices in the order of their numbers, a second apart; the last one is a draft in pounds."""
    invoices = []
    for number, fields in enumerate(
        ({}, {"Reference": "Café 10_0"}, {"Status": "DRAFT", "CurrencyCode": "GBP"}), 1
    ):
        contact = xero.contact(f"Customer {number}", ContactNumber=f"C{number}")
        body = {
            "Contact": {"ContactID": contact},
            "Date": f"2026-0{number}-15",
            "LineItems": [line(UnitAmount=number)],
        }
        invoices.append(xero.invoice(xero.approved(InvoiceNumber=f"N{number}", **{**body, **fields})))
        xero.advance(1)
    return invoices


def numbers(xero: Xero, **query: Any) -> list[str]:
    answer = xero.get("/Invoices", **query)
    assert answer.status_code == 200, answer.text
    return [invoice["InvoiceNumber"] for invoice in answer.json()["Invoices"]]


def test_list_without_page_gives_summaries(xero: Xero, three: list[dict[str, Any]]) -> None:
    body = xero.get("/Invoices").json()
    assert "pagination" not in body
    assert all(invoice["LineItems"] == [] for invoice in body["Invoices"])
    assert body["Invoices"][0]["Contact"]["Addresses"] == []


def test_pages_carry_lines_and_say_how_many_there_are(xero: Xero, three: list[dict[str, Any]]) -> None:
    body = xero.get("/Invoices", page=2, pageSize=2).json()
    assert body["pagination"] == {"page": 2, "pageSize": 2, "pageCount": 2, "itemCount": 3}
    (last,) = body["Invoices"]
    assert last["InvoiceNumber"] == "N3"
    assert last["LineItems"]
    assert xero.get("/Invoices", page=9).json()["Invoices"] == []


@pytest.mark.parametrize(("asked", "given"), [("0", 1), ("-5", 1), ("5000", 1000), ("many", 100)])
def test_page_size_is_clamped(xero: Xero, asked: str, given: int) -> None:
    assert xero.get("/Invoices", page=1, pageSize=asked).json()["pagination"]["pageSize"] == given


def test_page_is_counted_from_one(xero: Xero, three: list[dict[str, Any]]) -> None:
    assert numbers(xero, page=0) == ["N1", "N2", "N3"]


def test_statuses_turn_paging_on(xero: Xero, three: list[dict[str, Any]]) -> None:
    body = xero.get("/Invoices", Statuses="AUTHORISED,PAID").json()
    assert [invoice["InvoiceNumber"] for invoice in body["Invoices"]] == ["N1", "N2"]
    assert body["Invoices"][0]["LineItems"]
    assert len(numbers(xero, Statuses="AUTHORISED", pageSize=1)) == 1


def test_summary_only_drops_what_is_dear(xero: Xero, three: list[dict[str, Any]]) -> None:
    (first, *_) = xero.get("/Invoices", summaryOnly="true", page=1).json()["Invoices"]
    assert not {"LineItems", "Payments", "HasAttachments"} & set(first)
    assert first["AmountDue"] == 1.21


def test_ids_numbers_and_contacts_select(xero: Xero, three: list[dict[str, Any]]) -> None:
    assert numbers(xero, IDs=f"{three[2]['InvoiceID']},{three[0]['InvoiceID'].upper()}") == ["N1", "N3"]
    assert numbers(xero, InvoiceNumbers="n2,N3") == ["N2", "N3"]
    assert numbers(xero, InvoiceNumbers=["N1", "N2"]) == ["N1", "N2"]
    assert numbers(xero, ContactIDs=three[1]["Contact"]["ContactID"]) == ["N2"]
    assert numbers(xero, createdByMyApp="true") == ["N1", "N2", "N3"]


def test_search_term_looks_into_numbers_and_references(xero: Xero, three: list[dict[str, Any]]) -> None:
    assert numbers(xero, searchTerm="n1") == ["N1"]
    assert numbers(xero, searchTerm="10_") == ["N2"]
    assert numbers(xero, searchTerm="%") == []


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('Status=="DRAFT"', ["N3"]),
        ('Status = "draft"', ["N3"]),
        ('Status!="DRAFT"', ["N1", "N2"]),
        ('InvoiceNumber=="n1" OR InvoiceNumber=="N3"', ["N1", "N3"]),
        ('InvoiceNumber=="N1" || InvoiceNumber=="N3"', ["N1", "N3"]),
        ('(InvoiceNumber=="N1" OR InvoiceNumber=="N3") AND Type=="ACCREC" && AmountDue>2', ["N3"]),
        ("Date>=DateTime(2026,02,15) AND Date < DateTime(2026, 03, 15)", ["N2"]),
        ("Date <= DateTime(2026,01,15)", ["N1"]),
        ("DueDate > DateTime(2027,1,1)", []),
        ("AmountDue==1.21", ["N1"]),
        ("AmountPaid == 0 AND Total<=2.42", ["N1", "N2"]),
        ('Reference=="cafe 10_0"', ["N2"]),
        ('Reference.Contains("CAFÉ")', ["N2"]),
        ("Reference==null", ["N1", "N3"]),
        ("Reference!=null", ["N2"]),
        ('Reference!="x"', ["N1", "N2", "N3"]),
        ('Contact.Name.StartsWith("customer")', ["N1", "N2", "N3"]),
        ('Contact.Name.EndsWith("2")', ["N2"]),
        ('Contact.ContactNumber=="C3"', ["N3"]),
        ('SentToContact==false AND CurrencyCode="GBP"', ["N3"]),
        ("SentToContact == true", []),
    ],
)
def test_where_selects(xero: Xero, three: list[dict[str, Any]], where: str, found: list[Any]) -> None:
    assert numbers(xero, where=where) == found


def test_where_knows_ids_as_guids(xero: Xero, three: list[dict[str, Any]]) -> None:
    one, other = three[0]["InvoiceID"], three[2]["InvoiceID"]
    assert numbers(xero, where=f'InvoiceId==guid("{one}") OR InvoiceID == Guid("{other.upper()}")') == [
        "N1",
        "N3",
    ]
    contact = three[1]["Contact"]["ContactID"]
    assert numbers(xero, where=f'Contact.ContactID==guid("{contact}")') == ["N2"]


@pytest.mark.parametrize(
    "where",
    [
        "Status==", 'Status=="DRAFT', "Colour==1", 'Status=="A" AND', "(Status==\"A\"", 'Date=="2026-01-01"',
        'InvoiceID=="x"', "Status>\"A\"", "Date>=DateTime(2026,13,1)", "Date>=DateTime(2026)",
        "(" * 600 + "Status", "Date>DateTime(99999999999999999999,1,1)", 'AmountDue.Contains("1")',
        "Status", "Date > null", "Status==\"A\" Type==\"B\"", "~",
    ],
)  # fmt: skip
def test_bad_where_is_error_16(xero: Xero, where: Any) -> None:
    answer = xero.get("/Invoices", where=where)
    assert answer.status_code == 400
    assert (answer.json()["ErrorNumber"], answer.json()["Type"]) == (16, "QueryParseException")


def test_missing_operand_is_told_in_xeros_words() -> None:
    with pytest.raises(QueryParseError, match=r"^Expression expected"):
        parse_where("Name==", {"name": "text"}, "Contact")


def test_quotes_inside_text_are_escaped_or_doubled() -> None:
    for text in ('Name=="a \\"b\\""', 'Name=="a ""b"""'):
        assert parse_where(text, {"name": "text"}, "Contact").matches({"name": 'A "B"'})


def test_default_order_is_the_oldest_change_first(xero: Xero, three: list[dict[str, Any]]) -> None:
    xero.change(three[0]["InvoiceID"], Reference="touched")
    assert numbers(xero) == ["N2", "N3", "N1"]


def test_order_may_be_asked_for(xero: Xero, three: list[dict[str, Any]]) -> None:
    assert numbers(xero, order="Date DESC") == ["N3", "N2", "N1"]
    assert numbers(xero, order="AmountDue") == ["N1", "N2", "N3"]
    assert xero.get("/Invoices", order="Colour").json()["ErrorNumber"] == 16


def test_if_modified_since_is_inclusive_and_read_in_both_forms(
    xero: Xero, three: list[dict[str, Any]]
) -> None:
    ms = int(three[1]["UpdatedDateUTC"][6:19])
    at = datetime.fromtimestamp(ms // 1000, UTC)
    for header in (f"{at:%Y-%m-%dT%H:%M:%S}", format_datetime(at, usegmt=True)):
        found = xero.get("/Invoices", headers={"If-Modified-Since": header}).json()["Invoices"]
        assert [invoice["InvoiceNumber"] for invoice in found] == ["N2", "N3"]
    later = {"If-Modified-Since": "2100-01-01T00:00:00"}
    assert xero.get("/Invoices", headers=later).json()["Invoices"] == []


def test_contacts_are_listed_searched_and_filtered(xero: Xero) -> None:
    acme = xero.contact("Acme", EmailAddress="books@acme.example", AccountNumber="A1", ContactNumber="C-1")
    xero.contact("Beta", FirstName="Zoë", CompanyNumber="KvK 1")

    def names(**query: Any) -> list[str]:
        return [contact["Name"] for contact in xero.get("/Contacts", **query).json()["Contacts"]]

    assert names(where='Name=="ACME"') == ["Acme"]
    assert names(where='EmailAddress=="books@acme.example" AND AccountNumber=="a1"') == ["Acme"]
    assert names(IDs=acme) == ["Acme"]
    assert names(searchTerm="zoe") == ["Beta"]
    assert names(searchTerm="kvk") == ["Beta"]
    assert names(searchTerm="nobody") == []
    assert names(order="Name DESC") == ["Beta", "Acme"]
    assert names(where='ContactNumber=="C-1"') == ["Acme"]
    assert names(where="IsCustomer==false AND IsSupplier==false AND HasAttachments==false") == [
        "Acme",
        "Beta",
    ]
    assert xero.get("/Contacts", where='Nickname=="1"').json()["ErrorNumber"] == 16
    assert xero.get("/Contacts", page=1).json()["pagination"]["itemCount"] == 2
    summary = xero.get("/Contacts", summaryOnly="true").json()["Contacts"][0]
    assert not {"IsCustomer", "IsSupplier", "Balances"} & set(summary)


def test_pages_may_be_shorter_and_not_counted(open_xero: OpenXero) -> None:
    xero = open_xero(largest_page=2, reports_pages=False)
    for at in range(3):
        xero.contact(f"Customer {at}")
    body = xero.get("/Contacts", page=1, pageSize=1000).json()
    assert (len(body["Contacts"]), "pagination" in body) == (2, False)
    assert len(xero.get("/Contacts", page=2, pageSize=1000).json()["Contacts"]) == 1


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/Invoices", {"where": 'Type=="ACCREC"'}, 400),
        ("/Invoices", {"Statuses": "PAID"}, 400),
        ("/Invoices", {"where": 'Type=="ACCREC" AND Reference=="R"'}, 200),
        ("/Invoices", {"where": 'Type=="ACCREC" AND Date>=DateTime(2026,01,01)'}, 200),
        ("/Invoices", {"IDs": "5a9d0b0e-0c1f-4e5c-9d6a-7b1f3c2e8a41"}, 200),
        ("/Contacts", {}, 400),
        ("/Contacts", {"where": 'Name=="Acme"'}, 200),
        ("/CreditNotes", {"where": 'Type=="ACCRECCREDIT"'}, 400),
        ("/CreditNotes", {"where": 'Contact.Name=="Acme"'}, 200),
    ],
)
def test_a_very_large_organisation_refuses_broad_lists(
    open_xero: OpenXero, path: str, query: dict[str, str], status: int
) -> None:
    xero = open_xero(refuses_broad_lists=True)
    answer = xero.get(path, page=1, **query)
    assert answer.status_code == status
    if status == 400:
        assert (answer.json()["ErrorNumber"], answer.json()["Type"]) == (16, "QueryParseException")
        assert f"not filtering {path[1:]} efficiently" in answer.json()["Message"]
    recent = xero.get(path, page=1, headers={"If-Modified-Since": "2026-01-01T00:00:00"})
    assert recent.status_code == 200
