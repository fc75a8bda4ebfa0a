"""Declare the keys that people write in a file: each word once, with its type, its bounds and a sentence.

Readers (`expect.Part`), editor schemas (`editor`) and the tables of the READMEs are made from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.model.schema import TEXT, Type

OBJECT = Type("object")  # a mapping of keys, whose entries are read by code of its own
_EXPECTED = {
    "bool": "true or false",
    "int": "a whole number",
    "decimal": "a number",
    "date": "a date",
    "list": "a list",
    "object": "a mapping of keys",
}


@dataclass(frozen=True, slots=True)
class Word:
    """One key: what it is called, what it does, and which values it takes."""

    name: str
    sentence: str  # what it does; editors show it where the key is written
    type: Type = TEXT
    required: bool = False
    least: int | None = None  # the bounds of a number
    most: int | None = None
    pattern: str = ""  # for text, as a regular expression; editors check it, readers say more


@dataclass(frozen=True, slots=True)
class Words:
    """The keys of one part of a file. `title` is what messages call the part."""

    title: str
    words: tuple[Word, ...]

    def __iter__(self) -> Iterator[Word]:
        return iter(self.words)

    def __getitem__(self, name: str) -> Word:
        """The word of that name. KeyError: what is not declared cannot be read."""
        for word in self.words:
            if word.name == name:
                return word
        raise KeyError(f"{self.title} declares no key {name}")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(word.name for word in self.words)


def expected_type(type_: Type) -> str:
    """A type in the words of "expected …"."""
    return _EXPECTED.get(type_.kind, "text")


def markdown_table(words: Words) -> str:
    """The table of a README: a row for each key."""
    rows = [f"| `{word.name}` | {_value(word)} | {word.sentence} |" for word in words]
    return "\n".join(["| key | value | what it does |", "| --- | --- | --- |", *rows])


def _value(word: Word) -> str:
    type_ = word.type
    value = ", ".join(type_.values) or ("any" if type_.kind == "any" else expected_type(type_))
    if word.least is not None:
        value += f", {word.least} or more"
    if word.most is not None:
        value += f", {word.most} or less"
    return f"{value}; required" if word.required else value
