"""Why a record that an action goes to is not at the target, and whether a later run may bring it there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from engine.model.address import Address
from engine.model.payload import Ref
from engine.model.record import Elsewhere, Entry, Record, Unusable
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.held import held_rows
from engine.passes.plan.wishes import Obstacle


@dataclass(frozen=True, slots=True)
class Absence:
    """Why a referenced record is not at the target. `waits`: a later run may bring it there."""

    reason: str
    waits: bool = False

    def obstacle(self, left: str) -> Obstacle:
        """Why an action that goes there is not requested, with what is `left` of its own record."""
        if self.waits:
            return Obstacle("waiting", "absent", f"waits for {self.reason}")
        return Obstacle("skipped", "absent", f"{self.reason}{left}")


def why_absent(context: RunContext, refs: Iterable[Ref]) -> Mapping[Ref, Absence]:
    """Why the ledger has no link for references: what this run has held, what is held since earlier runs, or
    what the records themselves say, those of a mapping read at once.
    """
    by_mapping: dict[str, set[Address]] = defaultdict(set)
    for ref in refs:
        by_mapping[ref.mapping].add(ref.address)
    return {
        Ref(mapping, address): absence
        for mapping, addresses in by_mapping.items()
        for address, absence in _of_mapping(context, mapping, addresses).items()
    }


def _of_mapping(context: RunContext, mapping: str, addresses: Collection[Address]) -> dict[Address, Absence]:
    rows, unconfirmed = held_rows(context, mapping), context.unconfirmed(mapping)
    reasons: dict[Address, Absence] = {}
    for address in addresses:
        held = context.report.held.get((mapping, address)) or rows.get(address)
        if held is not None:
            reasons[address] = Absence(f"{address}, which is held: {held.reason}", waits=True)
        elif address in unconfirmed:
            reasons[address] = Absence(f"{address}, whose last write is still unconfirmed", waits=True)
    if unknown := sorted(addresses - reasons.keys()):
        flow = context.flow(mapping)
        answers = list(flow.read(keys=[address.key for address in unknown]))
        reasons |= {address: _as_its_record_says(context, flow, address, answers) for address in unknown}
    return reasons


def _as_its_record_says(
    context: RunContext, flow: Flow, address: Address, answers: Collection[Entry]
) -> Absence:
    for answer in answers:
        if isinstance(answer, Elsewhere) and answer.address == address:
            return Absence(f"{address} belongs to {answer.owner}")
        if isinstance(answer, Unusable) and answer.address == address:
            return Absence(f"{address}, which cannot be used: {answer.reason}", waits=True)
        if isinstance(answer, Record) and answer.address == address:
            return _why_not_pushed(context, flow, answer)
    if not all(isinstance(answer, Record | Elsewhere | Unusable) for answer in answers):
        # A page that was cut off: absence from it proves nothing.
        return Absence(f"{address}, which {address.system} did not show", waits=True)
    return Absence(f"{address.system} does not have {address}")


def _why_not_pushed(context: RunContext, flow: Flow, record: Record) -> Absence:
    values = record.values
    name = " ".join(filter(None, (flow.source.title(values), f"({record.address})")))
    mapped = flow.mapper(record)
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
