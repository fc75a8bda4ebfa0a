"""Which actions of a mapped record are requested, and why others that are wanted are not.

What the mapping and the record alone decide; `passes/write` adds what is read from both systems.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.ledger import EARLIER
from engine.model.address import Address
from engine.model.payload import ActionRequest, Payload
from engine.model.report import ActionRow, NotDone
from engine.passes.flow import Flow
from engine.passes.plan.readiness import NOT_YET, left_of, reason_of, state

NO_ADDRESS = "no_address"  # code of an e-mail that waits until its record has an address
NOT_WANTED = "not_wanted"
LINKED = "linked"  # why no action of a record is requested that was found or linked by hand
ONCE = "it was carried out for an earlier document of this record, and is not requested twice"
NO_RECIPIENT = "no address to send it to; it is sent once there is one"


@dataclass(frozen=True, slots=True)
class Wish:
    """An action to be requested. `body`: what the request carries; `document`: the record at the target, as
    it is now or as it is about to be created. `target_id` is None until it exists.
    """

    request: ActionRequest
    address: Address
    title: str
    body: Mapping[str, Any]
    document: Mapping[str, Any]
    target_id: str | None = None

    def row(self, flow: Flow, why: Obstacle) -> ActionRow:
        verb = self.request.verb
        return ActionRow(verb, self.address, flow.name, why.outcome, why.code, why.reason, self.title)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an action is not requested."""

    outcome: NotDone
    code: str
    reason: str


def obstacle(flow: Flow, request: ActionRequest) -> Obstacle | None:
    """Why an action that is wanted is not requested, as its record and the mapping say; None if it is."""
    if request.unless:
        return Obstacle("skipped", NOT_WANTED, request.unless)
    action = flow.target.schema.actions[request.verb]
    takes_text = action.to is not None and action.to.type.kind == "text"
    directed = request.verb in flow.program.directed and not action.undirected
    if request.to is None and takes_text and directed:
        return Obstacle("waiting", NO_ADDRESS, NO_RECIPIENT)
    return None


def recorded(flow: Flow, request: ActionRequest, why: str, values: Mapping[str, Any]) -> Obstacle | None:
    """Why an action is not requested, as the ledger has recorded it: `LINKED` or `EARLIER`.

    None if nothing is left of the record, with its `values`, that could be acted on.
    """
    target = flow.target
    linked = f"the record exists in {target.system_name} already; it is only linked"
    if why == LINKED and target.schema.actions[request.verb].reopens:
        standing = target.standing(values)
        if standing is not None and standing.is_settled:
            return None
        linked += left_of(target, values)
    return Obstacle("skipped", NOT_WANTED, request.unless or (linked if why == LINKED else ONCE))


def names_nothing(flow: Flow, request: ActionRequest) -> str:
    """Why an action that must go to another record cannot: the source names none."""
    to = flow.target.schema.actions[request.verb].to
    if to is None or not to.required or request.to is not None:
        return ""
    return f"{flow.source.system_name} does not name {to.doc or 'what it goes to'}"


def body_of(flow: Flow, request: ActionRequest) -> dict[str, Any]:
    """What the request of an action carries; `to` may hold an open reference. Without `to` it goes where the
    record itself says; a `to` that is None is compared with that, and is missing.
    """
    compared = flow.target.schema.actions[request.verb].undirected and request.verb in flow.program.directed
    return {"to": request.to} if request.to is not None or (compared and not request.undirected) else {}


def action_row(flow: Flow, payload: Payload, verb: str, why: Obstacle) -> ActionRow:
    return ActionRow(verb, payload.address, flow.name, why.outcome, why.code, why.reason, payload.title)


def record_rows(
    flow: Flow, payloads: Sequence[Payload], verb: str, earlier: Collection[str]
) -> Iterator[ActionRow]:
    """The rows of new records whose action is not requested, as they and the mapping say. `earlier`: the keys
    of those for whose earlier document it was carried out.
    """
    for payload in payloads:
        if (request := payload.action(verb)) is None:
            continue
        if payload.address.key in earlier:
            if why := recorded(flow, request, EARLIER, {}):
                yield action_row(flow, payload, verb, why)
        elif why := obstacle(flow, request):
            yield action_row(flow, payload, verb, why)


def adopted_rows(
    flow: Flow, adopted: Sequence[tuple[Payload, Mapping[str, Any]]], verb: str
) -> Iterator[ActionRow]:
    """The rows of records that exist already, each with the values that it has."""
    for payload, values in adopted:
        request = payload.action(verb)
        if request is not None and (why := recorded(flow, request, LINKED, values)):
            yield action_row(flow, payload, verb, why)


def unready_rows(flow: Flow, payloads: Sequence[Payload], verb: str) -> Iterator[ActionRow]:
    """The rows of new records whose action waits because of the state in which they are created."""
    waits, system = flow.target.schema.actions[verb].waits, flow.target.system_name
    for payload in payloads if waits is not None else ():
        if waits is not None and (value := state(waits, payload.body)) in waits.values:
            reason = reason_of(waits, value, payload.title or str(payload.address), system)
            yield action_row(flow, payload, verb, Obstacle("waiting", NOT_YET, reason))
