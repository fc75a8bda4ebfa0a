"""Rule: texts are compared, and sent, in one Unicode form."""

from __future__ import annotations

from pathlib import Path

from tests.cases.harness import opened

CASE = "04-decomposed-accents"


def test_the_existing_contact_is_adopted(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        case.answer("xero", "xero/PUT-contacts.http", method="PUT", path="/Contacts")
        result = case.run()
        assert (result.code, result.json["flows"]["contacts"]["adopted"]) == (0, 1)
        (invoice,) = case.systems.pushed()
        assert invoice["Contact"]["Name"] == "Caf\u00e9 Noir Ltd"


def test_a_name_is_sent_in_one_form(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        case.load_psohub()
        assert case.run().code == 0
        assert "Caf\u00e9 Noir Ltd" in {one["Name"] for one in case.systems.contacts()}


def test_xeros_name_may_be_the_decomposed_one(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        case.load_psohub()
        case.systems.put("Contacts", [{"Name": "Cafe\u0301 Noir Ltd"}])
        assert case.run().json["flows"]["contacts"]["adopted"] == 1
