"""Rule: of contacts with one name the active one is meant; an archived one alone is left to a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cases.harness import Case, opened

CASE = "02-archived-namesake"
ARCHIVED, ACTIVE = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"


def contacts_held(report: Any) -> list[str]:
    return [str(row["reason"]) for row in report["held"] if row["mapping"] == "contacts"]


def test_the_active_one_is_adopted_and_gets_the_invoice(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        result = case.run()
        assert (result.code, result.json["flows"]["contacts"]["adopted"]) == (0, 1)
        (invoice,) = case.systems.pushed()
        assert invoice["Contact"]["ContactID"] == case.ids[ACTIVE]
        states = {one["ContactID"]: one["ContactStatus"] for one in case.systems.contacts()}
        assert states.get(case.ids[ARCHIVED], "ARCHIVED") == "ARCHIVED"


def only_the_archived_one(case: Case) -> None:
    case.load_psohub()
    (made,) = case.systems.put("Contacts", [{"Name": "Harbour Cafe Ltd"}])
    case.systems.post("Contacts", [{"ContactID": made["ContactID"], "ContactStatus": "ARCHIVED"}])


def test_an_archived_one_alone_is_held_until_a_person_restores_it(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        only_the_archived_one(case)
        for _ in range(2):
            result = case.run()
            assert result.code == 1
            (reason,) = contacts_held(result.json)
            assert "Harbour Cafe Ltd" in reason
            assert "Restore in Xero" in reason
        assert case.systems.pushed() == []


def test_an_active_one_that_is_found_by_another_rule_goes_before_it(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        only_the_archived_one(case)
        (active,) = case.systems.put(
            "Contacts", [{"Name": "Harbour Cafe Limited", "EmailAddress": "billing@plain.example"}]
        )
        result = case.run()
        assert result.code == 0, result.out
        (invoice,) = case.systems.pushed()
        assert invoice["Contact"]["ContactID"] == active["ContactID"]
        assert invoice["Contact"]["Name"] == "Harbour Cafe Limited"  # adoption never renames
