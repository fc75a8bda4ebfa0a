"""Coverage: which rules, and which branches of first, when and where, records exercise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.mapping.describe.coverage import Coverage
from tests.engine.mapping.mapping_kit import RUN, SETTINGS, TABLES, compiled, field_rule, record

RULES = """\
Reference:
  first:
    - {value: "{{ invoice.note }}", when: "{{ invoice.final }}"}
    - "{{ invoice.reference }}"
  default: none
"""


def covered(folder: Path, *records: dict[str, Any]) -> Coverage:
    text = field_rule(RULES).replace("as: invoice}", 'as: invoice, where: "{{ invoice.days is missing }}"}')
    coverage = Coverage(compiled(folder, invoices=text))
    for values in records:
        coverage.add("invoices", record(**values), SETTINGS, TABLES, RUN)
    return coverage


def missing(coverage: Coverage, label: str = "Reference") -> list[str]:
    return [point.what for point in coverage.missing if point.label == label]


def test_without_records_everything_is_missing(tmp_path: Path) -> None:
    assert sorted(missing(covered(tmp_path))) == [
        "branch 1 of 2", "branch 2 of 2", "the default", "the rule", "when is false", "when is true"
    ]  # fmt: skip


def test_a_branch_counts_where_it_won_and_not_where_it_was_only_asked(tmp_path: Path) -> None:
    found = covered(tmp_path, {"final": True, "note": None, "reference": "PO"})
    assert sorted(missing(found)) == ["branch 1 of 2", "the default", "when is false"]


def test_when_counts_for_true_and_for_false(tmp_path: Path) -> None:
    found = covered(tmp_path, {"final": True, "note": "n"}, {"final": False})
    assert missing(found) == ["branch 2 of 2"]


def test_where_counts_for_true_and_for_false(tmp_path: Path) -> None:
    assert missing(covered(tmp_path, {}), "where") == ["where is false"]
    assert missing(covered(tmp_path, {}, {"days": 1}), "where") == []


def test_points_have_the_place_of_their_rule(tmp_path: Path) -> None:
    (point,) = (one for one in covered(tmp_path).missing if one.what == "branch 2 of 2")
    assert str(point).endswith("invoices.yaml:15:9: Reference: branch 2 of 2")


def test_a_shape_that_two_flows_use_counts_once(tmp_path: Path) -> None:
    shape = "mapping: note\nshape: {from: psohub.invoices, as: invoice, to: xero.invoices.Note}\n"
    note = f'{shape}fields:\n  Text: "{{{{ invoice.note }}}}"\n'
    flow = field_rule("Note: {use: note}")
    programs = compiled(
        tmp_path, note=note, one=flow, two=flow.replace("mapping: invoices", "mapping: others")
    )
    coverage = Coverage(programs)
    places = [point for point in coverage.points if point.span.file.endswith("note.yaml")]
    assert len(places) == 1
    coverage.add("others", record(note="n"), SETTINGS, TABLES, RUN)
    assert coverage.points[places[0]]
