"""Send batches to Xero and read what became of each element (connectors/xero/API.md, 4, 5 and 13).

PUT creates, POST with the id changes. `summarizeErrors=false` judges each element by itself; the answer's
order is not promised, so elements are matched by what they say.
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
from connectors.xero.endpoints import ENDPOINTS
from connectors.xero.matching import matched
from connectors.xero.streams import BY_NAME
from engine.sdk import Answer, Batch, InDoubtError, NotTyped, Part, Receipt, Stream

log = logging.getLogger(__name__)
PROTECTED = 350.0  # seconds: a little less than the 6 minutes for which Xero keeps a key
SUMMARIZE: Mapping[str, str | int] = {"summarizeErrors": "false"}


@dataclass(slots=True)
class Writer:
    """Writes for one opened system."""

    client: Client
    opened: datetime = field(default_factory=lambda: datetime.now(UTC))
    _sent: dict[str, float] = field(default_factory=dict)  # key -> when it first went out, of time.monotonic

    def write(self, batch: Batch) -> list[Receipt]:
        """Send a batch under its key; one receipt for each part, in order."""
        stream, endpoint = BY_NAME[batch.stream], ENDPOINTS[batch.stream]
        bodies = [_element(part, stream) for part in batch.parts]
        method, path = ("PUT" if batch.verb == "create" else "POST"), endpoint.path
        params = {**SUMMARIZE, **endpoint.places()}
        answer = self.client.post(method, path, {path: bodies}, batch.key, params, self._until(batch))
        if not answer.ok:
            return self._refused(answer, batch, bodies, stream)
        try:
            elements = answer.json()[path]
            found = matched(bodies, [one for one in elements if isinstance(one, Mapping)], stream)
        except (ValueError, KeyError, TypeError):
            raise InDoubtError(f"Xero's answer to {method} {path} cannot be read") from None
        return [receipt(element, stream) for element in found]

    def email(self, batch: Batch) -> list[Receipt]:
        """Ask for one e-mail for each part: 204 is done, any 4xx is a refusal (connectors/xero/API.md, 8)."""
        alone = len(batch.parts) == 1
        return [
            self._email(batch, part, batch.key if alone else f"{batch.key}-{at}")
            for at, part in enumerate(batch.parts)
        ]

    def _email(self, batch: Batch, part: Part, key: str) -> Receipt:
        path = f"Invoices/{part.target_id}/Email"
        answer = self.client.post("POST", path, {}, key, {}, self._until(batch))
        if answer.ok:
            return Receipt("done", part.target_id)
        self._raise_if_mismatch(answer)
        reason = "Xero has no such invoice" if answer.status == 404 else _reasons(answer, self.client)
        return Receipt("refused", part.target_id, reason, "xero.email")

    def _until(self, batch: Batch) -> float | None:
        """Until when the key protects: counted from its first sending, here or by an earlier run."""
        begun = batch.begun if batch.begun.tzinfo else batch.begun.replace(tzinfo=UTC)
        age = (datetime.now(UTC) - begun).total_seconds() if begun < self.opened else 0.0
        # Whether so old a batch may go out at all is the engine's to say; it is not waited for any longer.
        first = time.monotonic() - (age if 0 < age < PROTECTED else 0.0)
        return self._sent.setdefault(batch.key, first) + PROTECTED

    def _refused(
        self, answer: Answer, batch: Batch, bodies: Sequence[Mapping[str, Any]], stream: Stream
    ) -> list[Receipt]:
        """A whole request refused. Elements that it names are refused; of the others nobody says."""
        self._raise_if_mismatch(answer)
        elements = _elements(answer)
        if elements and len(bodies) > 1:
            # Errors summarised after all: the good elements were saved all the same
            # (connectors/xero/API.md, 5).
            return [
                receipt(one, stream, refused=True) if one is not None else Receipt("doubt", part.target_id)
                for one, part in zip(matched(bodies, elements, stream), batch.parts, strict=True)
            ]
        reason = " · ".join(dict.fromkeys(said for one in elements for said in messages(one)))
        if answer.status == 404:
            reason = "Xero does not know the record, or one that it refers to, by its id"
        reason = reason or _reasons(answer, self.client)
        code = "xero.validation" if elements else "xero.request"
        return [Receipt("refused", part.target_id, reason, code) for part in batch.parts]

    def _raise_if_mismatch(self, answer: Answer) -> None:
        if answer.status == 400 and "is used with a different request" in answer.text:
            raise InDoubtError(
                f"Xero: {self.client.http.words(answer)} What was first sent under it may stand."
            )


def _element(part: Part, stream: Stream) -> Mapping[str, Any]:
    return part.body if part.target_id is None else {stream.key: part.target_id, **part.body}


def receipt(element: Mapping[str, Any] | None, stream: Stream, *, refused: bool = False) -> Receipt:
    """What an answered element says became of it."""
    if element is None:
        return Receipt("doubt", reason="Xero's answer does not name this one", code="xero.answer")
    key = str(element.get(stream.key) or "")
    said = " · ".join(dict.fromkeys(messages(element)))
    bad = refused or element.get("StatusAttributeString") == "ERROR" or key == wire.ZERO
    if bad or element.get("HasErrors") is True or element.get("HasValidationErrors") is True:
        return Receipt("refused", None, said or "refused without a word", "xero.validation")
    if not key:
        return Receipt("doubt", reason="Xero's answer names no id", code="xero.answer")
    for warning in element.get("Warnings") or ():
        log.warning("xero.%s/%s: %s", stream.name, key, _said(warning))
    try:
        return Receipt("done", key, observed=wire.values(element, stream))
    except NotTyped as error:
        log.warning("xero.%s/%s: its answer cannot be read: %s", stream.name, key, error)
        return Receipt("done", key)


def messages(element: Any) -> Iterator[str]:
    """Every validation message in an element, its lines and its contact too."""
    if isinstance(element, Mapping):
        for name, inner in element.items():
            if name == "ValidationErrors" and isinstance(inner, list):
                yield from filter(None, map(_said, inner))
            elif isinstance(inner, Mapping | list):
                yield from messages(inner)
    elif isinstance(element, list):
        for inner in element:
            yield from messages(inner)


def _said(message: Any) -> str:
    if not isinstance(message, Mapping):
        return str(message)
    return str(message.get("Message") or message.get("Description") or "")


def _elements(answer: Answer) -> list[Mapping[str, Any]]:
    try:
        body = answer.json()
    except ValueError:
        return []
    found = body.get("Elements") if isinstance(body, Mapping) else None
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _reasons(answer: Answer, client: Client) -> str:
    said = " · ".join(dict.fromkeys(said for one in _elements(answer) for said in messages(one)))
    return said or client.http.words(answer)
