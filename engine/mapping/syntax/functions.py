"""The functions of holes: what they take, what they give. `runtime.py` holds what they do."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from engine.model.schema import DATE, DECIMAL, INT, TEXT, Kind, Type, list_of

TEXTABLE: tuple[Kind, ...] = ("text", "int", "decimal", "date", "instant", "bool")
NUMBER: tuple[Kind, ...] = ("int", "decimal")


@dataclass(frozen=True, slots=True)
class Arg:
    name: str
    kinds: tuple[Kind, ...]
    optional: bool = False
    literal: bool = False  # must be written out, so that it is checked when the file is read
    smallest: int | None = None
    largest: int | None = None


@dataclass(frozen=True, slots=True)
class Function:
    takes: tuple[Kind, ...]
    gives: Type | None  # None: what it took
    args: tuple[Arg, ...] = ()
    doc: str = ""
    refuses: bool = False  # may refuse a record, so it runs only where its value is asked for


FUNCTIONS: Mapping[str, Function] = {
    "plus_days": Function(("date",), DATE, (Arg("days", ("int",)),), "the date that many days later", True),
    "date": Function(("text", "date", "instant"), DATE, (), "the date of ISO text", True),
    "text": Function(TEXTABLE, TEXT, (), "as text; a number keeps its digits"),
    "round": Function(
        NUMBER,
        DECIMAL,
        (Arg("places", ("int",), optional=True, literal=True, smallest=0, largest=12),),
        "rounded half up, away from zero",
    ),
    "abs": Function(NUMBER, None, (), "without its sign"),
    "upper": Function(("text",), TEXT, (), "in capitals"),
    "lower": Function(("text",), TEXT, (), "in small letters"),
    "trim": Function(("text",), TEXT, (), "without blanks at its ends"),
    "replace": Function(
        ("text",), TEXT, (Arg("old", ("text",)), Arg("new", ("text",))), "each old exchanged for new"
    ),
    "split": Function(
        ("text",), list_of(TEXT), (Arg("separator", ("text",)),), "its trimmed pieces, blank ones left out"
    ),
    "sum": Function(
        ("list",),
        None,
        (Arg("field", ("text",), optional=True, literal=True),),
        "of a list of numbers, or of one field of a list of objects",
    ),
    "count": Function(("list",), INT, (), "how many there are"),
    "url_quote": Function(("text",), TEXT, (), "made safe for a part of a web address"),
}


def day_of(text: str) -> datetime.date | None:
    """The day that ISO text names, alone or with a time behind it; None where it names none."""
    day = text.strip()
    try:
        if len(day) == 10 and day[4] == "-":
            return datetime.date.fromisoformat(day)
        return datetime.datetime.fromisoformat(day).date()
    except ValueError:
        return None
