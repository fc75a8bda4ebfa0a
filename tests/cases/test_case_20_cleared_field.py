"""Rule: what the source empties is emptied at the target where the mapping clears it, and named if not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cases.harness import Case, opened

CASE = "20-cleared-field"
CLEARING = """\
  contacts:
    fields:
      TaxNumber: {value: "{{ company.tax_number }}", max: 50, clear: true}
      Phones:
        clear: true
        list:
          - when: "{{ company.phone is present }}"
            fields: {PhoneType: DEFAULT, PhoneNumber: "{{ company.phone }}"}
"""


def before(case: Case) -> None:
    case.systems.load(
        {"companies": case.read("psohub/companies-before.json"), "contacts": [], "projects": []}
    )
    case.systems.load({"invoices": case.read("psohub/invoices.json")})


def emptied(case: Case) -> None:
    case.systems.load({"companies": case.read("psohub/companies-after.json")})


def contact(case: Case) -> Any:
    (found,) = [one for one in case.systems.contacts() if one["Name"] == "Plain Ltd"]
    return found


def more_to_push(case: Case) -> None:
    """The customer is looked at again with its next invoice."""
    (row,) = case.read("psohub/invoices.json")
    case.systems.add(**{**row, "InvoiceID": 41939771881672999, "InvoiceNumber": "INV-2026-0099"})


def test_until_then_nothing_is_said_to_be_updated_and_the_fields_are_named(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        before(case)
        assert case.run().code == 0
        assert contact(case)["TaxNumber"] == "NL001"
        emptied(case)
        more_to_push(case)
        result = case.run()
        assert (result.code, result.json["flows"]["contacts"]["updated"]) == (0, 0)
        assert result.json["flows"]["contacts"]["unchanged"] == 1
        (notice,) = [one for one in result.json["notices"] if "emptied" in one]
        assert "Plain Ltd" in notice
        assert "TaxNumber" in notice
        assert "Phones" in notice
        assert contact(case)["TaxNumber"] == "NL001"


def test_a_mapping_that_clears_it_sends_it_empty_once(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        text = case.config.read_text(encoding="utf-8")
        case.config.write_text(f"{text}\noverrides:\n{CLEARING}", encoding="utf-8")
        before(case)
        assert case.run().code == 0
        emptied(case)
        more_to_push(case)
        result = case.run()
        assert (result.code, result.json["flows"]["contacts"]["updated"]) == (0, 1)
        assert not contact(case).get("TaxNumber")
        assert [one for one in contact(case).get("Phones", ()) if one.get("PhoneNumber")] == []
        case.systems.reset()
        assert case.run().json["flows"]["contacts"]["updated"] == 0
