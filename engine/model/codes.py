"""Every diagnostic code, once. A code never changes its meaning; a retired one is not used again."""

from __future__ import annotations

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
    "C205": "unknown system",
    "C206": "the pack cannot be found or read",
    "C207": "unknown setting",
    "C208": "a required setting is missing",
    "C209": "a setting's value does not fit",
    "C210": "a connector refuses its settings",
    "C211": "a secret is not set",
    "C212": "unknown table or table file",
    "C213": "an override of a mapping that the pack does not have",
    "C214": "a limit does not fit",
}
