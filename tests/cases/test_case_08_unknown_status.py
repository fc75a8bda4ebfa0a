"""A status that is not known is shown with its invoices; a config can say what it stands for."""

from __future__ import annotations

from pathlib import Path

from tests.cases.harness import opened

CASE = "08-unknown-status"


def test_unknown_status_is_shown_with_the_invoices_that_have_it(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        ran = case.run()
        assert ran.code == 1
        held = {row["title"]: row["reason"] for row in ran.json["held"]}
        assert set(held) == {"INV-2026-0002", "INV-2026-0003"}
        assert 'unknown status "Verzonden"' in held["INV-2026-0002"]
        assert "statuses: {Partially paid: sent}" in held["INV-2026-0003"]
        assert [row["Reference"] for row in case.systems.pushed()] == ["INV-2026-0001"]


def test_config_says_what_a_word_stands_for(tmp_path: Path) -> None:
    words = 'statuses: {verzonden: sent, "Partially paid": draft}'
    with opened(CASE, tmp_path, more=words) as case:
        assert case.run().code == 0
        assert sorted(row["Reference"] for row in case.systems.pushed()) == ["INV-2026-0001", "INV-2026-0002"]
