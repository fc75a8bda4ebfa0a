"""Every diagnostic code, once. A code never changes its meaning; a retired one is not used again.

`codes.md` has a page for each: what it means, a wrong example and a right one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_HEADING = re.compile(r"^## (\S+) (.+)\n", re.MULTILINE)

CODES: dict[str, str] = {
    # Files as YAML begin with Y, configs and packs with C, mappings with M.
    "Y101": "the file cannot be read",
    "Y102": "the file is no UTF-8 text",
    "Y103": "the file is empty",
    "Y104": "the YAML cannot be read",
    "Y105": "a key stands twice",
    "Y106": "anchors, aliases, merge keys and tags are not used here",
    "Y107": "the file is too large or nested too deep",
    "Y108": "a key that is no text",
    "Y109": "a hole without quotes",
    "Y110": "more than one document in the file",
    "C201": "unknown key",
    "C202": "a key is missing",
    "C203": "wrong kind of value",
    "C204": "unknown connector",
    "C205": "a system that the pack does not know, or that it needs",
    "C206": "the pack cannot be found or read",
    "C207": "unknown setting",
    "C208": "a required setting is missing",
    "C209": "a setting's value does not fit",
    "C210": "a connector refuses its settings",
    "C211": "a secret is not set",
    "C212": "unknown table or table file",
    "C213": "an override of a mapping that the pack does not have",
    "C214": "a limit does not fit",
    "C215": "a file beside pack.yaml that is not read",
    "C216": "a secret stands in the open",
    # Mappings: M1 is how a file is written, M2 what it names and which types go where.
    "M101": "unknown key",
    "M102": "a key is missing",
    "M103": "wrong kind of value",
    "M104": "a rule without exactly one producer",
    "M105": "keys that do not go together",
    "M106": "the name of a mapping is wrong or taken",
    "M107": "statements, comments and {{- -}} are not used here",
    "M108": "the hole cannot be read",
    "M109": "not allowed in a hole",
    "M110": "too long, too large or nested too deep",
    "M201": "unknown name in a hole",
    "M202": "unknown stream",
    "M203": "unknown field of the target",
    "M204": "unknown field of a stream",
    "M205": "unknown setting",
    "M206": "the field cannot be written",
    "M207": "not one of the values that are possible there",
    "M208": "the literal is too long",
    "M209": "a required field is filled by no rule",
    "M210": "an operand or argument has the wrong type",
    "M211": "unknown function",
    "M212": "wrong arguments of a function",
    "M213": "unknown mapping",
    "M214": "a mapping that does not fit there",
    "M215": "unknown table or column",
    "M216": "mappings in a circle",
    "M217": "a condition that is not true or false",
    "M218": "each over something that is no list",
    "M219": "a link that does not lead back",
    "M220": "unknown action",
    "M221": "a field that cannot be searched by, or is no control total",
    "M222": "the target cannot be written like this",
    "M223": "a comparison that is never true",
    "M224": "the value's type does not fit the field",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What explains one code, as Markdown."""

    code: str
    title: str
    text: str


def pages() -> list[Page]:
    """The sections of codes.md, in their order. Read when asked for: most commands never are."""
    _, *parts = _HEADING.split(Path(__file__).with_name("codes.md").read_text("utf-8"))
    found = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return [Page(code, title, text.strip()) for code, title, text in found]
