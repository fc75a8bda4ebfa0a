"""Adopt: link what exists already, and send the fields in which it differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from engine.model.address import Address
from engine.model.change import Adopt
from engine.model.link import Link
from engine.model.payload import Payload
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.plan.flow_plan import FlowPlan
from engine.passes.refs import resolved
from engine.planning.stored import stored
from engine.planning.update import top_level, unlike


def adopted_links(context: RunContext, plan: FlowPlan) -> Iterator[Link]:
    """A link for each adopted record."""
    for change in plan.changes:
        if isinstance(change, Adopt):
            values = plan.adopted.get(change.target_id, {})
            yield adopted_link(context, plan.flow, change, values)


def adopted_actions(plan: FlowPlan) -> Iterator[tuple[Address, str]]:
    """The actions, by record and verb, that adopted records would want had they been created here."""
    for change in plan.changes:
        if isinstance(change, Adopt):
            yield from ((change.payload.address, request.verb) for request in change.payload.actions)


def adopted_link(context: RunContext, flow: Flow, change: Adopt, values: Mapping[str, Any]) -> Link:
    """The link of a record to what exists. It knows as sent only what is there: what differs is not an edit.

    While some of that has yet to be sent it has no fingerprint: if this run cannot send it, a later one does.
    """
    payload, target = change.payload, flow.target.ref.address(change.target_id)
    body, rules = resolved(context, payload), flow.update_rules
    if flow.program.on_change != "update":
        rules = replace(rules, title="")  # it is not sent either way
    unsent = {top_level(one.path) for one in unlike(body, values, flow.target.schema, rules)}
    known = {name: value for name, value in body.items() if name not in unsent}
    fingerprint = "" if change.differences else payload.fingerprint
    link = Link(flow.name, payload.address, target, fingerprint, known, values)
    kept = stored(known, values, flow.target.schema, names=True).body
    return replace(link, title=payload.title, source=payload.source, heir=change.heir, kept=kept)


def differing(plan: FlowPlan) -> Iterator[tuple[Payload, str]]:
    """What is sent to adopted records, with their keys: only the fields that differ."""
    for change in plan.changes:
        if isinstance(change, Adopt) and change.body and change.held is None:
            yield replace(change.payload, body=change.body), change.target_id
