"""Send batches to Xero and read what became of each element (connectors/xero/API.md, 4, 5 and 13).

PUT creates, POST with the id updates. With `summarizeErrors=false` each element is accepted or refused on
its own; the order of the answer is not guaranteed, so elements are matched by their content.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connectors.xero import wire
from connectors.xero.client import Client
from connectors.xero.matching import matched
from connectors.xero.resource import Resource
from connectors.xero.streams import RESOURCES
from engine.sdk import Answer, Batch, EncodingError, InDoubtError, NotTyped, Part, Receipt, SpentKeyError

log = logging.getLogger(__name__)
PROTECTED = 350.0  # seconds: a little less than the 6 minutes for which Xero keeps a key
SUMMARIZE: Mapping[str, str | int] = {"summarizeErrors": "false"}


@dataclass(slots=True)
class Writer:
    """Writes for one opened system."""

    client: Client
    opened: datetime = field(default_factory=lambda: datetime.now(UTC))
    _sent: dict[str, float] = field(default_factory=dict)  # key -> time.monotonic() of its first sending

    def write(self, batch: Batch) -> list[Receipt]:
        """Send a batch under its key; one receipt for each part, in order."""
        resource = RESOURCES[batch.stream]
        bodies = [_element(part, resource) for part in batch.parts]
        method, path = ("PUT" if batch.verb == "create" else "POST"), resource.path
        params = {**SUMMARIZE, **resource.precision()}
        answer = self.client.post(method, path, {path: bodies}, batch.key, params, self.deadline(batch))
        if not answer.ok:
            return self._refused(answer, batch, bodies, resource)
        elements = self.elements(answer, f"{method} {path}", path)
        return [receipt(element, resource) for element in matched(bodies, elements, resource)]

    def elements(self, answer: Answer, request: str, collection: str) -> list[Mapping[str, Any]]:
        """The elements of an answer to a write. Raises InDoubtError if it cannot be read."""
        try:
            return [element for element in answer.json()[collection] if isinstance(element, Mapping)]
        except (ValueError, KeyError, TypeError) as error:
            why = f": {error}" if isinstance(error, EncodingError) else ""
            raise InDoubtError(f"Xero's answer to {request} cannot be read{why}") from None

    def refusal(self, answer: Answer) -> str:
        """Why Xero refused a request for one record. Raises InDoubtError if the key was used otherwise."""
        self._raise_if_mismatch(answer)
        if answer.status == 404:
            return "Xero has no record with this id, or with an id that it refers to"
        return _reasons(answer, self.client)

    def deadline(self, batch: Batch) -> float | None:
        """Until when Xero remembers the key, counted from its first sending, here or in an earlier run."""
        begun = batch.begun if batch.begun.tzinfo else batch.begun.replace(tzinfo=UTC)
        age = (datetime.now(UTC) - begun).total_seconds() if begun < self.opened else 0.0
        # The engine decides whether a batch this old is sent at all; here it is only not repeated for longer.
        first = time.monotonic() - (age if 0 < age < PROTECTED else 0.0)
        return self._sent.setdefault(batch.key, first) + PROTECTED

    def _refused(
        self, answer: Answer, batch: Batch, bodies: Sequence[Mapping[str, Any]], resource: Resource
    ) -> list[Receipt]:
        """A refused request. Elements that it names are refused; the fate of the others is unknown."""
        self._raise_if_mismatch(answer)
        elements = _elements(answer)
        if elements and len(bodies) > 1:
            # The valid elements were saved in spite of the error (connectors/xero/API.md, 5).
            return [
                receipt(element, resource, refused=True)
                if element is not None
                else Receipt("doubt", part.target_id, "Xero's error does not name it", "xero.request")
                for element, part in zip(matched(bodies, elements, resource), batch.parts, strict=True)
            ]
        if answer.status == 404:
            reason = "Xero has no record with this id, or with an id that it refers to"
        else:
            reason = _reasons(answer, self.client)
        code = "xero.validation" if elements else "xero.request"
        return [Receipt("refused", part.target_id, reason, code) for part in batch.parts]

    def _raise_if_mismatch(self, answer: Answer) -> None:
        if answer.status == 400 and "is used with a different request" in answer.text:
            words = self.client.http.words(answer)
            raise SpentKeyError(
                f"Xero: {words} The request first sent with this key may have been processed.", words
            )


def _element(part: Part, resource: Resource) -> Mapping[str, Any]:
    return part.body if part.target_id is None else {resource.stream.key: part.target_id, **part.body}


def receipt(element: Mapping[str, Any] | None, resource: Resource, *, refused: bool = False) -> Receipt:
    """The outcome that an answered element reports."""
    if element is None:
        return Receipt("doubt", reason="Xero's answer does not contain this record", code="xero.answer")
    stream = resource.stream
    key = str(element.get(stream.key) or "")
    reasons = " · ".join(dict.fromkeys(messages(element)))
    bad = refused or element.get("StatusAttributeString") == "ERROR" or key == wire.ZERO
    if bad or element.get("HasErrors") is True or element.get("HasValidationErrors") is True:
        return Receipt("refused", None, reasons or "refused without a reason", "xero.validation")
    if not key:
        return Receipt("doubt", reason="Xero's answer contains no id", code="xero.answer")
    warnings = tuple(dict.fromkeys(messages(element, "Warnings")))
    try:
        return Receipt("done", key, observed=wire.values(element, stream), warnings=warnings)
    except NotTyped as error:
        log.warning("xero.%s/%s: the answer cannot be read: %s", stream.name, key, error)
        return Receipt("done", key, warnings=warnings)


def messages(element: Any, kind: str = "ValidationErrors") -> Iterator[str]:
    """Every message of a kind in an element, including its lines and its contact."""
    if isinstance(element, Mapping):
        for name, inner in element.items():
            if name == kind and isinstance(inner, list):
                yield from filter(None, map(_message, inner))
            elif isinstance(inner, Mapping | list):
                yield from messages(inner, kind)
    elif isinstance(element, list):
        for inner in element:
            yield from messages(inner, kind)


def _message(message: Any) -> str:
    if not isinstance(message, Mapping):
        return str(message)
    return str(message.get("Message") or message.get("Description") or "")


def _elements(answer: Answer) -> list[Mapping[str, Any]]:
    try:
        body = answer.json()
    except ValueError:
        return []
    elements = body.get("Elements") if isinstance(body, Mapping) else None
    return (
        [element for element in elements if isinstance(element, Mapping)]
        if isinstance(elements, list)
        else []
    )


def _reasons(answer: Answer, client: Client) -> str:
    unique = dict.fromkeys(message for element in _elements(answer) for message in messages(element))
    return " · ".join(unique) or client.http.words(answer)
