"""What becomes of the actions that are wanted for linked records: requested, waiting, skipped or held.

`sync plan` shows it and a run acts on it; nothing is sent or recorded here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.ledger import EARLIER
from engine.model.address import Address
from engine.model.change import Held
from engine.model.drift import GONE
from engine.model.link import Link
from engine.model.payload import ActionRequest, Payload, Ref, find_refs
from engine.model.record import Notice, Record
from engine.model.report import ActionRow
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.held import held_rows
from engine.passes.plan.flow_plan import Decided, FlowPlan
from engine.passes.plan.readiness import (
    NOT_YET,
    NOTHING_DUE,
    closed_targets,
    goes_to_not_yet,
    left_of,
    not_yet,
    standings_of,
    wanted_links,
)
from engine.passes.plan.wishes import (
    LINKED,
    NO_ADDRESS,
    NOT_WANTED,
    Obstacle,
    Wish,
    body_of,
    names_nothing,
    obstacle,
    recorded,
)
from engine.passes.refs import reference
from engine.passes.write.absence import why_absent
from engine.passes.write.write_back import NOT_TRIED, owed
from engine.planning.decide import ANSWER
from engine.planning.refs import resolve

Requests = Mapping[Address, ActionRequest]


@dataclass(slots=True)
class Outlook:
    """What becomes of one verb of a flow. `gone`: records for which the mapping no longer wants it."""

    flow: Flow
    verb: str
    wishes: list[Wish] = field(default_factory=list)  # to be requested
    rows: list[ActionRow] = field(default_factory=list)  # waiting or skipped
    gone: list[Held] = field(default_factory=list)
    used_up: list[Address] = field(default_factory=list)  # not to be looked at again
    absent: dict[Ref, list[Link]] = field(default_factory=dict)  # what it goes to is not at the target

    def row(self, link: Link, why: Obstacle) -> None:
        title = self.flow.target.title_of(link)
        row = ActionRow(self.verb, link.address, self.flow.name, why.outcome, why.code, why.reason, title)
        self.rows.append(row)


def look(context: RunContext, plan: FlowPlan, verb: str, decided: Decided | None = None) -> Outlook:
    """What becomes of the actions that are wanted and were never requested.

    `decided`: the plans, before they are carried out. What they create is there by then, and what has yet to
    be written back does not block it.
    """
    flow, outlook = plan.flow, Outlook(plan.flow, verb)
    links = _with_something_left(context, outlook, wanted_links(context, flow, verb))
    if not links:
        return outlook
    requests, unseen = _requests(context, plan, verb, [link.address for link, _ in links])
    open_links = []
    for link, why in links:
        request = requests.get(link.address)
        if why in (LINKED, EARLIER):
            _recorded(outlook, link, request, why)
        elif link.address in unseen:
            outlook.row(link, Obstacle("waiting", "unseen", f"{flow.source} did not show the record"))
        elif request is None and why == NO_ADDRESS:
            outlook.row(link, Obstacle("skipped", NOT_WANTED, "the mapping no longer wants it"))
        elif request is None:
            _drop(outlook, link)
        elif (found := obstacle(flow, request)) is not None:
            outlook.row(link, found)
        else:
            open_links.append(link)
    wanted = {link.address: requests[link.address] for link in open_links}
    _add_wishes(context, outlook, open_links, wanted, decided)
    return outlook


def _recorded(outlook: Outlook, link: Link, request: ActionRequest | None, why: str) -> None:
    """Reported once: nothing is requested, whatever the record says by now."""
    found = recorded(outlook.flow, request or ActionRequest(outlook.verb), why, link.last_seen)
    if found is None:
        outlook.used_up.append(link.address)
    else:
        outlook.row(link, found)


def _add_wishes(
    context: RunContext,
    outlook: Outlook,
    links: Sequence[Link],
    wanted: Requests,
    decided: Decided | None,
) -> None:
    """What is requested for these records, and what has to wait for something else first."""
    flow, verb = outlook.flow, outlook.verb
    blocked = _blocked(context, flow, {*wanted}, planned=decided is not None)
    waiting = goes_to_not_yet(context, flow, wanted)
    waiting |= not_yet(context, flow, verb, [link for link in links if link.address not in blocked])
    for link in links:
        if link.address in blocked:
            outlook.row(link, Obstacle("waiting", "order", blocked[link.address]))
        elif link.address in waiting:
            outlook.row(link, Obstacle("waiting", NOT_YET, waiting[link.address]))
        else:
            _request(context, outlook, link, wanted[link.address], decided)
    _report_absent(context, outlook)
    _leave_closed(context, outlook, {link.address: link for link in links})


def _with_something_left(
    context: RunContext, outlook: Outlook, wanted: Sequence[tuple[Link, str]]
) -> list[tuple[Link, str]]:
    """Without records that are used up or gone: a verb that reopens has nothing left to do for them."""
    flow, links = outlook.flow, [link for link, why in wanted if not why]
    if not flow.target.schema.actions[outlook.verb].reopens or not links:
        return [*wanted]
    standings = standings_of(context, flow, links)
    settled = {address: standing.state for address, standing in standings.items() if standing.is_settled}
    outlook.used_up += settled
    for link in links:
        if (state := settled.get(link.address)) in GONE:
            name = flow.target.title(link.last_seen) or str(link.target)
            reason = f"{name} is {state} in {flow.target.system_name}"
            outlook.row(link, Obstacle("skipped", "gone", reason))
    return [(link, why) for link, why in wanted if link.address not in settled]


def _leave_closed(context: RunContext, outlook: Outlook, links: Mapping[Address, Link]) -> None:
    """Skip those that go to a record which is settled or gone.

    Where a person has used some of the record, what is left of it is left on purpose.
    """
    closed = closed_targets(context, [wish.request for wish in outlook.wishes])
    if not closed:
        return
    wishes, outlook.wishes = outlook.wishes, []
    for wish in wishes:
        refs = [(ref.mapping, ref.address) for ref in find_refs(wish.request.to)]
        reason = next((closed[ref] for ref in refs if ref in closed), "")
        if not reason:
            outlook.wishes.append(wish)
            continue
        link = links[wish.address]
        standing = standings_of(context, outlook.flow, [link]).get(wish.address)
        if standing is not None and standing.credited:
            outlook.used_up.append(wish.address)
        else:
            left = f"; {standing.settlement}" if standing is not None and standing.settlement else ""
            outlook.row(link, Obstacle("skipped", NOTHING_DUE, f"{reason}{left}"))


def _blocked(
    context: RunContext, flow: Flow, addresses: set[Address], *, planned: bool
) -> dict[Address, str]:
    """Records for which nothing is requested yet: the answer differs, or the number is not written back."""
    blocked = {
        address: f"waits until the number is written back: {reason}"
        for address, reason in owed(context, flow, addresses).items()
        if not (planned and reason == NOT_TRIED)
    }
    for address, row in held_rows(context, flow.name).items():
        if row.code == ANSWER and address in addresses:
            blocked[address] = f"waits until a person has looked: {row.reason}"
    return blocked


def _request(
    context: RunContext, outlook: Outlook, link: Link, request: ActionRequest, decided: Decided | None
) -> None:
    """The request for one action, if there is something that it can go to."""
    target = outlook.flow.target
    if reason := names_nothing(outlook.flow, request):
        outlook.row(link, Obstacle("skipped", "absent", reason + left_of(target, link.last_seen)))
        return
    body = resolve(body_of(outlook.flow, request), lambda ref: reference(context, ref))
    open_ref = next(find_refs(body), None)
    if open_ref is not None and (decided is None or not decided.will_exist(open_ref)):
        outlook.absent.setdefault(open_ref, []).append(link)
        return
    title, key = target.title_of(link), link.target.key
    document = {**link.last_seen, target.schema.key: key}
    outlook.wishes.append(Wish(request, link.address, title, body, document, key))


def _report_absent(context: RunContext, outlook: Outlook) -> None:
    """What it goes to is not at the target: the action waits, or is skipped if it will never be there."""
    for ref, absence in why_absent(context, outlook.absent).items():
        for link in outlook.absent[ref]:
            left = left_of(outlook.flow.target, link.last_seen)
            outlook.row(link, absence.obstacle(left))


def _requests(
    context: RunContext, plan: FlowPlan, verb: str, addresses: Sequence[Address]
) -> tuple[dict[Address, ActionRequest], set[Address]]:
    """What the mapping wants of the action as the records are now, and records of which that is not known."""
    if verb not in plan.flow.program.actions:
        return {}, set()
    payloads: dict[Address, Payload | None] = {payload.address: payload for payload in plan.payloads()}
    _read_again(context, plan, [address for address in addresses if address not in payloads])
    payloads = {**plan.reread, **payloads}
    wanted = {
        address: request
        for address in addresses
        if (payload := payloads.get(address)) is not None and (request := payload.action(verb)) is not None
    }
    return wanted, plan.unseen - payloads.keys()


def _read_again(context: RunContext, plan: FlowPlan, addresses: Sequence[Address]) -> None:
    """Read and map records that the plan has not, each once; what a list that may be cut off does not show is
    searched for by its title.
    """
    flow = plan.flow
    unread = [address for address in addresses if address not in plan.reread and address not in plan.unseen]
    if not unread:
        return
    answers = list(flow.read(keys=[address.key for address in unread]))
    partial = any(isinstance(answer, Notice) for answer in answers)
    if partial:
        seen = {answer.address for answer in answers if isinstance(answer, Record)}
        answers += _by_title(context, flow, [address.key for address in unread if address not in seen])
    for answer in answers:
        if isinstance(answer, Record):
            payload = flow.mapper(answer)
            plan.reread[answer.address] = payload if isinstance(payload, Payload) else None
    left = [address for address in unread if address not in plan.reread]
    plan.unseen.update(left if partial else ())
    plan.reread.update(dict.fromkeys([] if partial else left))


def _by_title(context: RunContext, flow: Flow, keys: Sequence[str]) -> list[Record]:
    """Records found at the source by the title that the ledger knows of them, such as their number."""
    source = flow.source
    if not keys or source.schema.title not in source.schema.match_fields:
        return []
    documents = context.ledger.documents.get(source.ref, keys)
    rules = [{source.schema.title: document.title} for document in documents.values() if document.title]
    found = [record for records in source.find(rules) for record in records] if rules else []
    return [record for record in found if record.address.key in documents]


def _drop(outlook: Outlook, link: Link) -> None:
    """The mapping no longer wants it: a person looks, unless it was reported by each run until now."""
    flow, title = outlook.flow, outlook.flow.target.title_of(link)
    reason = "wanted when the record was created, but the mapping no longer wants it; nothing was sent"
    if flow.target.schema.actions[outlook.verb].reopens:
        outlook.row(link, Obstacle("skipped", NOT_WANTED, reason + left_of(flow.target, link.last_seen)))
    else:
        outlook.gone.append(Held(link.address, flow.name, NOT_WANTED, reason, flow.program.file, title))
