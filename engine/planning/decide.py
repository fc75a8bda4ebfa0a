"""Decide what one mapped record asks of its target.

Pure: no clock, no network, no database. `passes/plan/gather.py` brings the facts in, `passes/push.py` and
`passes/compare/reconcile.py` carry the decision out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from engine.model.change import Adopt, Change, Create, Held, Skipped, Unchanged, Update
from engine.model.link import HeldRow, Link
from engine.model.payload import Payload
from engine.planning.adoption import Candidate, Choice, Match, choose, listed
from engine.planning.fingerprint import same_source
from engine.planning.update import UpdateRules, compare

# Codes of held records that are decided about again:
CHANGED = "changed"
HAS_EXTERNAL_ID = "carried"  # the source says that the record was sent before
DISAGREES = "disagrees"  # something at the target matches, and is not known to be this record
# Sent on by name only: something that exists at the target may be the same record.
MAY_EXIST = (HAS_EXTERNAL_ID, DISAGREES)
APPROVABLE = (CHANGED, *MAY_EXIST)  # waits for a person's approval, not for another payload
IN_DOUBT = "in_doubt"  # may exist at the target: whatever its payload becomes, a person must look first
ANSWER = "answer"  # written, but the target made something else of it: a person must look first
ASKS_A_PERSON = (IN_DOUBT, ANSWER)  # stays held whatever its payload becomes
BEGUN = "begun"  # held in the report alone: the ledger has the open batch, and the next run settles it


@dataclass(frozen=True, slots=True)
class Rules:
    """What a mapping says about changes."""

    on_change: str  # hold | update | ignore
    create: bool = True
    date_field: str | None = None  # the body's field that is compared with the cut-off
    since: date | None = None  # nothing older is created
    unusable: str = "it cannot be used"  # why the target takes no writes for a record that exists
    update: UpdateRules = field(default_factory=UpdateRules)


def decide_known(
    payload: Payload,
    link: Link | None,
    target_id: str,
    rules: Rules,
    row: HeldRow | None = None,
    approved: str = "",
    resolved: Mapping[str, Any] | None = None,
) -> Change:
    """Decide for a record whose target record is known. `link` is None when nothing was ever sent to it.

    `row` is how the record is held, if it is; `approved` the fingerprint of the payload that a person
    approved although changes are held; `resolved` the body with its references, if it has any.
    """
    before = link.body if link is not None else {}
    compared = compare(before, payload.body, payload.body if resolved is None else resolved, rules.update)
    if link is not None and link.fingerprint == payload.fingerprint and not compared.clears:
        return Unchanged(payload, target_id)
    update = Update(replace(payload, body=compared.body), target_id, compared.differences, compared.emptied)
    if link is None:
        return _still_held(payload, row) if row is not None and still_refused(payload, row) else update
    if not compared.differences and link.fingerprint:  # without one, an earlier update never arrived
        return Unchanged(payload, target_id, emptied=compared.emptied)
    if rules.on_change != "update" and same_source(link.source, payload.source):
        if approved != payload.fingerprint:
            return Unchanged(payload, target_id, compared.differences)
    elif rules.on_change == "ignore":
        return Unchanged(payload, target_id)
    if row is not None and still_refused(payload, row):
        return _still_held(payload, row)
    if rules.on_change == "hold" and approved != payload.fingerprint:
        changed = ", ".join(difference.path for difference in compared.differences[:5])
        reason = (
            f"changed since it was sent ({changed}); "
            "on_change is hold, `sync held retry` sends the current version"
        )
        return Held.of(payload, CHANGED, reason, fingerprint=payload.fingerprint)
    return update


def decide_new(
    payload: Payload,
    row: HeldRow | None,
    matches: Sequence[Match],
    rules: Rules,
    external_id: str = "",
    approved: str = "",
    shown: str = "",
) -> Change:
    """Decide for a record without a link. `matches`: what each match rule finds and nothing is linked to.

    `external_id` is what the source says the record became before, `shown` the record for people; `row` and
    `approved` as in `decide_known`.
    """
    if row is not None and still_refused(payload, row):
        return _still_held(payload, row)
    choice = choose(matches)
    match choice.outcome:
        case "one":
            return Adopt(payload, choice.candidates[0].key)
        case "several" | "unusable":
            return Held.of(payload, choice.outcome, _undecided(choice, rules))
    if why := why_not_created(payload, rules):
        return Skipped(payload.address, payload.mapping, why)
    if approved == payload.fingerprint:
        return Create(payload)
    if choice.candidates:
        reason = _disagreement(payload, choice.candidates, shown or payload.title)
        return Held.of(payload, DISAGREES, reason, fingerprint=payload.fingerprint)
    if external_id:
        reason = (
            f'the source already has the external id "{external_id}", but no target record matches: find out '
            "what happened to it, then use `sync held retry` to create it again"
        )
        return Held.of(payload, HAS_EXTERNAL_ID, reason, fingerprint=payload.fingerprint)
    return Create(payload)


def _undecided(choice: Choice, rules: Rules) -> str:
    """Why none of the candidates is taken although they agree."""
    candidates = choice.candidates
    system, shown = candidates[0].record.address.system, listed(candidates)
    if choice.outcome == "unusable":
        return f"only {shown} in {system} matches: {rules.unusable}"
    if not any(candidate.usable for candidate in candidates):
        return f"{len(candidates)} {system} records match ({shown}), and of each is true: {rules.unusable}"
    return (
        f"{len(candidates)} {system} records match ({shown}); edit them so that exactly one does, or link "
        "the right one with `sync link`"
    )


def _disagreement(payload: Payload, candidates: Sequence[Candidate], shown: str) -> str:
    """What is in the way, with both sides."""
    system = candidates[0].record.address.system
    fields = dict.fromkeys(
        difference.path for candidate in candidates for difference in candidate.disagreements
    )
    verb = "matches, but differs" if len(candidates) == 1 else "match, but differ"
    differing = f"{system} has {listed(candidates)}, which {verb} in {', '.join(fields)}"
    return (
        f"{differing}; {payload.address.system} has {shown}. If both are the same, `sync link` links them; "
        "if not, `sync held retry` with this record named creates another"
    )


def still_refused(payload: Payload, row: HeldRow) -> bool:
    """Whether the payload is the one that the target refused, so that sending it again is pointless."""
    refused = bool(row.fingerprint) and row.code not in APPROVABLE
    return row.code in ASKS_A_PERSON or (refused and row.fingerprint == payload.fingerprint)


def why_not_created(payload: Payload, rules: Rules) -> str:
    """Why a record that does not exist at the target is left at the source on purpose; empty if it is not."""
    if not rules.create:
        return "the mapping does not create records"
    return f"older than the cut-off date {rules.since}" if too_old(payload, rules) else ""


def too_old(payload: Payload, rules: Rules) -> bool:
    """Whether the body's date is before the cut-off."""
    dated = payload.body.get(rules.date_field) if rules.date_field else None
    return bool(rules.since and isinstance(dated, str) and dated < rules.since.isoformat())


def _still_held(payload: Payload, row: HeldRow) -> Held:
    return Held.of(payload, row.code, row.reason, row.where)
