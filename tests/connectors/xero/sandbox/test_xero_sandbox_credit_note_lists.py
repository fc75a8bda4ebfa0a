"""Lists of credit notes: paging, filters, order and If-Modified-Since (connectors/xero/API.md, 5)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.connectors.xero.sandbox.xero_sandbox_kit import MakeLine, OpenXero, Xero


@pytest.fixture
def three(xero: Xero, line: MakeLine) -> list[dict[str, Any]]:
    """Three credit notes in the order of their numbers, a second apart; the last one is a draft in pounds."""
    notes = []
    for number, fields in enumerate(
        ({}, {"Reference": "Café 10_0"}, {"Status": "DRAFT", "CurrencyCode": "GBP"}), 1
    ):
        contact = xero.contact(f"Customer {number}", ContactNumber=f"C{number}")
        body: dict[str, Any] = {
            "Contact": {"ContactID": contact},
            "Date": f"2026-0{number}-15",
            "CreditNoteNumber": f"N{number}",
            "LineItems": [line(UnitAmount=number)],
        }
        notes.append(xero.credit_note(**{**body, **fields}))
        xero.advance(1)
    return notes


def numbers(xero: Xero, **query: Any) -> list[str]:
    answer = xero.get("/CreditNotes", **query)
    assert answer.status_code == 200, answer.text
    return [one["CreditNoteNumber"] for one in answer.json()["CreditNotes"]]


def test_list_without_page_gives_summaries(xero: Xero, three: list[dict[str, Any]]) -> None:
    body = xero.get("/CreditNotes").json()
    assert "pagination" not in body
    assert all(one["LineItems"] == [] for one in body["CreditNotes"])
    assert body["CreditNotes"][0]["Contact"]["Addresses"] == []


def test_pages_carry_lines_and_say_how_many_there_are(xero: Xero, three: list[dict[str, Any]]) -> None:
    body = xero.get("/CreditNotes", page=2, pageSize=2).json()
    assert body["pagination"] == {"page": 2, "pageSize": 2, "pageCount": 2, "itemCount": 3}
    (last,) = body["CreditNotes"]
    assert (last["CreditNoteNumber"], last["HasAttachments"]) == ("N3", False)
    assert last["LineItems"]
    assert xero.get("/CreditNotes", page=9).json()["CreditNotes"] == []


def test_pages_show_four_places_where_they_are_asked_for(xero: Xero, line: MakeLine) -> None:
    xero.credit_note(LineItems=[line(UnitAmount="1.2345")])
    for query, amount in (({}, 1.23), ({"unitdp": "4"}, 1.2345)):
        (one,) = xero.get("/CreditNotes", page=1, **query).json()["CreditNotes"]
        assert one["LineItems"][0]["UnitAmount"] == amount


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('Status=="DRAFT"', ["N3"]),
        ('Type=="ACCRECCREDIT" AND Status!="DRAFT"', ["N1", "N2"]),
        ("Date>=DateTime(2026,02,15) AND Date < DateTime(2026, 03, 15)", ["N2"]),
        ('Reference=="cafe 10_0"', ["N2"]),
        ('Reference=="cafe 10_0" OR Reference=="other"', ["N2"]),
        ('Contact.Name=="customer 3"', ["N3"]),
        ('Contact.ContactNumber=="C1"', ["N1"]),
        ("RemainingCredit>2", ["N2", "N3"]),
        ('Type=="ACCPAYCREDIT"', []),
    ],
)
def test_where_selects(xero: Xero, three: list[dict[str, Any]], where: str, found: list[Any]) -> None:
    assert numbers(xero, where=where) == found


def test_where_knows_contacts_by_id(xero: Xero, three: list[dict[str, Any]]) -> None:
    one, other = (three[at]["Contact"]["ContactID"] for at in (0, 2))
    where = f'Contact.ContactID==guid("{one}") OR Contact.ContactID==guid("{other}")'
    assert numbers(xero, where=where) == ["N1", "N3"]


def test_a_large_organisation_refuses_a_filter_that_is_slow(open_xero: OpenXero) -> None:
    xero = open_xero(refuses_broad_lists=True)
    refused = xero.get("/CreditNotes", where='CreditNoteNumber=="N1"')
    assert (refused.status_code, refused.json()["ErrorNumber"]) == (400, 16)


def test_the_number_can_be_asked_for_although_it_is_slow(xero: Xero, three: list[dict[str, Any]]) -> None:
    assert numbers(xero, where='CreditNoteNumber=="N1"') == ["N1"]
    assert numbers(xero, order="CreditNoteNumber DESC") == ["N3", "N2", "N1"]


def test_parameters_of_invoices_select_nothing_here(xero: Xero, three: list[dict[str, Any]]) -> None:
    assert numbers(xero, IDs=three[0]["CreditNoteID"], Statuses="PAID") == ["N1", "N2", "N3"]


def test_order_is_the_oldest_change_first_or_as_asked_for(xero: Xero, three: list[dict[str, Any]]) -> None:
    xero.change_credit_note(three[0]["CreditNoteID"], Reference="touched")
    assert numbers(xero) == ["N2", "N3", "N1"]
    assert numbers(xero, order="Date DESC") == ["N3", "N2", "N1"]
    by_id = [one["CreditNoteNumber"] for one in sorted(three, key=lambda one: one["CreditNoteID"])]
    assert numbers(xero, order="CreditNoteID") == by_id


def test_if_modified_since_shows_what_changed(xero: Xero, three: list[dict[str, Any]]) -> None:
    at = datetime.fromtimestamp(int(three[1]["UpdatedDateUTC"][6:19]) // 1000, UTC)
    header = {"If-Modified-Since": f"{at:%Y-%m-%dT%H:%M:%S}"}
    assert [
        one["CreditNoteNumber"] for one in xero.get("/CreditNotes", headers=header).json()["CreditNotes"]
    ] == [
        "N2",
        "N3",
    ]
    later = {"If-Modified-Since": "2100-01-01T00:00:00"}
    assert xero.get("/CreditNotes", headers=later).json()["CreditNotes"] == []


def test_merged_contacts_take_their_credit_notes_along(xero: Xero, three: list[dict[str, Any]]) -> None:
    away, heir = (three[at]["Contact"]["ContactID"] for at in (0, 1))
    xero.client.post("/_sandbox/contacts/merge", json={"from": away, "into": heir})
    assert numbers(xero, where=f'Contact.ContactID==guid("{heir}")') == ["N1", "N2"]
    assert xero.read_credit_note("N1")["Contact"]["ContactID"] == heir
