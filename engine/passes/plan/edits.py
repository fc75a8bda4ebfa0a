"""Edits made at the target are never overwritten silently: each record is read before it is updated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.model.change import Change, Held, Update
from engine.model.record import Record
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.refs import resolved
from engine.planning.diff import differences_shown, overwritten

SHOWN = 3  # edits in one sentence


def hold_edited(
    context: RunContext, flow: Flow, changes: Sequence[Change]
) -> tuple[list[Change], Mapping[str, Record]]:
    """The changes, and the records as they are now, by key.

    Updates that would undo what a person did at the target become held.
    """
    keys = [change.target_id for change in changes if isinstance(change, Update)]
    if not keys:
        return list(changes), {}
    context.progress.stage(f"checking {len(keys)} {flow.target} for edits", len(keys))
    answers = list(flow.target.read(keys=keys))
    records = {record.address.key: record for record in answers if isinstance(record, Record)}
    complete = len(records) == len(answers)  # after a notice absence proves nothing
    checked = [
        _checked(context, flow, change, records, complete) if isinstance(change, Update) else change
        for change in changes
    ]
    return checked, records


def _checked(
    context: RunContext, flow: Flow, change: Update, records: Mapping[str, Record], complete: bool
) -> Update | Held:
    payload, target = change.payload, flow.target.system_name
    record = records.get(change.target_id)
    link = context.ledger.links.get(flow.name, payload.address)
    if record is None and complete:
        return Held.of(payload, "missing", f"changed at the source, but no longer in {target}")
    if record is None or link is None:
        return change
    # Every reading of the books overwrites what was answered; if they are read, the body decides.
    move = context.moves.get((flow.name, payload.address))
    last_seen = move.heir.values if move is not None else link.last_seen
    answered = {} if context.is_reconciled(flow) else last_seen
    edited = overwritten(link.stored, answered, record.values, resolved(context, payload), flow.target.schema)
    if not edited:
        return change
    reason = (
        f"edited in {target} since the last sync ({differences_shown(edited, SHOWN)}); this update would "
        "overwrite that. Make both sides match"
    )
    return Held.of(payload, "edited", reason)
