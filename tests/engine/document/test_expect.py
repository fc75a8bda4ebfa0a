"""Reading values as declared: one phrasing for what does not fit, and nothing that is not declared."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.document import Codes, Expect, MapNode, Part, Word, Words, markdown_table, mismatch
from engine.document.editor import words_schema
from engine.model.diagnostics import Diagnostics
from engine.model.schema import ANY, BOOL, DATE, INT, enum
from tests.engine.document.document_kit import root

WORDS = Words(
    "a test",
    (
        Word("name", "What it is called.", required=True),
        Word("flag", "Whether it is on.", BOOL),
        Word("size", "How many.", INT, least=1, most=9),
        Word("mode", "How.", enum("fast", "safe")),
        Word("day", "When.", DATE),
        Word("extra", "Anything else.", ANY),
    ),
)


def read(folder: Path, text: str) -> tuple[Part, Diagnostics]:
    diagnostics = Diagnostics()
    part = Expect(Codes("T1", "T2", "T3"), diagnostics).part(root(folder, text), WORDS, "tests.first")
    assert part is not None
    return part, diagnostics


def messages(diagnostics: Diagnostics) -> list[tuple[str, str, str]]:
    return [(diagnostic.code, diagnostic.message, diagnostic.hint) for diagnostic in diagnostics]


def test_values_are_read_as_they_are_declared(tmp_path: Path) -> None:
    part, diagnostics = read(tmp_path, "name: 0200\nflag: true\nsize: 3\nmode: safe\n")
    assert (part.text("name"), part.flag("flag"), part.number("size"), part.choice("mode")) == (
        "0200",
        True,
        3,
        "safe",
    )
    assert messages(diagnostics) == []


def test_keys_that_are_left_out_are_empty(tmp_path: Path) -> None:
    part, diagnostics = read(tmp_path, "name: a\n")
    assert (part.flag("flag"), part.number("size"), part.choice("mode")) == (False, None, "")
    assert messages(diagnostics) == []


@pytest.mark.parametrize(
    ("written", "message", "hint"),
    [
        ("name: [a]", "tests.first.name: expected text, found a list", ""),
        ("name:", "tests.first.name: expected text, found nothing", ""),
        ("name: ~", "tests.first.name: expected text, found ~", ""),
        ("name: a\nflag: yes", 'tests.first.flag: expected true or false, found "yes"',
         "write true, in lower case and without quotes"),
        ("name: a\nsize: 10", "tests.first.size: expected a whole number from 1 to 9, found 10", ""),
        ("name: a\nsize: {a: 1}",
         "tests.first.size: expected a whole number from 1 to 9, found a mapping of keys", ""),
        ("name: a\nmode: sfe", 'tests.first.mode: expected one of fast, safe, found "sfe"',
         'did you mean "safe"?'),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_reported_in_one_phrasing(
    tmp_path: Path, written: str, message: str, hint: str
) -> None:
    part, diagnostics = read(tmp_path, written + "\n")
    part.text("name")
    part.flag("flag")
    part.number("size")
    part.choice("mode")
    assert messages(diagnostics) == [("T3", message, hint)]


def test_a_missing_key_and_an_unknown_key_are_reported(tmp_path: Path) -> None:
    _, diagnostics = read(tmp_path, "colour: red\n")
    assert messages(diagnostics) == [
        ("T2", 'missing key "name" in tests.first', ""),
        ("T1", 'unknown key "colour" in tests.first', "available: day, extra, flag, mode, name, size"),
    ]


def test_a_misspelt_key_is_one_mistake_and_counts_as_the_one_it_stands_for(tmp_path: Path) -> None:
    part, diagnostics = read(tmp_path, "nmae: a\n")
    assert messages(diagnostics) == [("T1", 'unknown key "nmae" in tests.first', 'did you mean "name"?')]
    assert part.text("name") == "a"


def test_what_is_not_declared_cannot_be_read(tmp_path: Path) -> None:
    part, _ = read(tmp_path, "name: a\n")
    with pytest.raises(KeyError, match="a test declares no key colour"):
        part.text("colour")
    with pytest.raises(TypeError, match="declared as bool, and read as text"):
        part.text("flag")


def test_the_editors_schema_is_made_of_the_declarations() -> None:
    schema = words_schema(WORDS, {})
    assert schema["required"] == ["name"]
    assert schema["properties"] == {
        "name": {"type": ["string", "number", "boolean"], "description": "What it is called."},
        "flag": {"type": ["boolean"], "description": "Whether it is on."},
        "size": {"type": ["integer"], "minimum": 1, "maximum": 9, "description": "How many."},
        "mode": {"enum": ["fast", "safe"], "description": "How."},
        "day": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "description": "When."},
        "extra": {"description": "Anything else."},
    }
    with pytest.raises(KeyError, match="declares no key colour"):
        words_schema(WORDS, {"colour": {}})


def test_a_readmes_table_is_made_of_the_declarations() -> None:
    assert markdown_table(WORDS).splitlines() == [
        "| key | value | what it does |",
        "| --- | --- | --- |",
        "| `name` | text; required | What it is called. |",
        "| `flag` | true or false | Whether it is on. |",
        "| `size` | a whole number, 1 or more, 9 or less | How many. |",
        "| `mode` | fast, safe | How. |",
        "| `day` | a date | When. |",
        "| `extra` | any | Anything else. |",
    ]


def test_a_list_says_that_keys_have_no_dash(tmp_path: Path) -> None:
    diagnostics = Diagnostics()
    node = root(tmp_path, "- a\n")
    assert Expect(Codes("T1", "T2", "T3"), diagnostics).map_node(node, "fields") is None
    message = mismatch("fields", "a mapping of keys", node)
    assert messages(diagnostics) == [("T3", message, "write its keys without a dash or bracket")]
    assert message == "fields: expected a mapping of keys, found a list"


def test_words_are_plain_text(tmp_path: Path) -> None:
    node = root(tmp_path, 'a: one\nb: [one, two]\nc: []\nd: "{{ x }}"\ne: 5\n')
    assert isinstance(node, MapNode)
    expect = Expect(Codes("T1", "T2", "T3"), Diagnostics())
    read = {key: [word.text for word in expect.words(own, key)] for key, own in node.entries.items()}
    assert read == {"a": ["one"], "b": ["one", "two"], "c": [], "d": [], "e": []}
    assert messages(expect.diagnostics) == [
        ("T3", "c: expected at least one word", ""),
        ("T3", 'd: expected a word, found "{{ x }}"', ""),
        ("T3", "e: expected a word, found 5", ""),
    ]
