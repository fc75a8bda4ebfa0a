"""Read the source, map it, and decide for every record. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.model.address import Address
from engine.model.change import Adopt, Change, Create, Held, Unchanged, Update
from engine.model.link import HeldRow
from engine.model.payload import Payload, Refusal
from engine.model.record import Notice, Record
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.held import held_rows
from engine.planning.decide import BEGUN, Rules, decide_known, decide_new, rank, still_refused
from engine.planning.fingerprint import with_fingerprint


@dataclass(slots=True)
class FlowPlan:
    """What one flow would do."""

    flow: Flow
    changes: list[Change] = field(default_factory=list)
    queue_full: bool = False  # the source may hold more than it showed
    complete: bool = True  # what was asked for and not read does not exist
    absent: set[str] = field(default_factory=set)  # keys that others refer to and the source did not show
    external_ids: dict[Address, str] = field(default_factory=dict)  # what records say they became before
    to_release: set[Address] = field(default_factory=set)  # skipped by `where`, or held and gone by now
    adopted: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # target key -> the target record

    def payloads(self) -> list[Payload]:
        """Of the records that exist at the target, or will."""
        existing = Create | Update | Adopt | Unchanged
        return [change.payload for change in self.changes if isinstance(change, existing)]


def gather(context: RunContext) -> list[FlowPlan]:
    """A plan for every flow that pushes, in the order in which they are to be carried out.

    Reading goes in the opposite order: a flow that refers to others is read before them, so that a mapping
    whose records are only wanted if something refers to them is read for just those.
    """
    referenced: dict[str, set[str]] = defaultdict(set)
    plans: list[FlowPlan] = []
    for flow in reversed(context.push_flows()):
        plan = _plan(context, flow, referenced[flow.name])
        for payload in plan.payloads():
            for ref in payload.refs():
                referenced[ref.mapping].add(ref.address.key)
        plans.append(plan)
    return plans[::-1]


def refused(flow: Flow, refusals: Sequence[Refusal], title: str) -> Held:
    """A record that its mapping refused: one entry, with every reason."""
    first = refusals[0]
    reasons = "; ".join(dict.fromkeys(refusal.reason for refusal in refusals))
    return Held(first.address, flow.name, first.code, reasons, first.where, title)


def unconfirmed(payload: Payload) -> Held:
    """Nothing is decided for a record while it is unknown what became of its last write."""
    reason = "an earlier write is still unconfirmed; the next run checks it first"
    return Held.of(payload, BEGUN, reason)


def _plan(context: RunContext, flow: Flow, referenced: set[str]) -> FlowPlan:
    only_referenced = flow.program.keys == "referenced"
    plan = FlowPlan(flow)
    if only_referenced and not referenced:
        return plan
    context.progress.stage(f"reading {flow.source}")
    payloads: list[Payload] = []
    keys: set[str] = set()
    for record in flow.read(keys=sorted(referenced) if only_referenced else None):
        if isinstance(record, Notice):
            _note(context, plan, record)
        elif record.address.key not in keys:  # pages that overlap show a record twice
            keys.add(record.address.key)
            _map(plan, record, payloads)
            context.progress.step()
    plan.absent = referenced - keys
    rows = held_rows(context, flow.name)
    if plan.complete and not only_referenced:
        plan.to_release |= {address for address in rows if address.key not in keys}
    context.progress.stage(f"deciding {flow.name}", len(payloads))
    plan.changes += _Decisions(context, plan, rows).decide(payloads)
    return plan


def _note(context: RunContext, plan: FlowPlan, notice: Notice) -> None:
    plan.complete = False
    if notice.kind == "queue_full":
        plan.queue_full = True  # not reported: rounds work the queue off
    else:
        context.report.add_notices([notice.message])


def _map(plan: FlowPlan, record: Record, payloads: list[Payload]) -> None:
    source = plan.flow.source
    mapped = plan.flow.mapper(record)
    if source.schema.external_id and (external_id := record.values.get(source.schema.external_id)):
        plan.external_ids[record.address] = str(external_id)
    if isinstance(mapped, Payload):
        payloads.append(with_fingerprint(mapped))
    elif mapped is not None:
        plan.changes.append(refused(plan.flow, mapped, source.title(record.values)))
    else:
        plan.to_release.add(record.address)


class _Decisions:
    """Decides for the payloads of one plan, with what the ledger and the target know of them."""

    def __init__(self, context: RunContext, plan: FlowPlan, rows: Mapping[Address, HeldRow]) -> None:
        self._context, self._plan, self._flow, self._rows = context, plan, plan.flow, rows
        program, date_field = plan.flow.program, plan.flow.target.schema.date
        self._rules = Rules(program.on_change, program.create, date_field, context.limits.first_run_since)
        self._approved = context.ledger.held.approved(program.name)

    def decide(self, payloads: Sequence[Payload]) -> list[Change]:
        ledger, name = self._context.ledger, self._flow.name
        known, begun = ledger.links.fingerprints(name), self._context.unconfirmed(name)
        changes: list[Change] = []
        new: list[Payload] = []
        for payload in payloads:
            fingerprint, target_id = known.get(payload.address.key, ("", ""))
            if payload.address in begun:
                changes.append(unconfirmed(payload))
            elif not target_id:
                new.append(payload)
            elif fingerprint == payload.fingerprint:
                changes.append(Unchanged(payload, target_id))
            else:
                changes.append(self._decide_known(payload, target_id))
        return changes + (self._decide_new(new) if new else [])

    def _decide_known(self, payload: Payload, target_id: str) -> Change:
        link = self._context.ledger.links.get(self._flow.name, payload.address)
        row, approved = self._rows.get(payload.address), self._approved.get(payload.address.key, "")
        return decide_known(payload, link, target_id, self._rules, row, approved)

    def _decide_new(self, new: Sequence[Payload]) -> list[Change]:
        """Decide for records without a link: search first whether they exist at the target already."""
        candidates = self._candidates([payload for payload in new if not self._still_refused(payload)])
        linked = self._context.linked_targets(self._flow)

        def unlinked_matches(payload: Payload) -> list[list[Record]]:
            answers = candidates.get(payload.address, ())
            return [[record for record in records if record.address.key not in linked] for records in answers]

        changes: dict[Address, Change] = {}
        for payload in sorted(new, key=lambda payload: rank(unlinked_matches(payload))):
            matches = unlinked_matches(payload)
            change = decide_new(
                payload,
                self._rows.get(payload.address),
                matches,
                self._rules,
                self._plan.external_ids.get(payload.address, ""),
                self._approved.get(payload.address.key, ""),
            )
            if isinstance(change, Adopt):
                linked.add(change.target_id)
                self._plan.adopted[change.target_id] = matches[rank(matches)][0].values
            changes[payload.address] = change
        return [changes[payload.address] for payload in new]

    def _still_refused(self, payload: Payload) -> bool:
        row = self._rows.get(payload.address)
        return row is not None and still_refused(payload, row)

    def _candidates(self, payloads: Sequence[Payload]) -> dict[Address, list[Sequence[Record]]]:
        """For each payload and each of its match rules the records that exist at the target."""
        rules = [(payload.address, rule) for payload in payloads for rule in payload.match]
        if not rules:
            return {}
        target = self._flow.target
        self._context.progress.stage(f"searching {target} for {len(payloads)} new {self._flow.name}")
        candidates: dict[Address, list[Sequence[Record]]] = defaultdict(list)
        answers = target.find([rule for _, rule in rules])
        for (address, _), records in zip(rules, answers, strict=True):
            candidates[address].append(records)
        return candidates
