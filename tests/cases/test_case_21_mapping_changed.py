"""Rule: a change of the rules is not a change of the record; documents that were sent stay as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cases.harness import Case, opened

CASE = "21-mapping-changed"


def with_overrides(case: Case, name: str) -> None:
    text = case.config.read_text(encoding="utf-8").partition("\noverrides:")[0]
    more = (case.input / name).read_text(encoding="utf-8")
    case.config.write_text(f"{text}\n{more}", encoding="utf-8")


def references(case: Case) -> list[str]:
    return sorted(str(one["Reference"]) for one in case.systems.pushed())


def pushed_before(case: Case) -> None:
    """Pushed by the earlier rules; PSOhub's queue shows them still."""
    with_overrides(case, "overrides-before.yaml")
    assert case.run().code == 0
    with_overrides(case, "overrides-after.yaml")
    for row in case.psohub_invoices():
        case.systems.edit(row["InvoiceID"], ExternalID="")


def test_invoices_pushed_before_are_left_in_peace_and_counted_once(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        pushed_before(case)
        as_sent = references(case)
        result = case.run()
        assert result.code == 0, result.out
        assert result.json["held"] == []
        assert result.json["outdated"] == {"invoices": {"documents": 3, "fields": ["Reference"]}}
        assert references(case) == as_sent
        text = case.text("push").out
        assert text.count("would differ under the present rules: Reference") == 1
        assert "changed since it was sent" not in text


def test_plan_shows_them_if_it_is_asked_to(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        pushed_before(case)
        for options, diffs in (((), 0), (("--rules",), 3)):
            changes = case.plan(*options).json["changes"]
            shown: list[Any] = [one for one in changes if one["mapping"] == "invoices" and one["diff"]]
            assert len(shown) == diffs
            assert all(one["change"] == "unchanged" for one in shown)


def test_only_what_is_named_is_sent(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        pushed_before(case)
        case.run()
        as_sent = references(case)
        case.sync("held", "retry", case.config)
        case.run()
        assert references(case) == as_sent
        named = case.sync("held", "retry", case.config, "INV-2026-0002")
        assert named.code == 0, named.err
        result = case.run()
        assert result.json["flows"]["invoices"]["updated"] == 1
        changed = set(references(case)) - set(as_sent)
        assert len(changed) == 1
        assert "PO 2" in changed.pop()


def test_new_ones_follow_the_new_rule(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        pushed_before(case)
        row = case.read("psohub/invoices.json")[0]
        case.systems.add(**{**row, "InvoiceID": 41939771881672999, "InvoiceNumber": "INV-2026-0099"})
        assert case.run().json["flows"]["invoices"]["created"] == 1
        assert "INV-2026-0099 / PO 1" in references(case)


def test_a_change_in_psohub_is_held_as_before(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        pushed_before(case)
        first = case.psohub_invoice("INV-2026-0001")
        case.systems.edit(first["InvoiceID"], Reference="PO 9")
        result = case.run()
        assert [row["code"] for row in result.json["held"]] == ["changed"]
        assert result.json["outdated"]["invoices"]["documents"] == 2
