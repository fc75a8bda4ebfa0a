"""Rule: names are matched as people read them, and sent without what nobody sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.harness import opened

CASE = "03-invisible-characters"


def test_the_existing_contacts_are_adopted(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        result = case.run()
        assert (result.code, result.json["flows"]["contacts"]["adopted"]) == (0, 2)
        names = sorted(str(one["Name"]) for one in case.systems.contacts())
        assert [name for name in names if name in ("Harbour View Ltd", "Quay Street Ltd")] == names
        assert len({one["Contact"]["ContactID"] for one in case.systems.pushed()}) == 2
        assert case.run().json["flows"]["contacts"]["updated"] == 0


def test_a_new_contact_is_sent_without_them(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        case.load_psohub()
        assert case.run().code == 0
        names = {str(one["Name"]) for one in case.systems.contacts()}
        assert {"Harbour View Ltd", "Quay Street Ltd"} <= names


@pytest.mark.parametrize("name", ["Quay\u200b Street Ltd", "QUAY STREET LTD", "Ｑuay Street Ltd"])
def test_xeros_name_may_be_the_one_that_is_spelled_in_another_way(tmp_path: Path, name: str) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        case.load_psohub()
        case.systems.put("Contacts", [{"Name": name}])
        assert case.run().json["flows"]["contacts"] == {
            "created": 1, "updated": 0, "unchanged": 0, "adopted": 1, "held": 0, "skipped": 0,
        }  # fmt: skip
