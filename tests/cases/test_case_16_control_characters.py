"""Characters that no text may hold never reach Xero, and the plan says which were left out."""

from pathlib import Path

from tests.cases.harness import opened


def test_control_characters_do_not_reach_xero(tmp_path: Path) -> None:
    with opened("16-control-characters", tmp_path) as case:
        case.answer("xero", "xero/PUT-invoices.http", method="PUT", path="*/Invoices", holds="\\u000b")
        planned = case.plan().json
        notice = next(notice for notice in planned["notices"] if "sent as" in notice)
        assert "LineItems[0].Description" in notice
        assert "U+000B, U+0002" in notice
        result = case.run()
        assert (result.code, result.json["held"]) == (0, [])
        texts = {row["Reference"]: row["LineItems"][0]["Description"] for row in case.systems.pushed()}
        assert texts["INV-2026-0001"] == "10.001 Work first second third"
        again = case.run()
        assert again.code == 0
        assert not [notice for notice in again.json["notices"] if "sent as" in notice]
