"""Why a record that an action goes to is not at the target, and whether a later run may bring it there."""

from __future__ import annotations

from dataclasses import dataclass

from engine.model.payload import Ref
from engine.model.record import Elsewhere, Record, Unusable
from engine.passes.context import RunContext
from engine.passes.held import held_rows


@dataclass(frozen=True, slots=True)
class Absence:
    """Why a referenced record is not at the target. `waits`: a later run may bring it there."""

    reason: str
    waits: bool = False


def why_absent(context: RunContext, ref: Ref) -> Absence:
    """Why the ledger has no link for a reference: what this run has held, what is held since earlier runs, or
    what the record itself says.
    """
    rows = held_rows(context, ref.mapping)
    held = context.report.held.get((ref.mapping, ref.address)) or rows.get(ref.address)
    if held is not None:
        return Absence(f"{ref.address}, which is held: {held.reason}", waits=True)
    if ref.address in context.unconfirmed(ref.mapping):
        return Absence(f"{ref.address}, whose last write is still unconfirmed", waits=True)
    return _as_its_record_says(context, ref)


def _as_its_record_says(context: RunContext, ref: Ref) -> Absence:
    flow = context.flow(ref.mapping)
    answers = list(flow.read(keys=[ref.address.key]))
    records = [answer for answer in answers if isinstance(answer, Record)]
    for answer in answers:
        if isinstance(answer, Elsewhere) and answer.address == ref.address:
            return Absence(f"{ref.address} belongs to {answer.owner}")
        if isinstance(answer, Unusable) and answer.address == ref.address:
            return Absence(f"{ref.address}, which cannot be used: {answer.reason}", waits=True)
    if not records:
        if answers:  # a page that was cut off: absence from it proves nothing
            return Absence(f"{ref.address}, which {ref.address.system} did not show", waits=True)
        return Absence(f"{ref.address.system} does not have {ref.address}")
    values = records[0].values
    name = " ".join(filter(None, (flow.source.title(values), f"({ref.address})")))
    mapped = flow.mapper(records[0])
    if isinstance(mapped, tuple):
        return Absence(f"{name}, which its mapping refuses: {mapped[0].reason}", waits=True)
    if mapped is None:
        standing = flow.source.standing(values)
        settled = standing is not None and standing.state not in ("open", "draft")
        return Absence(f"{name} is left out by the mapping {flow.name}", waits=not settled)
    since, date_field = context.limits.first_run_since, flow.target.schema.date
    day = mapped.body.get(date_field) if date_field else None
    if since is not None and day is not None and str(day) < since.isoformat():
        return Absence(f"{name} is dated {day}, before the cut-off date {since}")
    if values.get(flow.source.schema.external_id or ""):
        unlinked = "which was pushed before, but has no link in the ledger; `sync link` adds it"
        return Absence(f"{name}, {unlinked}", waits=True)
    return Absence(f"{name}, which was not pushed yet", waits=True)
