"""Whether records are in a state in which an action can be carried out: an e-mail waits until its invoice is
approved, and an allocation finds nothing due on one that is paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from engine.model.address import Address
from engine.model.drift import Standing
from engine.model.link import Link
from engine.model.payload import ActionRequest, find_refs
from engine.model.record import Record
from engine.model.schema import Waits
from engine.passes.context import RunContext
from engine.passes.flow import Flow, OpenStream

NOT_YET = "not_yet"  # code of an action that waits for the state of a record
NOTHING_DUE = "nothing_due"  # code of an action that goes to a record which is settled or gone
Closed = Mapping[tuple[str, Address], str]  # a mapping and a source record -> why nothing can go to it
Values = Mapping[str, Any]


def wanted_links(context: RunContext, flow: Flow, verb: str) -> list[tuple[Link, str]]:
    """The records for which earlier runs, or this one, want an action that was not requested yet, each with
    why it is not, if that was recorded.
    """
    wanted = context.ledger.actions.wanted(flow.name, verb)
    links = context.ledger.links.all(flow.name) if wanted else ()
    return [(link, wanted[link.address.key]) for link in links if link.address.key in wanted]


def not_yet(context: RunContext, flow: Flow, verb: str, links: Sequence[Link]) -> dict[Address, str]:
    """Those of the records whose own state does not allow an action yet, with the reason.

    What was approved when it was last seen stays so; the state of others is read now, many in one request.
    """
    waits = flow.target.schema.actions[verb].waits
    return _not_yet(context, flow, waits, links) if waits is not None else {}


def goes_to_not_yet(
    context: RunContext, flow: Flow, requests: Mapping[Address, ActionRequest]
) -> dict[Address, str]:
    """Those of the records whose action goes to a record in whose state it cannot be carried out yet."""
    waiting: dict[tuple[str, Address], str] = {}
    for verb, action in flow.target.schema.actions.items():
        if (waits := action.to_waits) is None:
            continue
        wanted = [request for request in requests.values() if request.verb == verb]
        for target, links in _by_flow(context, wanted):
            reasons = _not_yet(context, target, waits, links)
            waiting |= {(target.name, link): reason for link, reason in reasons.items()}
    return {
        address: waiting[ref.mapping, ref.address]
        for address, request in requests.items()
        for ref in find_refs(request.to)
        if (ref.mapping, ref.address) in waiting
    }


def state(waits: Waits, body: Values) -> Any:
    """The state in which a record is created."""
    return body.get(waits.field, waits.initial)


def reason_of(waits: Waits, value: Any, name: str, system: str) -> str:
    return f"{name} is {value} in {system}; waits until {waits.until}"


def closed_targets(context: RunContext, requests: Iterable[ActionRequest]) -> Closed:
    """What is settled or gone at the target among the linked records that actions go to, read now."""
    closed: dict[tuple[str, Address], str] = {}
    for flow, links in _by_flow(context, requests):
        target = flow.target
        standings = standings_of(context, flow, links)
        for link in links:
            standing = standings.get(link.address)
            if standing is not None and standing.is_settled:
                name = target.title(link.last_seen) or str(link.target)
                closed[flow.name, link.address] = f"{name} is {standing.state} in {target.system_name}"
    return closed


def standings_of(context: RunContext, flow: Flow, links: Sequence[Link]) -> dict[Address, Standing]:
    """The state of linked records at the target, read now; of what this run has created, as answered."""
    outcomes, target = context.report.flow(flow.name).outcomes, flow.target
    created = {link.target.key for link in links if outcomes.get(link.address) == "created"}
    states = as_read(context, target, {link.target.key for link in links} - created)
    states |= {link.target.key: link.last_seen for link in links if link.target.key in created}
    standings = {link.address: target.standing(states.get(link.target.key, {})) for link in links}
    return {address: standing for address, standing in standings.items() if standing is not None}


def left_of(target: OpenStream, values: Values) -> str:
    """What is left of a record, to be added to a reason: `; 12.00 of 60.50 EUR is left`."""
    standing = target.standing(values)
    return f"; {standing.settlement}" if standing is not None and standing.settlement else ""


def as_read(context: RunContext, target: OpenStream, keys: Collection[str]) -> dict[str, Values]:
    """Records of the target as they are now; each is read once in a run."""
    unread = sorted(key for key in keys if (target.ref, key) not in context.states)
    for record in target.read(keys=unread) if unread else ():
        if isinstance(record, Record):
            context.states[target.ref, record.address.key] = record.values
    return {key: context.states[target.ref, key] for key in keys if (target.ref, key) in context.states}


def _by_flow(context: RunContext, requests: Iterable[ActionRequest]) -> Iterator[tuple[Flow, list[Link]]]:
    """The linked records that actions go to, by the flow that made them."""
    linked: dict[str, dict[Address, Link]] = defaultdict(dict)
    for request in requests:
        for ref in find_refs(request.to):
            link = context.ledger.links.get(ref.mapping, ref.address)
            if link is not None:
                linked[ref.mapping][ref.address] = link
    for mapping, links in linked.items():
        yield context.flow(mapping), [*links.values()]


def _not_yet(context: RunContext, flow: Flow, waits: Waits, links: Sequence[Link]) -> dict[Address, str]:
    outcomes, target = context.report.flow(flow.name).outcomes, flow.target
    last_seen = {link.target.key: link.last_seen for link in links}
    doubtful = {
        link.target.key
        for link in links
        if link.last_seen.get(waits.field) in (None, *waits.values)
        and outcomes.get(link.address) != "created"  # it was seen a moment ago
    }
    states = {**last_seen, **as_read(context, target, doubtful)}
    return {
        link.address: reason_of(waits, value, target.title_of(link) or str(link.target), target.system_name)
        for link in links
        if (value := states[link.target.key].get(waits.field)) in waits.values
    }
