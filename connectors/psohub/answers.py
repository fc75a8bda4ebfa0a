"""What the body of an answered write-back says: no, nothing, or what was written.

A status of 2xx alone proves nothing. How PSOhub answers is not documented (connectors/psohub/API.md, 3.8), so
the usual forms of other systems are understood here; what remains open is settled by reading (`writing.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# Members that say that something failed if they hold anything, whatever the status.
SAYS_NO = (
    "error", "errors", "errormessage", "errorcode", "errorcount", "exception", "fault",
    "failed", "failure", "failures", "rejected", "denied",
)  # fmt: skip
# Members that say whether it succeeded, by one of the words below.
SUCCESS = ("success", "succeeded", "successful", "ok", "status", "result", "outcome", "accepted", "valid")
YES = ("true", "yes", "ok", "success", "succeeded", "successful", "done")
NO = ("false", "no", "error", "fail", "failed", "failure", "rejected", "denied", "invalid", "forbidden")
WRAPPERS = ("data", "invoice", "invoices", "result", "results", "value")  # around the answered row
REASONS = ("message", "detail", "reason", "description")
CODES = ("code", "status", "statuscode", "httpstatus", "httpcode")  # of HTTP, in the body
NO_REASON = "it gives no reason"
NOTHING: tuple[Any, ...] = (None, False, 0, "", "0", "-", "false", "none", "no", "null")

_UPDATED = r"updated|affected|modified|changed|written|saved|matched|processed"
_RECORDS = r"rows?|records?|invoices?|documents?"
# Members that count what was written: `updated`, `rowsAffected`, `modifiedCount`, `count`.
_COUNT = re.compile(rf"({_RECORDS})?({_UPDATED})({_RECORDS}|count)?|(row|record)?count")
_VERB = re.compile(r"^(is|has|was)(?=success|succeeded|ok|error|valid|accepted|updated|written|saved)")
_DOUBTFUL = re.compile(
    r"\b(not|nothing|cannot|can't|couldn't|unable|failed|denied|invalid|unauthori[sz]ed|forbidden|locked)\b"
    r"|\b0 (rows?|records?|invoices?)\b",
    re.IGNORECASE,
)


def unwrapped(body: Any) -> Any:
    """The members of a body with those of a row that it wraps: `{"data": {"ExternalID": …}}`."""
    if not isinstance(body, Mapping):
        return body
    inner: dict[str, Any] = {}
    for name, value in body.items():
        row = value[0] if isinstance(value, list) and len(value) == 1 else value
        if str(name).casefold() in WRAPPERS and isinstance(row, Mapping):
            inner |= row
    return {**inner, **body}


def refusal_in(said: Any) -> str:
    """PSOhub's words, if the body of a 2xx says no; else an empty text."""
    if said is False:
        return NO_REASON
    if isinstance(said, str):
        return _refusing_text(said.strip())
    if not isinstance(said, Mapping):
        return ""
    members = _members(said)
    named = [members[name] for name in SAYS_NO if not _is_nothing(members.get(name))]
    if succeeded(said) is not False and not named:
        return ""
    message = _text(next((members[name] for name in REASONS if members.get(name)), ""))
    return "; ".join(dict.fromkeys(filter(None, (message, *map(_text, named))))) or NO_REASON


def doubt_in(said: Any) -> str:
    """What a body says that may mean no: 0 changed rows, or words of refusal; else an empty text."""
    if isinstance(said, str):
        return said.strip() if _DOUBTFUL.search(said) else ""
    if isinstance(said, int) and not isinstance(said, bool) and said == 0:
        return "it answers 0"
    if not isinstance(said, Mapping):
        return ""
    for name, value in said.items():
        if _COUNT.fullmatch(_plain(name)) and value is not None and _is_nothing(value):
            return f"it answers {name} {'[]' if value == [] else str(value).lower()}"
    members = _members(said)
    message = _text(next((members[name] for name in REASONS if members.get(name)), ""))
    return message if _DOUBTFUL.search(message) else ""


def succeeded(said: Mapping[str, Any]) -> bool | None:
    """What a body says of itself; None if it says nothing."""
    members = _members(said)
    codes = [str(members.get(name, "")).strip() for name in CODES]
    if any(len(code) == 3 and code.isdecimal() and code[0] in "45" for code in codes):
        return False
    for name in SUCCESS:
        word = str(members.get(name, "")).strip().lower()
        if word in YES or word in NO:
            return word in YES
    return None


def _refusing_text(text: str) -> str:
    if text.startswith("<"):
        return "it is a web page, perhaps to sign in"
    first = re.split(r"\W", text.lower(), maxsplit=1)[0]
    return text if first in NO and not re.match(r"no (errors?|problems?|faults?)\b", text.lower()) else ""


def _is_nothing(value: Any) -> bool:
    word = value.strip().lower() if isinstance(value, str) else value
    return word in ([], {}) or word in NOTHING


def _members(said: Mapping[str, Any]) -> dict[str, Any]:
    """Under plain names: `isSuccess`, `Success` and `success` are one."""
    return {_plain(name): value for name, value in said.items()}


def _plain(name: Any) -> str:
    plain = re.sub(r"[\W_]", "", str(name)).casefold()
    return _VERB.sub("", plain)


def _text(value: Any) -> str:
    """The words in an error of any form."""
    if isinstance(value, Mapping):
        members = _members(value)
        named = next((members[name] for name in REASONS if members.get(name)), "")
        return _text(named) or "; ".join(filter(None, map(_text, value.values())))
    if isinstance(value, list):
        return "; ".join(filter(None, map(_text, value)))
    return "" if value is None or isinstance(value, bool) else str(value).strip()
