"""Whether a found record is the one that a payload describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.model.address import Address
from engine.model.payload import Ref
from engine.planning.agreement import Claim, disagreements
from tests.engine.planning.planning_kit import STREAM, payload

BOOKS = replace(STREAM, control_totals=("Total",), currency="Reference", server_managed=("Sent",))
OPEN = Ref("contacts", Address("shop", "companies", "7"))


def differing(
    body: Mapping[str, Any],
    values: Mapping[str, Any],
    *agree: str,
    policy: str = "hold",
    stated: str = "",
    computed: str = "",
    base: str = "",
) -> list[str]:
    mapped = replace(
        payload(**body),
        totals={"Total": Decimal(stated)} if stated else {},
        on_difference=policy,
        tolerance=Decimal("0.05"),
    )
    claim = Claim(mapped, body, {"Total": Decimal(computed)} if computed else {}, base)
    return [one.path for one in disagreements(claim, values, BOOKS, agree)]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"Date": "2026-03-01"}, {"Date": date(2026, 3, 1)}),
        ({"Reference": "A "}, {"Reference": "A"}),
        ({"Days": 3}, {"Days": Decimal("3.0")}),
        ({"Contact": {"ContactID": "c"}}, {"Contact": {"ContactID": "c", "Name": "Seven"}}),
        ({"Lines": [{"Amount": Decimal("1.50")}]}, {"Lines": [{"Amount": Decimal("1.5"), "Text": "x"}]}),
        ({"Tags": ["a", "b"]}, {"Tags": ["a", "b"]}),
        ({}, {}),
    ],
)
def test_values_agree_in_canonical_form(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert differing(ours, theirs, *(ours or ["Date"])) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "path"),
    [
        ({"Date": "2026-03-01"}, {"Date": date(2026, 3, 2)}, "Date"),
        ({"Reference": "A"}, {"Reference": "B"}, "Reference"),
        ({"Contact": {"ContactID": "c"}}, {"Contact": {"ContactID": "d"}}, "Contact.ContactID"),
        ({"Lines": [{"Text": "a"}]}, {"Lines": [{"Text": "a"}, {"Text": "b"}]}, "Lines[1]"),
        ({"Sent": True}, {"Sent": False}, "Sent"),  # even what the target changes by itself
        ({"Reference": "A"}, {}, "Reference"),
        ({}, {"Reference": "A"}, "Reference"),
    ],
)
def test_what_differs_is_named(ours: dict[str, Any], theirs: dict[str, Any], path: str) -> None:
    assert differing(ours, theirs, path.partition(".")[0].partition("[")[0]) == [path]


def test_a_path_may_go_into_an_object() -> None:
    ours, theirs = {"Contact": {"ContactID": "c", "Name": "A"}}, {"Contact": {"ContactID": "c", "Name": "B"}}
    assert differing(ours, theirs, "Contact.ContactID") == []
    assert differing(ours, theirs, "Contact.Name") == ["Contact.Name"]


def test_what_refers_to_a_record_that_is_yet_to_be_made_agrees_with_nothing() -> None:
    assert differing({"Contact": OPEN}, {"Contact": {"ContactID": "c"}}, "Contact") == ["Contact"]


def test_a_total_that_the_target_computes_is_compared_with_what_the_source_says() -> None:
    assert differing({}, {"Total": Decimal("115.00")}, "Total", stated="115.0000") == []
    assert differing({}, {"Total": Decimal("115.01")}, "Total", stated="115") == ["Total"]
    assert differing({}, {}, "Total", stated="115") == ["Total"]


def test_cents_that_the_mapping_accepts_are_no_disagreement() -> None:
    assert differing({}, {"Total": Decimal("115.05")}, "Total", stated="115", policy="accept") == []
    assert differing({}, {"Total": Decimal("115.06")}, "Total", stated="115", policy="accept") == ["Total"]
    assert differing({}, {"Total": Decimal("115.01")}, "Total", stated="115", policy="adjust_tax") == [
        "Total"
    ]


def test_a_mapping_without_control_totals_is_compared_by_what_the_target_would_compute() -> None:
    assert differing({}, {"Total": Decimal("115.00")}, "Total", computed="115") == []
    assert differing({}, {"Total": Decimal("115.01")}, "Total", computed="115", policy="accept") == ["Total"]
    assert differing({}, {"Total": Decimal("115.01")}, "Total") == ["Total"]


def test_a_currency_that_is_left_out_is_the_one_that_the_target_takes() -> None:
    assert differing({}, {"Reference": "NZD"}, "Reference", base="NZD") == []
    assert differing({}, {"Reference": "EUR"}, "Reference", base="NZD") == ["Reference"]
    assert differing({}, {"Reference": "NZD"}, "Reference") == ["Reference"]
