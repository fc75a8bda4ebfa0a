"""Characters that steer what shows them: a terminal, an editor, a page.

They are refused in files that people write, and shown escaped everywhere else, so that what a person sees is
what is there.
"""

from __future__ import annotations

import re

# Control characters but tab and line ends (C0, delete, C1), marks that turn the direction of writing, and
# line ends that only some programs know.
_CHARACTERS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
STEERING = re.compile(f"[{_CHARACTERS}]")
_SHOWN_ESCAPED = re.compile(f"[{_CHARACTERS}\ufeff]")  # a byte order mark may steer what reads a file
_ON_ONE_LINE = {"\n": "\\n", "\r": "\\r", "\t": " "}
_LINE = re.compile("[\t\n\r]")


def visible(text: str) -> str:
    r"""The text with its steering characters escaped, as `\x1b` or `\u202e`. Tabs and line ends stay."""
    return _SHOWN_ESCAPED.sub(_escaped, text)


def visible_line(text: str) -> str:
    """The same on one line: line ends are escaped too, and a tab is a blank."""
    return _LINE.sub(lambda match: _ON_ONE_LINE[match[0]], visible(text))


def json_escaped(text: str) -> str:
    """A JSON document with the steering characters in its texts written as JSON escapes them."""
    return _SHOWN_ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _escaped(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
