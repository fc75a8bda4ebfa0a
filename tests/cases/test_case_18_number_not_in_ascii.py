"""A number with typographic hyphens goes out with plain ones; the plan says so."""

from pathlib import Path

from tests.cases.harness import opened


def test_a_number_goes_out_in_ascii(tmp_path: Path) -> None:
    with opened("18-number-not-in-ascii", tmp_path, settings={"numbering": "psohub"}) as case:
        planned = case.plan().json
        assert planned["held"] == []
        assert any("NON-BREAKING HYPHEN" in notice for notice in planned["notices"])
        result = case.run()
        assert (result.code, result.json["held"]) == (0, [])
        (pushed,) = case.systems.pushed()
        assert pushed["InvoiceNumber"] == "INV-2026-0001"
