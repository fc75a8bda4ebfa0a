"""Each key of configs and packs is declared once; what is declared is read, and documented."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from engine.config.words import CONFIG, LIMITS, PACK, SETTING, SYSTEM
from engine.document import Word, Words, markdown_table
from engine.planning.guard import Limits
from tests.engine.config.config_kit import CONFIG as GOOD_CONFIG
from tests.engine.config.config_kit import PACK as GOOD_PACK
from tests.engine.config.config_kit import mistakes

ALL = (PACK, SETTING, CONFIG, SYSTEM, LIMITS)
README = Path(__file__).parents[3] / "mappings" / "README.md"

# A value that no reader can take, by the kind of value that is declared.
MISFITS = {"text": "[a, [b]]", "bool": "[a]", "int": "[a]", "decimal": "[a]", "date": "[a]", "object": "[a]"}


def misfit(words: Words, word: Word) -> str:
    if word.type.kind != "any":
        return MISFITS[word.type.kind]
    return {"default": "many", "choices": "5", "sandbox": "[a]"}[word.name]  # of a whole number; of a system


def without(text: str, key: str) -> str:
    return "".join(f"{line}\n" for line in text.splitlines() if not line.startswith(f"{key}:"))


@pytest.mark.parametrize(
    ("words", "word"),
    [(words, word) for words in ALL for word in words],
    ids=lambda own: getattr(own, "name", ""),
)
def test_every_declared_key_is_read(tmp_path: Path, words: Words, word: Word) -> None:
    """A value that does not fit is reported at its place, so somebody reads it."""
    written = f"{word.name}: {misfit(words, word)}"
    config, pack = GOOD_CONFIG, GOOD_PACK
    if words is CONFIG:
        config = f"{written}\n{without(config, word.name)}"
    elif words is PACK:
        pack = f"{written}\n{without(pack, word.name)}"
    elif words is SETTING:
        kind = "" if word.name == "type" else ", type: list" if word.name == "of" else ", type: int"
        pack = f"settings: {{size: {{{written}{kind}}}}}\n{pack}"
    elif words is SYSTEM:
        config = f"systems: {{left: {{{written}}}, right: {{}}}}\n{without(config, 'systems')}"
    else:
        config = f"limits: {{{written}}}\n{config}"
    lines = [place for place in mistakes(tmp_path, config, pack) if place.split()[-1].split(":")[1] == "1"]
    assert len(lines) == 1, lines


@pytest.mark.parametrize("words", ALL, ids=lambda words: words.title)
def test_every_key_has_a_sentence_of_its_own(words: Words) -> None:
    sentences = [word.sentence for word in words]
    assert len({*words.names}) == len(words.names)
    assert len({*sentences}) == len(sentences)
    assert all(sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize("words", ALL, ids=lambda words: words.title)
def test_the_readme_shows_the_table_of_each(words: Words) -> None:
    assert markdown_table(words) in README.read_text("utf-8")


def test_every_limit_is_one_that_the_guard_knows() -> None:
    assert {*LIMITS.names} == {field.name for field in dataclasses.fields(Limits)}
