"""Suggestions: the known word closest to a misspelt one, the value that was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from datetime import date
from itertools import islice

_LISTED = 12  # list all names if none is close and there are no more than this
_PART = 4  # shorter parts of a name are not significant
_CLOSE, _SURE, _ALIKE = 0.6, 0.75, 0.1  # difflib's ratio, which is 1 for equal words
_KNOWN = 2_000  # do not compare with more names than this: it takes time
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_LOOSE_NUMBER = re.compile(r"-?[0-9][0-9.,_' ]*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the closest known words; all of them if none is close."""
    names = sorted({str(name) for name in islice(known, _KNOWN)})
    close = near_words(word, names)
    if close:
        return "did you mean " + " or ".join(f'"{name}"' for name in close) + "?"
    return list_available(names) if len(names) <= _LISTED else ""


def list_available(names: Iterable[str]) -> str:
    """A hint that lists what can be chosen, in the order given; empty if there is nothing."""
    known = ", ".join(names)
    return f"available: {known}" if known else ""


def with_hint(message: str, hint: str) -> str:
    """The message, and the hint after a semicolon if there is one."""
    return f"{message}; {hint}" if hint else message


def near_words(word: str, names: Iterable[str]) -> list[str]:
    """The known words closest to a misspelt one: the best, and a second if it is about as close."""
    folded = {name.casefold(): name for name in names}
    wrong = word.casefold()
    close = difflib.get_close_matches(wrong, list(folded), n=2, cutoff=_CLOSE)
    if len(close) == 2:
        first, second = (difflib.SequenceMatcher(None, name, wrong).ratio() for name in close)
        close = close if second > first - _ALIKE else close[:1]
    if not close and len(wrong) >= _PART:  # "total" for "total_amount"
        close = [name for name in folded if wrong in name or (len(name) >= _PART and name in wrong)][:2]
    return [folded[name] for name in close]


def meant(word: str, known: Iterable[str]) -> str:
    """The known word that was certainly meant by a misspelt one; empty if that is not certain."""
    folded = {name.casefold(): name for name in islice(known, _KNOWN)}
    near = difflib.get_close_matches(word.casefold(), list(folded), n=2, cutoff=_SURE)
    return folded[near[0]] if len(near) == 1 else ""


def meant_bool(word: str) -> str:
    """What to write instead if true or false was meant."""
    words = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}
    right = words.get(word.casefold())
    return f"write {right}, in lower case and without quotes" if right else ""


def meant_value(text: str, kind: str, *, quoted: bool) -> str:
    """What to write instead of a scalar that is not a value of `kind`."""
    if kind == "bool":
        return meant_bool(text)
    if kind == "date":
        if not _DATE.fullmatch(text):
            return "a date looks like 2026-01-31"
        return "leave out the quotes" if quoted and _is_day(text) else "there is no such day"
    if kind not in ("int", "decimal"):
        return ""
    if _NUMBER.fullmatch(text):
        return "leave out the quotes" if quoted and (kind == "decimal" or "." not in text) else ""
    if text.isdigit():
        return "a number has no leading zeros"
    return "digits and a decimal point only: 1250.50" if _LOOSE_NUMBER.fullmatch(text) else ""


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
