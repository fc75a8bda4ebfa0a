"""What becomes of the actions that are wanted for linked records: requested, waiting, skipped or held.

`sync plan` shows it and a run acts on it; nothing is sent or recorded here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.model.address import Address
from engine.model.change import Held, Part
from engine.model.link import Link
from engine.model.payload import ActionRequest, Payload, find_refs
from engine.model.record import Notice, Record
from engine.model.report import ActionRow, NotDone
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.held import held_rows
from engine.passes.plan.flow_plan import FlowPlan
from engine.passes.plan.readiness import NOT_YET, goes_to_not_yet, not_yet, wanted_links
from engine.passes.plan.wishes import why_not
from engine.passes.refs import reference
from engine.passes.write.absence import why_absent
from engine.passes.write.work import PendingWrite
from engine.passes.write.write_back import owed
from engine.planning.decide import ANSWER
from engine.planning.refs import resolve


@dataclass(slots=True)
class Outlook:
    """What becomes of one verb of a flow. `gone`: records for which the mapping no longer wants it."""

    flow: Flow
    verb: str
    requests: dict[Address, ActionRequest] = field(default_factory=dict)  # of what is ready
    ready: list[PendingWrite] = field(default_factory=list)
    rows: list[ActionRow] = field(default_factory=list)  # waiting or skipped
    gone: list[Held] = field(default_factory=list)

    def row(self, link: Link, outcome: NotDone, code: str, reason: str) -> None:
        title = self.flow.target.title(link.last_seen)
        self.rows.append(ActionRow(self.verb, link.address, self.flow.name, outcome, code, reason, title))


def look(context: RunContext, plan: FlowPlan, verb: str) -> Outlook:
    """What becomes of the actions that are wanted and were never requested."""
    outlook = Outlook(plan.flow, verb)
    links = wanted_links(context, plan.flow, verb)
    if not links:
        return outlook
    confirmed, unseen = _still_wanted(context, plan, verb, [link.address for link in links])
    blocked = _blocked(context, plan.flow, {*confirmed})
    open_links = [link for link in links if link.address in confirmed and link.address not in blocked]
    waiting = goes_to_not_yet(context, plan.flow, confirmed)
    waiting |= not_yet(context, plan.flow, verb, open_links)
    for link in links:
        if link.address in unseen:
            outlook.row(link, "waiting", "unseen", f"{plan.flow.source} did not show the record")
        elif link.address not in confirmed:
            outlook.gone.append(_no_longer_wanted(plan.flow, link))
        elif link.address in blocked:
            outlook.row(link, "waiting", "order", blocked[link.address])
        elif link.address in waiting:
            outlook.row(link, "waiting", NOT_YET, waiting[link.address])
        else:
            _request(context, outlook, link, confirmed[link.address])
    return outlook


def _blocked(context: RunContext, flow: Flow, addresses: set[Address]) -> dict[Address, str]:
    """Records for which nothing is requested yet: the answer differs, or the number is not written back."""
    blocked = {
        address: f"waits until the number is written back: {reason}"
        for address, reason in owed(context, flow, addresses).items()
    }
    for address, row in held_rows(context, flow.name).items():
        if row.code == ANSWER and address in addresses:
            blocked[address] = f"waits until a person has looked: {row.reason}"
    return blocked


def _request(context: RunContext, outlook: Outlook, link: Link, request: ActionRequest) -> None:
    """The request for one action. If what it goes to is not at the target, it waits, or is skipped if that
    will never be there.
    """
    target = outlook.flow.target
    body = {} if request.to is None else resolve({"to": request.to}, lambda ref: reference(context, ref))
    open_ref = next(find_refs(body), None)
    if open_ref is None:
        outlook.requests[link.address] = request
        part = Part(link.address, body, link.target.key, target.title(link.last_seen))
        outlook.ready.append(PendingWrite(part))
        return
    absence = why_absent(context, open_ref)
    if absence.waits:
        outlook.row(link, "waiting", "absent", f"waits for {absence.reason}")
        return
    standing = target.standing(link.last_seen)
    left = f"; {standing.settlement}" if standing is not None and standing.settlement else ""
    outlook.row(link, "skipped", "absent", f"{absence.reason}{left}")


def _still_wanted(
    context: RunContext, plan: FlowPlan, verb: str, addresses: Sequence[Address]
) -> tuple[dict[Address, ActionRequest], set[Address]]:
    """What the mapping wants of the action as the records are now, and records of which that is not known.

    What was not read is read; what a list that may be cut off does not show is searched for by its title.
    """
    flow = plan.flow
    if verb not in flow.program.actions:
        return {}, set()
    payloads: dict[Address, Payload | None] = {payload.address: payload for payload in plan.payloads()}
    unread = [address.key for address in addresses if address not in payloads]
    answers = list(flow.read(keys=unread)) if unread else []
    partial = any(isinstance(answer, Notice) for answer in answers)
    if partial:
        seen = {answer.address.key for answer in answers if isinstance(answer, Record)}
        answers += _by_title(context, flow, [key for key in unread if key not in seen])
    for answer in answers:
        if isinstance(answer, Record):
            payload = flow.mapper(answer)
            payloads[answer.address] = payload if isinstance(payload, Payload) else None
    unseen = {address for address in addresses if partial and address not in payloads}
    wanted = {
        address: request
        for address in addresses
        if (payload := payloads.get(address)) is not None
        and (request := payload.action(verb)) is not None
        and not why_not(flow, request)
    }
    return wanted, unseen


def _by_title(context: RunContext, flow: Flow, keys: Sequence[str]) -> list[Record]:
    """Records found at the source by the title that the ledger knows of them, such as their number."""
    source = flow.source
    if not keys or source.schema.title not in source.schema.match_fields:
        return []
    documents = context.ledger.documents.get(source.ref, keys)
    rules = [{source.schema.title: document.title} for document in documents.values() if document.title]
    found = [record for records in source.find(rules) for record in records] if rules else []
    return [record for record in found if record.address.key in documents]


def _no_longer_wanted(flow: Flow, link: Link) -> Held:
    reason = "wanted when the record was created, but the mapping no longer wants it; nothing was sent"
    title = flow.target.title(link.last_seen)
    return Held(link.address, flow.name, "not_wanted", reason, flow.program.file, title)
