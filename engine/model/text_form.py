"""What a target accepts as the text of a field, and how text that goes out is brought into that form.

A stream declares a form for each of its texts (`Type.form`). The form says only what can be decided for the
text alone; how long it may be is `Type.max`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from engine.model.text import clean, invisible, one_line, with_plain_marks

_LETTERS = re.compile(r"[^A-Za-z\s]+")
_SHOWN = 5  # characters named in one sentence


@dataclass(frozen=True, slots=True)
class TextForm:
    """The form of one field's texts: Unicode NFC, no invisible characters, no blanks at the ends, and

    - `one_line`: runs of white space are one blank;
    - `plain`: `ascii` is printable ASCII, so that typographic hyphens, quotes and ligatures are written in
      ASCII; `letters` is A to Z, a to z and blanks, so that accents are dropped and the rest becomes blanks;
    - `without`: these characters become blanks;
    - `pick`: the part of a text that is sent, such as the first of several e-mail addresses;
    - `fault`: says why a text is not accepted, and is left out then; empty if it is.
    """

    one_line: bool = False
    plain: Literal["", "ascii", "letters"] = ""
    without: str = ""
    fault: Callable[[str], str] | None = None
    pick: Callable[[str], str] | None = None

    def of(self, text: str) -> str:
        """The text in this form; empty if nothing acceptable is left of it.

        With `plain: ascii`, characters without a spelling in ASCII stay: a reader decides about those.
        """
        formed = self._spelled(text)
        return "" if formed and self._fault(formed) else formed

    def why_not(self, text: str) -> str:
        """Why a text is left out; empty if it is not, or if only the names of its characters say why."""
        formed = self._spelled(text)
        return self._fault(formed) if formed else ""

    def removed(self, text: str) -> tuple[str, ...]:
        """The names of the characters that `of` left out of a text or replaced, each of them once."""
        hidden = invisible(text)
        formed = self._with_allowed_characters(clean(text))
        gone = (char for char in clean(text) if char not in formed and not char.isspace())
        names = (f"{unicodedata.name(char, f'U+{ord(char):04X}')} ({char})" for char in gone)
        return tuple(dict.fromkeys((*hidden, *names)))

    def _spelled(self, text: str) -> str:
        formed = self._with_allowed_characters(clean(text))
        formed = one_line(formed) if self.one_line else formed.strip()
        return self.pick(formed) if self.pick is not None else formed

    def _fault(self, text: str) -> str:
        return self.fault(text) if self.fault is not None else ""

    def _with_allowed_characters(self, text: str) -> str:
        if self.without:
            text = text.translate(dict.fromkeys(map(ord, self.without), " "))
        if self.plain == "letters":
            return _LETTERS.sub(" ", _without_accents(text))
        return _in_ascii(text) if self.plain == "ascii" else text


ANY_TEXT = TextForm()  # several lines of any characters
ONE_LINE = TextForm(one_line=True)


def not_ascii(text: str) -> tuple[str, ...]:
    """The characters of a text that are not printable ASCII, with their names, each of them once."""
    found = dict.fromkeys(char for char in text if not (char.isascii() and char.isprintable()))
    return tuple(f"{char} ({unicodedata.name(char, f'U+{ord(char):04X}')})" for char in found)[:_SHOWN]


def _in_ascii(text: str) -> str:
    """Every character that has one plain spelling in ASCII in that spelling."""
    if text.isascii():
        return text
    return "".join(_plain(char) for char in unicodedata.normalize("NFC", text))


def _plain(char: str) -> str:
    if char.isascii():
        return char
    spelled = with_plain_marks(unicodedata.normalize("NFKC", char))
    return spelled if spelled.isascii() else char


def _without_accents(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(char for char in parts if not unicodedata.combining(char))
