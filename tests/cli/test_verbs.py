"""A verb is declared once: its file, its line in the help and its rows in the README agree."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import click
import pytest

from engine.cli.exits import EXITS
from engine.cli.verbs import VERBS
from tests.e2e.program import ROOT, Program

VERB_FILES = sorted((ROOT / "engine" / "cli" / "verbs").glob("[!_]*.py"))
WITH_A_REPORT = {"run", "push", "reconcile", "plan"}  # tested together, in tests/cli/verbs/test_reports.py
README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def named_in_first_cells(text: str) -> set[str]:
    """The verbs named by the first cells of a table's rows, e.g. `held retry CONFIG [ADDRESS …]`."""
    cells = re.findall(r"^\| (`[^|]*`) \|", text.replace("\\|", "¦"), re.MULTILINE)
    return {name.split()[0] for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_each_file_is_a_verb_and_each_verb_has_a_file() -> None:
    files = {path.stem for path in VERB_FILES}
    assert sorted(files ^ {*VERBS}) == [], (
        "the files of engine/cli/verbs/ and VERBS in engine/cli/verbs/__init__.py differ"
    )


@pytest.mark.parametrize("file", VERB_FILES, ids=lambda path: path.stem)
def test_each_number_that_a_verb_returns_is_an_exit_code(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"))
    returned = {
        node.value
        for statement in ast.walk(tree)
        if isinstance(statement, ast.Return) and statement.value is not None
        for node in ast.walk(statement.value)
        if isinstance(node, ast.Constant) and type(node.value) is int
    }
    assert sorted(returned - EXITS.keys()) == [], "return a number that is listed in engine/cli/exits.py"


def test_each_verb_has_a_file_of_tests() -> None:
    tests = {path.stem for path in (ROOT / "tests" / "cli" / "verbs").glob("test_*.py")}
    without = {verb for verb in VERBS if f"test_{verb}" not in tests}
    assert sorted(without ^ WITH_A_REPORT) == [], (
        "add tests/cli/verbs/test_VERB.py, or compare with WITH_A_REPORT"
    )


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_prints_json_on_request(verb: str) -> None:
    command = import_module(f"engine.cli.verbs.{verb}").command
    commands = [*command.commands.values()] if isinstance(command, click.Group) else [command]
    for each in commands:
        options = {option for parameter in each.params for option in parameter.opts}
        assert "--output" in options, f"decorate the command `{each.name}` with @output_option"


def test_each_verb_is_in_the_table_of_the_readme() -> None:
    differing = named_in_first_cells(section("Verbs")) ^ {*VERBS}
    assert sorted(differing) == [], "rows of Verbs in README.md and VERBS differ; a verb needs a row"


def test_each_verb_has_a_documented_json_shape() -> None:
    json_section = section("JSON")
    (reports,) = re.findall(r"^\*\*(.*)\*\*$", json_section, re.MULTILINE)
    differing = (named_in_first_cells(json_section) | {*re.findall(r"`(\w+)`", reports)}) ^ {*VERBS}
    assert sorted(differing) == [], "rows of JSON in README.md and VERBS differ; a verb needs a row"


@pytest.mark.parametrize("verb", VERBS)
def test_each_subcommand_is_in_the_table_of_the_readme(verb: str) -> None:
    command = import_module(f"engine.cli.verbs.{verb}").command
    assert command.name == verb
    if isinstance(command, click.Group):
        for name in {*command.commands} - {"list", "serve"}:  # these are meant if no subcommand is named
            assert f"`{verb} {name} " in section("Verbs"), "add a row to Verbs in README.md"


def test_help_lists_the_verbs_and_the_exit_codes(sync: Program) -> None:
    listed = " ".join(sync("--help").out.split())
    assert all(f" {verb} {sentence} " in listed for verb, sentence in VERBS.items())
    assert all(f" {code} {meaning}" in listed for code, meaning in EXITS.items())


def test_the_readme_lists_the_exit_codes() -> None:
    listed = " ".join(section("Verbs").split())
    assert all(f"| {code} | {meaning} |" in listed for code, meaning in EXITS.items())


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_takes_the_options_that_the_readme_shows(sync: Program, verb: str) -> None:
    usage = sync(verb, "--help").out
    rows = [row for row in section("Verbs").splitlines() if row.startswith(f"| `{verb} ")]
    shown = {option for row in rows for option in re.findall(r"--[a-z-]+", row)}
    taken = {*re.findall(r"--[a-z-]+", usage + sync(verb, "serve", "--help").out)}
    assert sorted(shown - taken) == [], f"the row of {verb} in Verbs of README.md has unknown options"
