"""Compare a target's answer to a write with what the source says and with what was sent.

An invoice that the target computed differently exists, and is linked; but its number is not written back and
no e-mail goes out before a person has looked at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from engine.model.change import Held, Part, Receipt
from engine.model.payload import Payload
from engine.model.record import Record
from engine.passes.flow import Flow
from engine.planning import control_totals
from engine.planning.decide import ANSWER


def differing_answer(
    flow: Flow, part: Part, fingerprint: str, receipt: Receipt, payload: Payload | None
) -> Held | None:
    """Why the record is held although it was written; None if the target made of it what it should.

    `fingerprint` is the sent payload's, and `payload` that payload, unless an earlier run sent it.
    """
    schema = flow.target.schema
    if receipt.outcome != "done" or not schema.control_totals:
        return None
    answered = receipt.observed or _read(flow, receipt.target_id or part.target_id)
    payload = payload or _payload(flow, part, fingerprint)
    differing = "; ".join(
        filter(None, (_currency(flow, part, answered), _totals(flow, part, payload, answered)))
    )
    if not differing:
        return None
    name = flow.target.title(answered) or receipt.target_id or part.target_id
    reason = (
        f"written to {flow.target.system_name} as {name}, which made something else of it: {differing}. "
        "Its number is not written back and it is not e-mailed; correct it there, then use `sync held retry`"
    )
    return Held(part.address, flow.name, ANSWER, reason, flow.target.system_name, part.title)


def _totals(flow: Flow, part: Part, payload: Payload | None, answered: Mapping[str, Any]) -> str:
    amounts = {name: _amount(answered.get(name)) for name in flow.target.schema.control_totals}
    computed = {name: value for name, value in amounts.items() if value is not None}
    source, target = part.address.system, flow.target.system_name
    if payload is None or not payload.totals:
        expected = flow.target.totals(part.body)
        tolerance = payload.tolerance if payload is not None else Decimal(0)
        sent = {name: (expected[name], computed[name]) for name in expected if name in computed}
        pairs = {name: pair for name, pair in sent.items() if abs(pair[0] - pair[1]) > tolerance}
        return control_totals.explain(pairs, f"what was sent to {target}", "its answer")
    differing = control_totals.differences(payload, computed)
    within = control_totals.within(differing, payload.tolerance)
    if within and (payload.on_difference == "accept" or control_totals.settled(payload, computed)):
        return ""
    return control_totals.explain(differing, source, target)


def _currency(flow: Flow, part: Part, answered: Mapping[str, Any]) -> str:
    name = flow.target.schema.currency
    sent, currency = (part.body.get(name), answered.get(name)) if name else (None, None)
    return f"{name} {currency} instead of {sent}" if sent and currency and sent != currency else ""


def _amount(value: Any) -> Decimal | None:
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def _read(flow: Flow, key: str | None) -> Mapping[str, Any]:
    """The record itself, if the answer to the write could not be read."""
    records = flow.target.read(keys=[key]) if key else ()
    return next((record.values for record in records if isinstance(record, Record)), {})


def _payload(flow: Flow, part: Part, fingerprint: str) -> Payload | None:
    """The record mapped again, for a batch of an earlier run; without totals if it has changed since."""
    for record in flow.read(keys=[part.address.key]):
        if isinstance(record, Record) and record.address == part.address:
            mapped = flow.mapper(record)
            if not isinstance(mapped, Payload):
                return None
            unchanged = flow.with_fingerprint(mapped).fingerprint == fingerprint
            return mapped if unchanged else replace(mapped, totals={})
    return None
