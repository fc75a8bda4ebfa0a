"""Which e-mail addresses Xero accepts: exactly one, in ASCII (connectors/xero/API.md, 10)."""

from __future__ import annotations

import re

from engine.sdk import not_ascii

LONGEST = 255
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}@(?:{_LABEL}\.)+{_LABEL}")
_LONGEST_LOCAL = 64
_NAMED = re.compile(r"<([^<>]*)>")
_SEPARATORS = re.compile(r"[;,|\s]+")


def addresses_in(text: str) -> list[str]:
    """The addresses in a field such as `a@x.example; b@x.example` or `Accounts <a@x.example>`, in order."""
    parts = _SEPARATORS.split(_NAMED.sub(r" ; \1 ; ", text))
    addresses = (part.strip("\"'()[]").removeprefix("mailto:") for part in parts if "@" in part)
    return list(dict.fromkeys(addresses))


def first_address(text: str) -> str:
    """The address that is used of several; a text without one as it is, so that its fault is reported."""
    return next(iter(addresses_in(text)), text)


def valid_address(text: str) -> bool:
    return not address_fault(text)


def address_fault(text: str) -> str:
    """Why Xero would refuse a text as an e-mail address; empty if it would not."""
    if foreign := not_ascii(text):
        return f"an e-mail address must be in ASCII, not contain {', '.join(foreign)}"
    if text.count("@") > 1:
        return "only one e-mail address is accepted"
    if len(text) > LONGEST or len(text.partition("@")[0]) > _LONGEST_LOCAL:
        return f"longer than an e-mail address can be ({LONGEST} characters, {_LONGEST_LOCAL} before the @)"
    return "" if _ADDRESS.fullmatch(text) else "not a valid e-mail address"
