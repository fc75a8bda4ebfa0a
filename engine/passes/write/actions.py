"""Actions: verbs such as email, requested once and only once.

That an action is wanted is recorded with the batch that creates the record; that it was requested, before it
is. In between the mapping may have changed, and an e-mail cannot be taken back: so the mapping is applied
again.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.model.address import Address
from engine.model.change import Held, Part
from engine.model.link import Link
from engine.model.payload import Payload
from engine.model.record import Record
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.held import hold
from engine.passes.plan.flow_plan import FlowPlan
from engine.passes.write.deliver import Delivery, PendingWrite


def carry_out(context: RunContext, plan: FlowPlan) -> None:
    """Request every action that is wanted and was never requested."""
    flow = plan.flow
    for verb in flow.target.schema.actions:
        states = context.ledger.batches.actions(flow.name, verb)
        wanted = {key for key, state in states.items() if state == "wanted"}
        if not wanted:
            continue
        links = [link for link in context.ledger.links.all(flow.name) if link.address.key in wanted]
        confirmed = _still_wanted(plan, verb, [link.address for link in links])
        hold(
            context, [_no_longer_wanted(flow, link) for link in links if link.address not in confirmed], verb
        )
        requests = [_request(flow, link) for link in links if link.address in confirmed]
        context.progress.stage(f"{verb} for {flow.name}", len(requests))
        Delivery(context, flow, verb).deliver(requests)


def _request(flow: Flow, link: Link) -> PendingWrite:
    return PendingWrite(Part(link.address, {}, link.target.key, flow.target.title(link.last_seen)))


def _still_wanted(plan: FlowPlan, verb: str, addresses: Sequence[Address]) -> set[Address]:
    """Those for which the mapping wants the action as their records are now; what was not read is read."""
    flow = plan.flow
    if verb not in flow.program.actions:
        return set()
    actions = {payload.address: payload.actions for payload in plan.payloads()}
    unread = [address.key for address in addresses if address not in actions]
    for record in flow.read(keys=unread) if unread else ():
        payload = flow.mapper(record) if isinstance(record, Record) else None
        if isinstance(payload, Payload):
            actions[payload.address] = payload.actions
    return {address for address in addresses if verb in actions.get(address, ())}


def _no_longer_wanted(flow: Flow, link: Link) -> Held:
    reason = "wanted when the record was created, but the mapping no longer wants it; nothing was sent"
    title = flow.target.title(link.last_seen)
    return Held(link.address, flow.name, "not_wanted", reason, flow.program.file, title)
