"""Each word is declared once: what is declared is implemented, what is implemented is described."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from engine.document import Word
from engine.mapping.check import modifiers as checks
from engine.mapping.check import producers as checked_producers
from engine.mapping.describe import word_pages
from engine.mapping.describe.editor import MappingSchema
from engine.mapping.describe.explaining import Explaining
from engine.mapping.describe.reference import field_reference
from engine.mapping.describe.tracing import traced
from engine.mapping.generate import functions, modifiers
from engine.mapping.generate import producers as written_producers
from engine.mapping.syntax import language, rules, values
from engine.mapping.syntax.tree import Pack, Producer
from engine.mapping.syntax.words import Key, Modifier, RuleWord
from engine.model.codes import pages
from engine.model.schema import ANY
from tests.engine.mapping.mapping_catalog import CATALOG
from tests.engine.mapping.mapping_kit import RUN, SETTINGS, TABLES, compiled, field_rule, mapped, record

README = Path(__file__).parents[4] / "mappings" / "README.md"
WRONG = Path(__file__).parents[4] / "tests" / "configs" / "wrong"
SECTIONS = (
    language.MAPPING,
    language.SOURCE,
    language.SHAPE,
    language.TARGET,
    language.TOTALS,
    language.ACTION,
    language.LOOKUP,
)
# Read by the reader of mapping files itself, section by section.
BY_SECTION = {"source", "shape keys", "target", "totals", "actions"}


def every_word() -> Iterator[tuple[str, Word]]:
    for words in (language.RULE, language.FUNCTIONS, language.TESTS):
        yield from words.items()
    for section in SECTIONS:
        yield from ((f"{section.title}: {word.name}", word) for word in section)


@pytest.mark.parametrize(("place", "word"), list(every_word()), ids=lambda part: str(part)[:30])
def test_every_word_has_a_sentence(place: str, word: Word) -> None:
    assert re.fullmatch(r"(?s)\S.*\.", word.sentence), place


@pytest.mark.parametrize("word", [*language.RULE, *language.FUNCTIONS, *language.TESTS])
def test_every_word_of_rules_and_expressions_has_a_page(word: str) -> None:
    assert word_pages.page(word)


# ---- what is declared is implemented, and nothing else is


def test_every_producer_is_read() -> None:
    assert rules.READERS.keys() == language.PRODUCERS.keys()


def test_every_producer_of_the_tree_is_checked_and_generated() -> None:
    nodes = set(get_args(Producer))
    assert checked_producers.CHECKERS.keys() == nodes
    assert written_producers.WRITERS.keys() == nodes


def test_every_modifier_is_checked() -> None:
    unchecked = language.MODIFIERS.keys() ^ checks.CHECKS.keys()
    assert unchecked == set(), (
        "declared in syntax/language.py and checked in check/modifiers.py: both or none"
    )


def test_every_modifier_is_generated_once() -> None:
    implemented = [*modifiers.CHANGES, *modifiers.LIMITS, *modifiers.ELSEWHERE]
    assert sorted(implemented) == sorted(language.MODIFIERS), "compare generate/modifiers.py with the words"


def test_limit_of_numbers_is_generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No limit takes numbers yet; here `round` is registered as one too."""
    limited: list[int] = []
    monkeypatch.setitem(modifiers.LIMITS, "round", lambda writer, places, value: limited.append(places))
    mapped(tmp_path, 'CurrencyRate: {value: "{{ invoice.days }}", round: 2}', days=5)
    assert limited == [2]


def test_every_modifier_with_a_check_of_its_own_has_a_wrong_file() -> None:
    printed = " ".join(path.read_text("utf-8") for path in WRONG.glob("*/check.out"))
    own = [word for word, check in checks.CHECKS.items() if check.fits is not checks.NOTHING_TO_CHECK.fits]
    assert len(own) >= 2
    for word in own:
        assert re.search(rf"error\[M\d+\] (?:{word} |.*`{word}`)", printed), (
            f"no check.out in tests/configs/wrong has a message about `{word}`"
        )


def test_every_function_is_generated() -> None:
    assert functions.WRITERS.keys() == language.FUNCTIONS.keys()


