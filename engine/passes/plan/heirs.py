"""Follow linked records that were merged into others at the target.

What a link names may have been merged away since: what refers to it goes to the record that took its place,
and the link moves there. If that record is linked to another source record already, the link stays and
remembers it: both refer to the same record, whose fields are those of the record that it is linked to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from engine.model.address import Address
from engine.model.change import Change, Create, Unchanged, Update
from engine.model.link import Link
from engine.model.payload import Payload
from engine.model.record import Record
from engine.passes.context import Move, RunContext
from engine.passes.flow import Flow, OpenStream
from engine.passes.plan.deciding import Decisions
from engine.passes.plan.flow_plan import FlowPlan
from engine.passes.plan.sides import merged_sentence


def follow_heirs(context: RunContext, deciding: Sequence[Decisions]) -> None:
    """For what is about to be written, and for what it refers to: note in the context where links lead now.

    Only these are read, each once in a run, and not what this run itself has written.
    """
    referred: dict[str, set[Address]] = {}
    for decisions in deciding:
        for payload in (*_written(decisions.plan), *decisions.pending):
            for ref in payload.refs():
                referred.setdefault(ref.mapping, set()).add(ref.address)
    for decisions in deciding:
        plan = decisions.plan
        if plan.flow.target.schema.successor:
            updated = {change.payload.address for change in plan.changes if isinstance(change, Update)}
            _follow(context, plan, referred.get(plan.flow.name, set()) | updated)


def _written(plan: FlowPlan) -> Iterator[Payload]:
    return (change.payload for change in plan.changes if isinstance(change, Create | Update))


def _follow(context: RunContext, plan: FlowPlan, addresses: set[Address]) -> None:
    flow = plan.flow
    links = [link for address in sorted(addresses) if (link := _to_check(context, flow, address))]
    if not links:
        return
    context.progress.stage(f"checking {flow.target} for merged records", len(links))
    heirs = find_heirs(flow.target, {link.referred for link in links})
    owners = context.ledger.links.sources(flow.name)
    for link in links:
        heir = heirs.get(link.referred)
        if heir is None:
            continue
        key = heir.address.key
        moves = owners.get(key, link.address.key) == link.address.key
        owners[key] = owners.get(key, link.address.key)
        context.moves[flow.name, link.address] = Move(link, heir, moves)
        title = link.title or flow.target.title(link.last_seen) or str(link.address)
        told = merged_sentence(flow.target, title, link.target, heir, moves=moves)
        context.report.add_notices([told])
    plan.changes = [_moved(context, flow, change) for change in plan.changes]


def _to_check(context: RunContext, flow: Flow, address: Address) -> Link | None:
    """The link of a record, unless this run has followed or written it."""
    if (flow.name, address) in context.followed:
        return None
    context.followed.add((flow.name, address))
    link = context.ledger.links.get(flow.name, address)
    fresh = link is None or (link.written_at is not None and link.written_at >= context.started)
    return None if fresh else link


def find_heirs(target: OpenStream, keys: set[str]) -> dict[str, Record]:
    """For the keys of records that were merged away the record at the end of the chain, if there is one."""
    successor = target.schema.successor
    known: dict[str, Record] = {}
    wanted = keys
    while wanted:
        records = [one for one in target.read(keys=sorted(wanted)) if isinstance(one, Record)]
        known |= {record.address.key: record for record in records}
        following = {str(record.values[successor]) for record in records if record.values.get(successor)}
        wanted = following - known.keys()
    return {key: heir for key in keys if (heir := _end(known, key, successor)) is not None}


def _end(known: Mapping[str, Record], key: str, successor: str) -> Record | None:
    """The end of a chain; None if nothing was merged, or if it leads nowhere or round in a circle."""
    seen = {key}
    record = known.get(key)
    while record is not None and (following := record.values.get(successor)):
        if following in seen:
            return None
        seen.add(str(following))
        record = known.get(str(following))
    return record if len(seen) > 1 else None


def _moved(context: RunContext, flow: Flow, change: Change) -> Change:
    """An update goes to the record that took the place; none is made of what another record is linked to."""
    if not isinstance(change, Update):
        return change
    move = context.moves.get((flow.name, change.payload.address))
    if move is None:
        return change
    if move.moves:
        return replace(change, target_id=move.heir.address.key)
    return Unchanged(change.payload, change.target_id)


def save_moves(context: RunContext, flow: Flow) -> None:
    """Record in the ledger where the links of a flow lead now: once, as later rounds find them there."""
    links = []
    for mapping, address in [one for one in context.moves if one[0] == flow.name]:
        move = context.moves.pop((mapping, address))
        target, values = move.heir.address, move.heir.values
        moved = replace(move.link, target=target, last_seen=values, heir="")
        links.append(moved if move.moves else replace(move.link, heir=target.key))
    context.ledger.links.save(links)
