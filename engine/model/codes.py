"""Every diagnostic code, once. Codes never change their meaning, and retired codes are not reused.

`codes.md` has a page for each: what it means, a wrong example and a right one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_HEADING = re.compile(r"^## (\S+) (.+)\n", re.MULTILINE)

CODES: dict[str, str] = {
    # Y: YAML; C: configs and packs; M: mappings.
    "Y101": "cannot read the file",
    "Y102": "the file is not valid UTF-8",
    "Y103": "the file is empty",
    "Y104": "invalid YAML",
    "Y105": "duplicate key",
    "Y106": "anchors, aliases, merge keys and tags are not supported",
    "Y107": "the file is too large or nested too deeply",
    "Y108": "a key is not text",
    "Y109": "unquoted expression",
    "Y110": "more than one document in the file",
    "Y111": "a character that could steer what shows it",
    "C201": "unknown key",
    "C202": "missing key",
    "C203": "wrong kind of value",
    "C204": "unknown connector",
    "C205": "the systems differ from the pack's",
    "C206": "the pack cannot be found or read",
    "C207": "unknown setting",
    "C208": "missing setting",
    "C209": "invalid value for a setting",
    "C210": "rejected by the connector",
    "C211": "a secret is not set",
    "C212": "unknown table, or a table file that cannot be used",
    "C213": "an override of an unknown mapping",
    "C214": "invalid limit",
    "C215": "a file that is not read",
    "C216": "plain-text secret",
    # M1: how a mapping is written; M2: what it refers to, and types.
    "M101": "unknown key",
    "M102": "missing key",
    "M103": "wrong kind of value",
    "M104": "a rule needs exactly one producer",
    "M105": "keys that cannot be combined",
    "M106": "invalid or duplicate name of a mapping",
    "M107": "statements, comments and {{- -}} are not supported",
    "M108": "invalid expression",
    "M109": "not supported in expressions",
    "M110": "too long, too large or nested too deeply",
    "M201": "unknown name in an expression",
    "M202": "unknown stream",
    "M203": "unknown field of the target",
    "M204": "unknown field of a stream",
    "M205": "unknown setting",
    "M206": "read-only field",
    "M207": "not an allowed value",
    "M208": "the text is too long or too short",
    "M209": "missing rule for a required field",
    "M210": "wrong type of operand or argument",
    "M211": "unknown function",
    "M212": "wrong arguments of a function",
    "M213": "unknown mapping",
    "M214": "a mapping that cannot be used here",
    "M215": "unknown table or column",
    "M216": "circular references",
    "M217": "a condition must be true or false",
    "M218": "each needs a list",
    "M219": "linked must lead back",
    "M220": "unknown action",
    "M221": "a field that cannot be matched or totalled",
    "M222": "the target does not support this",
    "M223": "a comparison that is never true",
    "M224": "wrong type for the field",
    "M225": "a word without effect",
    "M226": "match names a field that no rule fills",
    "M227": "a setting that has no effect with the others",
}


@dataclass(frozen=True, slots=True)
class Page:
    """The explanation of one code, as Markdown."""

    code: str
    title: str
    text: str


def pages() -> list[Page]:
    """The sections of codes.md, in order. Read on demand: most commands do not need them."""
    _, *parts = _HEADING.split(Path(__file__).with_name("codes.md").read_text("utf-8"))
    sections = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return [Page(code, title, text.strip()) for code, title, text in sections]
