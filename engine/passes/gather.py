"""Read the source, map it, and decide for every record. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.mapping import Program
from engine.model.address import Address
from engine.model.change import Adopt, Change, Create, Held, Unchanged, Update
from engine.model.link import HeldRow
from engine.model.payload import Payload, Refusal
from engine.model.record import Notice, Record
from engine.passes.desk import Desk
from engine.passes.held import BEGUN, rows
from engine.planning.decide import Rules, decide_known, decide_new, hold, rank, still_refused
from engine.planning.fingerprint import with_fingerprint


@dataclass(slots=True)
class FlowPlan:
    """What one mapping would do. `queue_full`: the source may hold more than it showed."""

    program: Program
    changes: list[Change] = field(default_factory=list)
    queue_full: bool = False
    whole: bool = True  # nothing was kept from us: what was asked for and not read is not there
    absent: set[str] = field(default_factory=set)  # keys that others refer to and the source did not show
    carried: dict[Address, str] = field(default_factory=dict)  # what records became before, as they say
    let_go: set[Address] = field(default_factory=set)  # left out by `where`, or held and gone by now
    found: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # target key -> what stands there

    def payloads(self) -> list[Payload]:
        """Of the records that stand at the target, or will."""
        standing = Create | Update | Adopt | Unchanged
        return [one.payload for one in self.changes if isinstance(one, standing)]


def gather(desk: Desk) -> list[FlowPlan]:
    """A plan for every flow that pushes, in the order in which they are to be carried out.

    Reading goes the other way round: what refers comes first, so that a mapping whose records are only
    wanted when something refers to them is read for just those.
    """
    wanted: dict[str, set[str]] = defaultdict(set)
    plans: list[FlowPlan] = []
    for program in reversed(desk.flows(linked=False)):
        plan = _flow(desk, program, wanted[program.name])
        for payload in plan.payloads():
            for ref in payload.refs():
                wanted[ref.mapping].add(ref.address.key)
        plans.append(plan)
    return plans[::-1]


def _flow(desk: Desk, program: Program, wanted: set[str]) -> FlowPlan:
    only_wanted = program.keys == "referenced"
    plan = FlowPlan(program)
    if only_wanted and not wanted:
        return plan
    desk.watch.stage(f"reading {program.source}")
    payloads: list[Payload] = []
    read: set[str] = set()
    for one in desk.read(program, keys=sorted(wanted) if only_wanted else None):
        if isinstance(one, Notice):
            _noted(desk, plan, one)
        elif one.address.key not in read:  # pages that overlap show a record twice
            read.add(one.address.key)
            _map(desk, program, one, payloads, plan)
            desk.watch.step()
    plan.absent = wanted - read
    refusals = rows(desk, program.name)
    if plan.whole and not only_wanted:
        plan.let_go |= {one for one in refusals if one.key not in read}
    desk.watch.stage(f"deciding {program.name}", len(payloads))
    plan.changes += _decided(desk, plan, payloads, refusals)
    return plan


def _noted(desk: Desk, plan: FlowPlan, notice: Notice) -> None:
    plan.whole = False
    if notice.kind == "queue_full":
        plan.queue_full = True  # no news while rounds work it off
    else:
        desk.report.say([notice.message])


def _map(desk: Desk, program: Program, record: Record, payloads: list[Payload], plan: FlowPlan) -> None:
    mapped = desk.mapper(program)(record)
    _, stream = desk.source(program)
    if stream.external_id and (became := record.values.get(stream.external_id)):
        plan.carried[record.address] = str(became)
    if isinstance(mapped, Payload):
        payloads.append(with_fingerprint(mapped))
    elif mapped is not None:
        plan.changes.append(refused(program, mapped, str(record.values.get(stream.title) or "")))
    else:
        plan.let_go.add(record.address)


def refused(program: Program, refusals: Sequence[Refusal], title: str) -> Held:
    """A record that its mapping refused: one entry, with every reason."""
    first = refusals[0]
    reasons = "; ".join(dict.fromkeys(one.reason for one in refusals))
    return Held(first.address, program.name, first.code, reasons, first.where, title)


def unsettled(payload: Payload) -> Held:
    """Nothing is decided for a record of whose last write nobody knows yet what became of it."""
    return hold(payload, BEGUN, "it was begun and is not settled yet; the next run settles it first")


def _decided(
    desk: Desk, plan: FlowPlan, payloads: Sequence[Payload], refusals: Mapping[Address, HeldRow]
) -> list[Change]:
    program = plan.program
    _, stream = desk.target(program)
    rules = Rules(program.on_change, program.create, stream.date, desk.limits.first_run_since)
    known, begun = desk.ledger.links.fingerprints(program.name), desk.unsettled(program.name)
    agreed = desk.ledger.held.approved(program.name)
    changes: list[Change] = []
    new: list[Payload] = []
    for payload in payloads:
        fingerprint, target_id = known.get(payload.address.key, ("", ""))
        if payload.address in begun:
            changes.append(unsettled(payload))
        elif not target_id:
            new.append(payload)
        elif fingerprint == payload.fingerprint:
            changes.append(Unchanged(payload, target_id))
        else:
            link = desk.ledger.links.get(program.name, payload.address)
            row, let_go = refusals.get(payload.address), agreed.get(payload.address.key, "")
            changes.append(decide_known(payload, link, target_id, rules, row, let_go))
    return changes + _decided_new(desk, plan, new, rules, refusals)


def _decided_new(
    desk: Desk, plan: FlowPlan, new: Sequence[Payload], rules: Rules, refusals: Mapping[Address, HeldRow]
) -> list[Change]:
    """Decide for records without a link: look first whether they stand at the target already."""
    if not new:
        return []
    asked = [one for one in new if not _waits(one, refusals.get(one.address))]
    found, taken = _candidates(desk, plan.program, asked), desk.taken(plan.program)
    agreed = desk.ledger.held.approved(plan.program.name)

    def free(payload: Payload) -> list[list[Record]]:
        answers = found.get(payload.address, ())
        return [[one for one in candidates if one.address.key not in taken] for candidates in answers]

    changes: dict[Address, Change] = {}
    for payload in sorted(new, key=lambda one: rank(free(one))):
        candidates = free(payload)
        became, let_go = plan.carried.get(payload.address, ""), agreed.get(payload.address.key, "")
        change = decide_new(payload, refusals.get(payload.address), candidates, rules, became, let_go)
        if isinstance(change, Adopt):
            taken.add(change.target_id)
            plan.found[change.target_id] = candidates[rank(candidates)][0].values
        changes[payload.address] = change
    return [changes[one.address] for one in new]


def _waits(payload: Payload, row: HeldRow | None) -> bool:
    return row is not None and still_refused(payload, row)


def _candidates(
    desk: Desk, program: Program, payloads: Sequence[Payload]
) -> dict[Address, list[Sequence[Record]]]:
    """For each payload and each of its match rules the records that stand at the target."""
    rules = [(one.address, rule) for one in payloads for rule in one.match]
    if not rules:
        return {}
    system, stream = desk.target(program)
    desk.watch.stage(f"looking for {len(payloads)} new {program.name} in {program.target}")
    found: dict[Address, list[Sequence[Record]]] = defaultdict(list)
    answers = system.target.find(stream.name, [rule for _, rule in rules])
    for (address, _), candidates in zip(rules, answers, strict=True):
        found[address].append(candidates)
    return found
