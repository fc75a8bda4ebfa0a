"""tests/cases/README.md names, for each case, its rule and the tests that hold it; they all exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
NUMBERS = [f"{number:02}" for number in (*range(1, 32), *range(40, 64))]
NAMED = re.compile(r"`([\w/.]+\.py)(?:::(test_\w+))?`")


def _rows() -> list[tuple[str, str, str]]:
    """Case, rule and tests of each row."""
    text = (TESTS / "cases" / "README.md").read_text("utf-8")
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if re.match(r"\| \d", line)]
    return [(case, rule, tests) for case, rule, tests in lines]


def test_each_case_has_one_row() -> None:
    assert [case.split(" ")[0] for case, _, _ in _rows()] == NUMBERS


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row[0])
def test_a_row_has_one_sentence_and_leads_to_tests(row: tuple[str, str, str]) -> None:
    case, rule, tests = row
    assert re.fullmatch(r"[0-9A-Z][^.]*\.", rule)
    named = NAMED.findall(tests)
    own = f"cases/test_case_{case.replace(' ', '_')}.py"
    assert named[0] == (own, "")
    assert len(named) == tests.count("`") / 2 > 1
    assert [(file, test) for file, test in named if not _exists(file, test)] == []


def test_each_test_of_a_case_is_in_its_row() -> None:
    files = {f"cases/{path.name}" for path in (TESTS / "cases").glob("test_case_*.py")}
    assert files == {NAMED.findall(tests)[0][0] for _, _, tests in _rows()}


def _exists(file: str, test: str) -> bool:
    """Whether there is such a file of tests, and in it such a test."""
    path = TESTS / file
    if not path.is_file() or not path.name.startswith("test_"):
        return False
    tree = ast.parse(path.read_text("utf-8"))
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return test in names if test else any(name.startswith("test_") for name in names)
