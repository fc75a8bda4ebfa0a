"""Edits made at the target are never silently overwritten: look at each record before it is updated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.mapping import Program
from engine.model.change import Change, Difference, Held, Update
from engine.model.record import Record
from engine.passes.desk import Desk
from engine.passes.refs import resolved
from engine.planning.decide import hold
from engine.planning.diff import overwritten
from engine.sdk.wire import dumps

SHOWN = 40  # characters of a value in a sentence


def with_edits(desk: Desk, program: Program, changes: Sequence[Change]) -> list[Change]:
    """Exchange updates that would undo what a person did at the target for held ones."""
    keys = [one.target_id for one in changes if isinstance(one, Update)]
    if not keys:
        return list(changes)
    system, stream = desk.target(program)
    desk.watch.stage(f"looking at {len(keys)} {program.target} before they change", len(keys))
    found = list(system.source.read(stream.name, keys=keys))
    records = {one.address.key: one for one in found if isinstance(one, Record)}
    whole = len(records) == len(found)  # a notice means that absence proves nothing
    return [
        _looked(desk, program, one, records, whole) if isinstance(one, Update) else one for one in changes
    ]


def _looked(
    desk: Desk, program: Program, change: Update, records: Mapping[str, Record], whole: bool
) -> Update | Held:
    payload, target = change.payload, desk.target_name(program)
    record = records.get(change.target_id)
    link = desk.ledger.links.get(program.name, payload.address)
    if record is None and whole:
        return hold(payload, "missing", f"it was changed at the source, and it is no longer in {target}")
    if record is None or link is None:
        return change
    # What was answered is overwritten by every reading of the books; where they are read, the body decides.
    answered = {} if desk.is_reconciled(program) else link.seen
    _, stream = desk.target(program)
    edited = overwritten(link.body, answered, record.values, resolved(desk, payload), stream)
    if not edited:
        return change
    reason = f"it was edited in {target} ({_said(edited)}), and this change would undo that: make both agree"
    return hold(payload, "edited", reason)


def _said(differences: Sequence[Difference]) -> str:
    return ", ".join(f"{one.path}: {_value(one.before)} -> {_value(one.after)}" for one in differences[:3])


def _value(value: Any) -> str:
    shown = dumps(value)
    return shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…"
