from __future__ import annotations

from typing import Any

from connectors.xero.tracking import with_option_ids
from engine.sdk import Address, Record

OPTIONS = [
    Record(Address("xero", "tracking", key), {"TrackingOptionID": key, "Name": name, "Option": option})
    for key, name, option in (("n", "Region", "North"), ("s", "Region", "South"), ("d", "Team", "North"))
]


def document(*tracking: Any) -> dict[str, Any]:
    return {"LineItems": [{"Tracking": list(tracking)}, {"Description": "only text"}]}


def put_in(raw: dict[str, Any]) -> Any:
    return with_option_ids(raw, lambda: OPTIONS)["LineItems"][0]["Tracking"]


def unasked() -> list[Record]:
    raise AssertionError("nothing is missing")


def test_missing_ids_are_found_by_both_names() -> None:
    wanted = [{"Name": "region ", "Option": "SOUTH"}, {"Name": "Team", "Option": "North"}]
    assert [one["TrackingOptionID"] for one in put_in(document(*wanted))] == ["s", "d"]


def test_id_that_is_there_stands_and_an_unknown_option_has_none() -> None:
    known = {"Name": "Region", "Option": "North", "TrackingOptionID": "own"}
    unknown = {"Name": "Region", "Option": "East"}
    assert [one["TrackingOptionID"] for one in put_in(document(known, unknown))] == ["own", None]


def test_options_are_only_read_where_an_id_is_missing() -> None:
    whole = document({"Name": "Region", "Option": "North", "TrackingOptionID": "n"})
    blank: list[dict[str, Any]] = [
        {},
        {"LineItems": []},
        {"LineItems": [{"Tracking": []}, {"Tracking": None}]},
    ]
    for raw in (whole, *blank):
        assert with_option_ids(raw, unasked) is raw


def test_what_is_no_line_or_no_tracking_is_left_for_the_schema_to_judge() -> None:
    raw = {"LineItems": ["text", {"Tracking": "text"}, {"Tracking": ["text", {"Option": "North"}]}]}
    lines = with_option_ids(raw, lambda: OPTIONS)["LineItems"]
    assert lines[:2] == raw["LineItems"][:2]
    assert lines[2]["Tracking"][0] == "text"
