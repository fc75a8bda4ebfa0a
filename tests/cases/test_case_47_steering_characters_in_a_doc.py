"""Rule: no text of a file holds characters that steer what shows it, as themselves or as escapes."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.model.steering import STEERING
from tests.cases.harness import case_folder
from tests.e2e.harness import copy_of_the_checkout
from tests.e2e.program import Program

CASE = "47-steering-characters-in-a-doc"
CONFIG = "configs/acme.yaml"
ESCAPES = [
    "\\e",
    "\\a",
    "\\0",
    "\\x07",
    "\\x9b",
    "\\u202e",
    "\\u2066",
    "\\u200f",
    "\\L",
    "\\P",
    "\\N",
    "\\x7f",
]
CHARACTERS = ["\u202e", "\u2067", "\u200e", "\u2028", "\x85", "\x9b", "\u061c"]


def checkout(folder: Path, file: str, before: str, after: str) -> Program:
    sync = copy_of_the_checkout(folder)
    path = folder / file
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")
    return sync


def assert_refused(sync: Program, code: str, place: str = "") -> None:
    for verb in ("check", "docs", "schema", "run"):
        result = sync(verb, CONFIG)
        assert result.code == 2
        assert f"error[{code}]" in result.out + result.err
        assert place in result.out + result.err
        assert not STEERING.search(result.out + result.err)


def test_the_doc_of_the_case(tmp_path: Path) -> None:
    line = (case_folder(CASE) / "mappings/psohub-xero/invoices-doc.yaml").read_text("utf-8").splitlines()[1]
    sync = checkout(tmp_path, "mappings/psohub-xero/invoices.yaml", "doc: ", f"{line}\n# ")
    assert_refused(sync, "Y111", "mappings/psohub-xero/invoices.yaml:3:7")


@pytest.mark.parametrize("escape", ESCAPES)
def test_any_escape(tmp_path: Path, escape: str) -> None:
    sync = checkout(tmp_path, CONFIG, "name: acme", f'name: acme\ndoc: "one {escape} two"')
    assert_refused(sync, "Y111", "configs/acme.yaml:")


@pytest.mark.parametrize("character", CHARACTERS)
def test_the_character_itself_anywhere_in_a_file(tmp_path: Path, character: str) -> None:
    sync = checkout(tmp_path, "mappings/psohub-xero/pack.yaml", "pack: ", f"# a {character} comment\npack: ")
    result = sync("check", CONFIG)
    code = "Y104" if character == "\x9b" else "Y111"  # YAML itself does not allow this one
    assert (result.code, f"error[{code}]" in result.out) == (2, True)
    assert not STEERING.search(result.out)


MAPPING = "mappings/psohub-xero/invoices.yaml"
OTHERS = {
    "a key": (CONFIG, "settings: {", 'settings: {"due\\u202e_days": 1, '),
    "an expression": (MAPPING, "fields:\n", "fields:\n  Url: \"{{ '\\e' }}\"\n"),
    "a setting's label": ("mappings/psohub-xero/pack.yaml", "label: ", 'label: "\\x9b" #'),
}


@pytest.mark.parametrize("place", OTHERS)
def test_other_texts(tmp_path: Path, place: str) -> None:
    file, before, after = OTHERS[place]
    result = checkout(tmp_path, file, before, after)("check", CONFIG)
    assert (result.code, "error[Y111]" in result.out) == (2, True)


def test_the_cell_of_a_table(tmp_path: Path) -> None:
    file = "mappings/psohub-xero/tables/tax_types.csv"
    first = (Path(__file__).parents[2] / file).read_text("utf-8").splitlines()[1]
    assert_refused(checkout(tmp_path, file, first, f"\x1b[2J{first}"), "C212", f"{file}:2:1")


def test_tabs_and_line_ends_are_texts_as_any_other(tmp_path: Path) -> None:
    sync = checkout(tmp_path, CONFIG, "name: acme", 'name: acme\ndoc: "one\\ttwo\\nthree 🎉 \\u00e9 \\u200d"')
    assert sync("check", CONFIG).code == 0