def test_every_form_is_read_described_and_offered_by_editors() -> None:
    keys = [word for _, word in every_word() if isinstance(word, Key)]
    forms = {word.form for word in keys} - {""}
    read = {*values.FORMS, *rules.STRUCTURES, *BY_SECTION, "value"}
    schemas = MappingSchema(Pack({}), CATALOG)
    offered = {*schemas.forms, *schemas.rules.rule_forms(ANY, "any"), "source", "shape keys", "target"}
    assert forms <= read
    assert forms <= offered
    assert forms == word_pages.FORMS.keys()
    # A key without a form is read by its type, and a number within its bounds.
    plain = [word for word in keys if not word.form]
    assert all(word.type.kind in ("text", "bool", "int") for word in plain)
    assert all(word.least is not None and word.most is not None for word in plain if word.type.kind == "int")


@pytest.mark.parametrize("word", language.RULE.values(), ids=lambda word: word.name)
def test_what_a_word_belongs_to_and_excludes_is_a_word(word: RuleWord) -> None:
    assert set(word.belongs_to) <= set(language.RULE)
    assert not word.excludes or (word.excludes in language.RULE and word.conflict)


@pytest.mark.parametrize("word", language.MODIFIERS.values(), ids=lambda word: word.name)
def test_a_phrase_has_room_for_what_is_written(word: Modifier) -> None:
    assert word.phrase.count("{}") == (1 if word.phrase and word.type.kind == "int" else 0)
    assert not word.changes or word.phrase


# ---- a word that is declared, checked and generated is everywhere else too


def test_min_is_in_the_field_reference(tmp_path: Path) -> None:
    rule = 'Reference: {value: "{{ invoice.note }}", min: 3, max: 9, required: true}'
    programs = compiled(tmp_path, invoices=field_rule(rule))
    (mapping,) = field_reference(programs.pack, programs.order)
    (row,) = [row for row in mapping.rows if row.path == "Reference"]
    assert row.limits == (
        "refused if absent",
        "refused if shorter than 3 characters",
        "refused if longer than 9 characters",
    )


def test_min_is_explained(tmp_path: Path) -> None:
    rule = 'Reference: {value: "{{ invoice.note }}", min: 3}'
    program = traced(compiled(tmp_path, invoices=field_rule(rule)), "invoices")
    program.link(SETTINGS, TABLES, RUN)
    made, trace = program(record(note="ab"))
    assert isinstance(made, tuple)
    assert [refusal.code for refusal in made] == ["mapping.too_short"]
    explained = {field.path: field for field in Explaining(program, TABLES).fields(trace)}
    assert explained["Reference"].value == "ab"


def test_min_is_offered_by_editors_for_text_alone(tmp_path: Path) -> None:
    programs = compiled(tmp_path, invoices=field_rule("Reference: x"))
    definitions = MappingSchema(programs.pack, CATALOG).mapping()["definitions"]
    offered = definitions["rule for text"]["anyOf"][-1]["properties"]
    assert offered["min"] == {
        "type": ["integer"],
        "minimum": 1,
        "maximum": 1_000_000,
        "description": "The record is refused if the text is shorter.",
    }
    assert "min" not in definitions["rule for decimal"]["anyOf"][-1]["properties"]


def test_min_has_a_page() -> None:
    assert word_pages.page("min") == (
        "A modifier of rules. Value: a whole number, 1 to 1000000.\n"
        "The record is refused if the text is shorter."
    )


# ---- pages for people


@pytest.mark.parametrize("name", word_pages.tables())
def test_the_readme_has_the_table(name: str, request: pytest.FixtureRequest) -> None:
    table = word_pages.tables()[name]
    text = README.read_text(encoding="utf-8")
    marked = re.compile(rf"(?s)(<!-- words: {name} -->\n).*?(\n<!-- end -->)")
    assert marked.search(text), f"the README has no place for the table of {name}"
    if request.config.getoption("update_snapshots"):
        README.write_text(marked.sub(lambda match: match[1] + table + match[2], text), encoding="utf-8")
        return
    assert table in text, "run: pytest --snapshot-update tests/engine/mapping/syntax"


def test_the_page_of_rules_names_every_producer() -> None:
    (page,) = [page for page in pages() if page.code == "M104"]
    assert {word for word in language.PRODUCERS if f"`{word}`" not in page.text} == set()


def test_the_page_of_combinations_names_every_word_that_has_conditions() -> None:
    (page,) = [page for page in pages() if page.code == "M105"]
    bound = {word for word, declared in language.RULE.items() if declared.belongs_to or declared.excludes}
    assert {word for word in bound if f"`{word}`" not in page.text} == set()
