"""Which of the actions that are to be requested the target would carry out, as far as reading shows.

A plan asks it of what a run will want, a run before it requests anything: both get the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC

from engine.model.report import ActionRow
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.plan.wishes import Obstacle, Wish
from engine.sdk.system import Allowance

ALLOWANCE = "allowance"  # code of an action that waits for the allowance of another day


@dataclass(slots=True)
class Screened:
    """`going`: what is requested, in that order; `remarks`: sentences about it for people."""

    going: list[Wish] = field(default_factory=list)
    rows: list[ActionRow] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def screen(
    context: RunContext, flow: Flow, verb: str, wishes: Sequence[Wish], *, planned: int = 0
) -> Screened:
    """What is requested of the wishes, and a row for each of the others.

    `planned`: requests that are counted against the same allowance and not made yet.
    """
    screened = Screened()
    if not wishes:
        return screened
    # Those that go to one place follow each other: what is made right for one is right for the next.
    ordered = sorted(wishes, key=lambda wish: (str(wish.body.get("to") or ""), wish.address))
    answers = flow.target.action_findings(verb, [(wish.body, wish.document) for wish in ordered])
    for wish, findings in zip(ordered, answers, strict=True):
        refusals = [finding for finding in findings if finding.refuses]
        if refusals:
            reason = "; ".join(finding.message for finding in refusals)
            screened.rows.append(wish.row(flow, Obstacle(refusals[0].outcome, refusals[0].code, reason)))
            continue
        screened.going.append(wish)
        screened.remarks += [f"{wish.title or wish.address}: {verb}: {one.message}" for one in findings]
    _keep_allowance(context, flow, verb, screened, planned)
    return screened


def _keep_allowance(context: RunContext, flow: Flow, verb: str, screened: Screened, planned: int) -> None:
    """Let those wait that are beyond the day's allowance."""
    allowance = flow.target.allowance(verb) if screened.going else None
    if allowance is None:
        return
    left = max(0, allowance.a_day - planned - _used(context, flow, verb)) if allowance.a_day else 0
    why = Obstacle("waiting", ALLOWANCE, _reason(allowance))
    screened.rows += [wish.row(flow, why) for wish in screened.going[left:]]
    del screened.going[left:]


def _used(context: RunContext, flow: Flow, verb: str) -> int:
    """How much of it this ledger has used today."""
    midnight = context.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return context.ledger.actions.count_since(
        flow.target.system_name, [*_sharing(context, flow, verb)], midnight
    )


def _sharing(context: RunContext, flow: Flow, verb: str) -> Iterator[str]:
    """The verbs that are counted together: all that send e-mails."""
    mails = flow.target.schema.actions[verb].mails
    for stream in {one.target.ref: one.target.schema for one in context.push_flows()}.values():
        yield from (name for name, action in stream.actions.items() if mails and action.mails)
    if not mails:
        yield verb


def _reason(allowance: Allowance) -> str:
    return f"{allowance.reason}; later runs try again" if allowance.a_day else allowance.reason
