"""Bring what a mapping made into the form in which it goes out, by the fields of the target's stream.

This happens once, where a payload leaves its mapping: matching, comparison, fingerprints, `sync map` and the
wire all see the same text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from engine.model.currencies import decimals, in_money
from engine.model.payload import Payload, Refusal
from engine.model.record import Record
from engine.model.schema import ANY, Field, Stream, Type
from engine.model.text import one_line

Mapped = Payload | tuple[Refusal, ...] | None
SHOWN = 60  # characters of a value in a sentence
_GONE = object()


def formed(mapper: Callable[[Record], Mapped], stream: Stream) -> Callable[[Record], Mapped]:
    """The mapper, with its payloads in the form in which they go out to `stream`."""

    def formed_mapper(record: Record) -> Mapped:
        mapped = mapper(record)
        return outgoing(mapped, stream) if isinstance(mapped, Payload) else mapped

    return formed_mapper


def outgoing(payload: Payload, stream: Stream) -> Payload:
    """The payload with its texts in the form of their fields, and numbers with the decimals that they keep.

    What was left out of texts or replaced is in `notes`; what rounding takes of lines shows in the totals.
    Those are money of the payload's currency: a source may keep more decimals than that has.
    """
    form = _Form()
    body = form.fields(payload.body, stream.type)
    match = tuple(_matched(rule, stream) for rule in payload.match)
    title = one_line(payload.title)
    who = f"{payload.address} ({title})" if title and title != payload.address.key else str(payload.address)
    notes = tuple(f"{who}: {note}" for note in form.notes)
    currency = body.get(stream.currency) if stream.currency else None
    places = decimals(currency if isinstance(currency, str) else "")
    totals = {name: in_money(total, places) for name, total in payload.totals.items()}
    return replace(payload, body=body, match=match, totals=totals, notes=payload.notes + notes)


def shortened(value: Decimal, places: int) -> Decimal:
    """A number with the decimals that its field keeps; one that has no more stays as it is written."""
    exponent = value.as_tuple().exponent
    return in_money(value, places) if isinstance(exponent, int) and exponent < -places else value


def body_form(body: Mapping[str, Any], stream: Stream) -> dict[str, Any]:
    """A body, such as one that an older version sent, in the form in which it would go out now."""
    return _Form().fields(body, stream.type)


@dataclass(slots=True)
class _Form:
    notes: list[str] = field(default_factory=list)

    def fields(self, body: Mapping[str, Any], type_: Type, path: str = "") -> dict[str, Any]:
        out: dict[str, Any] = {}
        for name, value in body.items():
            member = type_.fields.get(name)
            formed = self._value(value, member.type if member else ANY, f"{path}.{name}" if path else name)
            if formed is not _GONE:
                out[name] = formed
        return out

    def _value(self, value: Any, type_: Type, path: str) -> Any:
        if isinstance(value, str):
            return self._text(value, type_, path)
        if isinstance(value, Decimal) and type_.places is not None:
            return shortened(value, type_.places)
        if isinstance(value, Mapping):
            return self.fields(value, type_, path)
        if isinstance(value, list | tuple):
            items = (
                self._value(item, type_.of or ANY, f"{path}[{index}]") for index, item in enumerate(value)
            )
            return [item for item in items if item is not _GONE]
        return value

    def _text(self, text: str, type_: Type, path: str) -> Any:
        if type_.kind not in ("text", "any") or type_.values:
            return text
        formed = type_.form.of(text)
        if formed == text:
            return text
        removed = ", ".join(type_.form.removed(text))
        if not formed:
            why = type_.form.why_not(text) or f"without {removed} nothing is left"
            if removed or text.strip():
                self.notes.append(f"{path}: {_shown(text)} is left out: {why}")
            return _GONE
        if removed:
            self.notes.append(f"{path}: sent as {_shown(formed)}, without {removed}")
        elif type_.form.pick is not None and formed != one_line(text):
            self.notes.append(f"{path}: sent as {_shown(formed)}, out of {_shown(text)}")
        return formed


def _matched(rule: Mapping[str, Any], stream: Stream) -> Mapping[str, Any]:
    """The values of a match rule as the fields hold them; empty, so that it matches nothing, if nothing is
    left of one.
    """
    formed = {path: _searched(value, stream.field(path)) for path, value in rule.items()}
    return {} if "" in formed.values() else formed


def _searched(value: Any, declared: Field | None) -> Any:
    if not isinstance(value, str) or declared is None or declared.type.values:
        return value
    return declared.type.form.of(value)


def _shown(text: str) -> str:
    text = one_line(text)
    return f'"{text}"' if len(text) <= SHOWN else f'"{text[: SHOWN - 1]}…"'
