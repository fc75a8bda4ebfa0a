from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from connectors.xero.finding import can_search_for
from connectors.xero.resource import Call, Resource
from connectors.xero.streams import CREDIT_NOTES, RESOURCES
from engine.sdk import TEXT, Action, DeclarationError, Field, Stream

IDS = [f"5a9d0b0e-0c1f-4e5c-9d6a-{at:012}" for at in range(90)]


def queries(calls: list[Call]) -> list[int]:
    """How long the queries are; servers stop reading near 2,048 characters."""
    return [len(urlencode({**one.params, "page": 1, "pageSize": 1000})) for one in calls]


def test_documents_are_those_of_sales() -> None:
    assert {name: one.document.type for name, one in RESOURCES.items() if one.document} == {
        "invoices": "ACCREC",
        "credit_notes": "ACCRECCREDIT",
    }


def test_own_filter_is_kept_beside_the_one_that_is_asked_for() -> None:
    asked = RESOURCES["credit_notes"].query('Reference=="a" OR Reference=="b"')
    assert asked == {
        "unitdp": 4,
        "order": "CreditNoteID",
        "where": 'Type=="ACCRECCREDIT" AND (Reference=="a" OR Reference=="b")',
    }


@pytest.mark.parametrize(("stream", "calls"), [("contacts", 3), ("invoices", 3), ("credit_notes", 90)])
def test_ids_are_asked_for_together_where_a_list_takes_them(stream: str, calls: int) -> None:
    found = list(RESOURCES[stream].by_ids(RESOURCES[stream].stream.key, IDS))
    assert len(found) == calls
    assert all(one.single == (stream == "credit_notes") for one in found)
    assert max(queries(found)) < 2048


def test_payments_have_no_such_parameter_and_are_filtered_in_short_queries() -> None:
    found = list(RESOURCES["payments"].by_ids("PaymentID", IDS))
    asked = " ".join(str(one.params["where"]) for one in found)
    assert asked.count("PaymentId==guid(") == 90
    assert max(queries(found)) < 2048


def test_contacts_of_credit_notes_are_filtered_and_those_of_invoices_named() -> None:
    (named,) = RESOURCES["invoices"].by_ids("Contact.ContactID", IDS[:2])
    assert named.params["ContactIDs"] == ",".join(IDS[:2])
    (filtered,) = RESOURCES["credit_notes"].by_ids("Contact.ContactID", IDS[:2])
    assert (
        filtered.params["where"]
        == 'Type=="ACCRECCREDIT" AND ('
        + " OR ".join(f'Contact.ContactID==guid("{one}")' for one in IDS[:2])
        + ")"
    )


def test_one_record_is_asked_for_with_four_places() -> None:
    assert RESOURCES["credit_notes"].single("CN 1") == Call("CreditNotes/CN%201", {"unitdp": 4}, single=True)


@pytest.mark.parametrize("number", ["a/b", "CN.1", "5a9d0b0e-0c1f-4e5c-9d6a-7b1f3c2e8a41", " CN-1", "CN?1"])
def test_number_that_no_path_can_hold_is_not_put_into_one(number: str) -> None:
    assert not can_search_for(CREDIT_NOTES, "CreditNoteNumber", number)


def test_every_field_that_can_be_matched_is_searchable_or_read_from_the_list() -> None:
    for resource in RESOURCES.values():
        assert set(resource.searchable) | {"Name", "TaxNumber"} >= set(resource.stream.match_fields)


ITEMS = Stream(
    "items",
    {"ItemID": Field(TEXT, writable=False), "Code": Field(TEXT), "Name": Field(TEXT)},
    key="ItemID",
    title="Name",
    creates=True,
    match_fields=("Code",),
    natural_key=("Code",),
)
COMPLETE: dict[str, Any] = {
    "path": "Items",
    "order": "ItemID",
    "searchable": ("Code",),
    "identifying": ("ItemID", "Code"),
}


def test_complete_stream_is_one_declaration() -> None:
    assert Resource(ITEMS, **COMPLETE).single("a").path == "Items/a"


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"path": ""}, "declare its path"),
        ({"order": ""}, "it is read in pages; declare the order that keeps a record on its page"),
        ({"searchable": ()}, "it has match_fields; declare which of them are searchable"),
        (
            {"identifying": ()},
            "it can be written; declare the identifying fields, which match answers",
        ),
        ({"in_path": ("Name",)}, '"Name" is in_path, but not searchable'),
        ({"folded": ("Nmae",)}, '"Nmae" is not one of its fields'),
        ({"currency": "CurrencyCode"}, '"CurrencyCode" is not one of its fields'),
        (
            {"stream": replace(ITEMS, actions={"print": Action()})},
            "there is no implementation of its action print",
        ),
        ({"stream": replace(ITEMS, control_totals=("Code",))}, "it has control_totals; declare its document"),
    ],
)
def test_half_declared_stream_fails_with_what_is_missing(changes: dict[str, Any], missing: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        Resource(**({"stream": ITEMS} | COMPLETE | changes))
    assert str(refused.value) == f"connector xero: stream items: {missing}"
