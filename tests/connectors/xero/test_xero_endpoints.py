from __future__ import annotations

from urllib.parse import urlencode

import pytest

from connectors.xero.endpoints import DOCUMENTS, ENDPOINTS, Call
from connectors.xero.finding import askable
from connectors.xero.streams import BY_NAME

IDS = [f"5a9d0b0e-0c1f-4e5c-9d6a-{at:012}" for at in range(90)]


def queries(calls: list[Call]) -> list[int]:
    """How long the queries are; servers stop reading near 2,048 characters."""
    return [len(urlencode({**one.params, "page": 1, "pageSize": 1000})) for one in calls]


def test_documents_are_those_of_sales() -> None:
    assert {name: one.sales for name, one in DOCUMENTS.items()} == {
        "invoices": "ACCREC",
        "credit_notes": "ACCRECCREDIT",
    }


def test_own_filter_is_kept_beside_the_one_that_is_asked_for() -> None:
    asked = ENDPOINTS["credit_notes"].asked('Reference=="a" OR Reference=="b"')
    assert asked == {
        "unitdp": 4,
        "order": "CreditNoteID",
        "where": 'Type=="ACCRECCREDIT" AND (Reference=="a" OR Reference=="b")',
    }


@pytest.mark.parametrize(("stream", "calls"), [("contacts", 3), ("invoices", 3), ("credit_notes", 90)])
def test_ids_are_asked_for_together_where_a_list_takes_them(stream: str, calls: int) -> None:
    found = list(ENDPOINTS[stream].by_ids(BY_NAME[stream].key, IDS))
    assert len(found) == calls
    assert all(one.one == (stream == "credit_notes") for one in found)
    assert max(queries(found)) < 2048


def test_payments_have_no_such_parameter_and_are_filtered_in_short_queries() -> None:
    found = list(ENDPOINTS["payments"].by_ids("PaymentID", IDS))
    asked = " ".join(str(one.params["where"]) for one in found)
    assert asked.count("PaymentId==guid(") == 90
    assert max(queries(found)) < 2048


def test_contacts_of_credit_notes_are_filtered_and_those_of_invoices_named() -> None:
    (named,) = ENDPOINTS["invoices"].by_ids("Contact.ContactID", IDS[:2])
    assert named.params["ContactIDs"] == ",".join(IDS[:2])
    (filtered,) = ENDPOINTS["credit_notes"].by_ids("Contact.ContactID", IDS[:2])
    assert (
        filtered.params["where"]
        == 'Type=="ACCRECCREDIT" AND ('
        + " OR ".join(f'Contact.ContactID==guid("{one}")' for one in IDS[:2])
        + ")"
    )


def test_one_record_is_asked_for_with_four_places() -> None:
    assert ENDPOINTS["credit_notes"].one("CN 1") == Call("CreditNotes/CN%201", {"unitdp": 4}, one=True)


@pytest.mark.parametrize("number", ["a/b", "CN.1", "5a9d0b0e-0c1f-4e5c-9d6a-7b1f3c2e8a41", " CN-1", "CN?1"])
def test_number_that_no_path_can_hold_is_not_put_into_one(number: str) -> None:
    assert not askable("CreditNoteNumber", number)


def test_every_field_that_finds_or_names_is_one_of_the_stream() -> None:
    for name, endpoint in ENDPOINTS.items():
        stream = BY_NAME[name]
        assert set(endpoint.searched) | {"TaxNumber"} >= set(stream.match_fields)
        for field in (*endpoint.searched, *endpoint.named, *stream.natural_key):
            type_ = stream.type
            for part in field.split("."):
                type_ = type_.fields[part].type
