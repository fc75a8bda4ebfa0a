"""Read the source, map it, and decide for every record. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.mapping import Program
from engine.model.address import Address
from engine.model.change import Adopt, Change, Create, Held, Unchanged, Update
from engine.model.payload import Payload, Refusal
from engine.model.record import Notice, Record
from engine.passes.desk import Desk
from engine.planning.decide import Rules, decide_known, decide_new
from engine.planning.fingerprint import with_fingerprint


@dataclass(slots=True)
class FlowPlan:
    """What one mapping would do. `queue_full`: the source may hold more than it showed."""

    program: Program
    changes: list[Change] = field(default_factory=list)
    queue_full: bool = False
    absent: set[str] = field(default_factory=set)  # keys that others refer to and the source does not have
    let_go: set[Address] = field(default_factory=set)  # read, and left out by `where`


def gather(desk: Desk) -> list[FlowPlan]:
    """A plan for every flow that pushes, in the order in which they are to be carried out.

    Reading goes the other way round: what refers comes first, so that a mapping whose records are only
    wanted when something refers to them is read for just those.
    """
    wanted: dict[str, set[str]] = defaultdict(set)
    plans: list[FlowPlan] = []
    for program in reversed(desk.flows(linked=False)):
        plan = _flow(desk, program, wanted[program.name])
        for change in plan.changes:
            if isinstance(change, Create | Update | Adopt | Unchanged):
                for ref in change.payload.refs():
                    wanted[ref.mapping].add(ref.address.key)
        plans.append(plan)
    return plans[::-1]


def _flow(desk: Desk, program: Program, wanted: set[str]) -> FlowPlan:
    plan = FlowPlan(program)
    only_wanted = program.keys == "referenced"
    if only_wanted and not wanted:
        return plan
    desk.watch.stage(f"reading {program.source}")
    payloads: list[Payload] = []
    read: set[str] = set()
    for item in desk.read(program, keys=sorted(wanted) if only_wanted else None):
        if isinstance(item, Notice):
            plan.queue_full |= item.kind == "queue_full"
            if item.kind != "queue_full":
                desk.report.say([item.message])
            continue
        read.add(item.address.key)
        _map(desk, program, item, payloads, plan)
        desk.watch.step()
    plan.absent = wanted - read
    desk.watch.stage(f"deciding {program.name}", len(payloads))
    plan.changes += _decided(desk, program, payloads)
    return plan


def _map(desk: Desk, program: Program, record: Record, payloads: list[Payload], plan: FlowPlan) -> None:
    mapped = desk.mapper(program)(record)
    if isinstance(mapped, Payload):
        payloads.append(with_fingerprint(mapped))
    elif mapped is not None:
        _, stream = desk.source(program)
        plan.changes.append(refused(program, mapped, str(record.values.get(stream.title) or "")))
    else:
        plan.let_go.add(record.address)


def refused(program: Program, refusals: Sequence[Refusal], title: str) -> Held:
    """A record that its mapping refused: one entry, with every reason."""
    first = refusals[0]
    reasons = "; ".join(dict.fromkeys(one.reason for one in refusals))
    return Held(first.address, program.name, first.code, reasons, first.where, title)


def _decided(desk: Desk, program: Program, payloads: Iterable[Payload]) -> list[Change]:
    _, stream = desk.target(program)
    rules = Rules(program.on_change, program.create, stream.dated_by, desk.limits.first_run_since)
    known = desk.ledger.fingerprints(program.name)
    changes: list[Change] = []
    new: list[Payload] = []
    for payload in payloads:
        fingerprint, target_id = known.get(payload.address.key, ("", ""))
        if not target_id:
            new.append(payload)
        elif fingerprint == payload.fingerprint:
            changes.append(Unchanged(payload, target_id))
        else:
            link = desk.ledger.link(program.name, payload.address)
            changes.append(decide_known(payload, link, target_id, rules))
    return changes + _decided_new(desk, program, new, rules)


def _decided_new(desk: Desk, program: Program, new: Sequence[Payload], rules: Rules) -> list[Change]:
    """Decide for records without a link: look first whether they stand at the target already."""
    if not new:
        return []
    refusals = {row.address: row for row in desk.ledger.held(program.name) if row.verb == "write"}
    waiting = {one.address for one in new if _still_refused(one, refusals)}
    found = _candidates(desk, program, [one for one in new if one.address not in waiting])
    taken = set(desk.ledger.linked_sources(program.name))
    changes: list[Change] = []
    for payload in new:
        rows = [
            [one for one in row if one.address.key not in taken] for row in found.get(payload.address, ())
        ]
        change = decide_new(payload, refusals.get(payload.address), rows, rules)
        if isinstance(change, Adopt):
            taken.add(change.target_id)
        changes.append(change)
    return changes


def _still_refused(payload: Payload, refusals: Mapping[Any, Any]) -> bool:
    row = refusals.get(payload.address)
    return row is not None and row.fingerprint == payload.fingerprint


def _candidates(
    desk: Desk, program: Program, payloads: Sequence[Payload]
) -> dict[Any, list[Sequence[Record]]]:
    """For each payload and each of its match rules the records that stand at the target."""
    rules = [(one.address, rule) for one in payloads for rule in one.match]
    if not rules:
        return {}
    system, stream = desk.target(program)
    desk.watch.stage(f"looking for {len(payloads)} new {program.name} in {program.target}")
    rows = system.find(stream.name, [rule for _, rule in rules])
    found: dict[Any, list[Sequence[Record]]] = defaultdict(list)
    for (address, _), row in zip(rules, rows, strict=True):
        found[address].append(row)
    return found
