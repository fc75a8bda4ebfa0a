"""What the declaration of a word of the mapping language says; `language.py` has the declarations."""

from __future__ import annotations

from dataclasses import dataclass

from engine.document import Word
from engine.model.schema import Kind, Type

TEXTABLE: tuple[Kind, ...] = ("text", "int", "decimal", "date", "instant", "bool")
NUMBER: tuple[Kind, ...] = ("int", "decimal")
ANYWHERE: tuple[Kind, ...] = (*TEXTABLE, "object", "list", "any")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key(Word):
    """A key of a mapping file. `form` names how its value is written where its type does not say it."""

    form: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWord(Key):
    """A word of a rule."""

    into: tuple[Kind, ...] = ANYWHERE  # the kinds of fields for which it makes sense
    belongs_to: tuple[str, ...] = ()  # words of which one must be there, else it means nothing
    excludes: str = ""  # the word that it cannot be combined with
    conflict: str = ""  # why it cannot


@dataclass(frozen=True, slots=True, kw_only=True)
class Producer(RuleWord):
    """What a rule makes its value from: exactly one per rule."""

    takes_in: tuple[str, ...] = ()  # producers that belong to this one where both are written


@dataclass(frozen=True, slots=True, kw_only=True)
class Modifier(RuleWord):
    """What happens to the value. Modifiers are declared in the order in which they are applied."""

    takes: tuple[Kind, ...] = ()  # the kinds of value that it works on; all of them if empty
    suits: str = ""  # the kind of field that it is for, in messages; any field if empty
    phrase: str = ""  # for explain and the field reference; {} is what is written after the word
    changes: bool = False  # its phrase says what happens to the value, not when a record is refused
    of_field: bool = False  # for the rule of a field that is sent by itself: no part of one, no item's field


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    name: str
    kinds: tuple[Kind, ...]
    optional: bool = False
    literal: bool = False  # must be written out, so that it is checked when the file is read
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Word):
    """A function of expressions, written as a filter."""

    takes: tuple[Kind, ...]
    gives: Type | None = None  # None: what it took
    arguments: tuple[Argument, ...] = ()
    refuses: bool = False  # may refuse a record, so it runs only where its value is needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Test(Word):
    """A question of expressions, written after `is`."""

    present: bool  # whether the answer for a value that is present is true
