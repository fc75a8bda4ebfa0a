"""Read requests and write answers: envelope, errors, summarizeErrors (connectors/xero/API.md, 5 and 13)."""

import json
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.xero.sandbox.protocol.call import JSON, Call
from connectors.xero.sandbox.protocol.wire import Json, to_bytes
from connectors.xero.sandbox.protocol.xml import read_xml
from engine.sdk import loads
from engine.sdk.sandbox import Answer, Refused

NO_ID = "00000000-0000-0000-0000-000000000000"
_BARE_ID = re.compile("[0-9A-Fa-f]{32}")
# What no XML text may hold, and U+007F (connectors/xero/API.md, 5).
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def new_id() -> str:
    return str(uuid.uuid4())


def with_hyphens(key: str) -> str:
    """An id as Xero shows it: some clients send ids without their hyphens. Anything else stays as it is."""
    return str(uuid.UUID(key)) if _BARE_ID.fullmatch(key) else key


def answer(call: Call, collection: str, elements: Sequence[Json], pagination: Json | None = None) -> Answer:
    envelope: Json = {
        "Id": new_id(),
        "Status": "OK",
        "ProviderName": "Xero sandbox",
        "DateTimeUTC": f"/Date({call.now_ms})/",
    }
    if pagination is not None:
        envelope["pagination"] = pagination
    envelope[collection] = elements
    return Answer(200, to_bytes(envelope), JSON)


def error(number: int, kind: str, message: str, status: int = 400) -> Answer:
    return Answer(status, to_bytes({"ErrorNumber": number, "Type": kind, "Message": message}), JSON)


def not_implemented(message: str = "The Api Method called is not implemented") -> Answer:
    return error(20, "ApiMethodNotImplementedException", message, status=501)


def validation_failure(elements: Sequence[Json]) -> Answer:
    body = {
        "ErrorNumber": 10,
        "Type": "ValidationException",
        "Message": "A validation exception occurred",
        "Elements": list(elements),
    }
    return Answer(400, to_bytes(body), JSON)


def refuse_element(element: Json, *messages: str) -> Refused:
    return Refused(validation_failure([{**element, "ValidationErrors": in_words(messages)}]))


def unreadable(message: str) -> Refused:
    return Refused(error(14, "PostDataInvalidException", message))


def in_words(messages: Sequence[str]) -> list[Json]:
    return [{"Message": message} for message in messages]


def posted(call: Call, collection: str) -> list[Json]:
    """The posted elements: `{"Invoices": [...]}` or one bare object, or the same in XML."""
    kind, read = ("XML", read_xml) if call.body.lstrip().startswith(b"<") else ("JSON", loads)
    try:
        body = read(call.body)
    except ValueError as mistake:
        raise unreadable(f"The request body is not valid {kind}: {mistake}") from mistake
    if not isinstance(body, dict):
        raise unreadable("The request body must be one JSON object")
    if wrong := next(filter(None, map(_NO_TEXT.search, _texts(body))), None):
        raise unreadable(_no_character(call.body, wrong[0]))
    named = (members for name, members in body.items() if name.lower() == collection.lower())
    elements = next(named, [body] if body else [])
    if not isinstance(elements, list) or not all(isinstance(element, dict) for element in elements):
        raise unreadable(f"{collection} must be a list of objects")
    if not any(elements):
        raise Refused(error(17, "NoDataProcessedException", "No data has been processed for this endpoint."))
    return elements


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _texts(member)


def _no_character(body: bytes, char: str) -> str:
    """Xero's own sentence; the position is that of the character in the body."""
    shown = json.dumps(char)[1:-1]
    text = body.decode("utf-8", "replace").lower()
    position = max(text.find(shown), text.find(char)) + 1
    value = f"hexadecimal value 0x{ord(char):02X}"
    return f"'{char}', {value}, is an invalid character. Line 1, position {position}."


@dataclass(slots=True)
class Outcome:
    """What became of one posted element: its document as saved, or as refused with the reasons."""

    document: Json
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def status(self) -> str:
        return "ERROR" if self.errors else "WARNING" if self.warnings else "OK"

    def messages(self) -> Json:
        members: Json = {}
        if self.errors:
            members["ValidationErrors"] = in_words(self.errors)
        if self.warnings:
            members["Warnings"] = in_words(self.warnings)
        return members


def written(call: Call, collection: str, outcomes: Sequence[Outcome], flag: str = "") -> Answer:
    """The answer to a write; `flag` is HasErrors of documents, HasValidationErrors of other records, and
    allocations have none."""

    def flagged(outcome: Outcome) -> Json:
        return {flag: bool(outcome.errors)} if flag else {}

    if call.query.get("summarizeErrors", "true").lower() != "false":
        refused = [
            {**outcome.document, **flagged(outcome), **outcome.messages()}
            for outcome in outcomes
            if outcome.errors
        ]
        if refused:
            return validation_failure(refused)
        return answer(call, collection, [{**outcome.document, **outcome.messages()} for outcome in outcomes])
    elements = [
        {
            **outcome.document,
            "StatusAttributeString": outcome.status,
            **flagged(outcome),
            **outcome.messages(),
        }
        for outcome in outcomes
    ]
    # The order of the elements is not promised (connectors/xero/API.md, 5); reversed, it differs whenever it
    # can.
    return answer(call, collection, elements[::-1] if call.options.shuffle_answers else elements)
