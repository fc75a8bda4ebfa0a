"""Decide what one mapped record asks of its target.

Pure: no clock, no network, no database. `passes/gather.py` brings the facts in, `passes/push.py` and
`passes/reconcile.py` carry the decision out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine.model.change import Adopt, Change, Create, Held, LeftOut, Unchanged, Update
from engine.model.link import HeldRow, Link
from engine.model.payload import Payload
from engine.model.record import Record
from engine.planning.diff import diff

CHANGED = "changed"
CARRIED = "carried"
WORDS = (CHANGED, CARRIED)  # such a record waits for a person's word, not for another payload
IN_DOUBT = "in_doubt"  # it may stand at the target: whatever its payload becomes, a person must look first


@dataclass(frozen=True, slots=True)
class Rules:
    """What a mapping says about changes."""

    on_change: str  # hold | update | ignore
    create: bool = True
    dated_by: str | None = None  # the body's field that the cut-off is held against
    since: date | None = None  # nothing older is created


def decide_known(
    payload: Payload,
    link: Link | None,
    target_id: str,
    rules: Rules,
    refused: HeldRow | None = None,
    agreed: str = "",
) -> Change:
    """Decide for a record whose target record is known. `link` is None when nothing was ever sent to it.

    `agreed` is the fingerprint of the payload that a person let go, although changes are held.
    """
    if link is not None and (link.fingerprint == payload.fingerprint or rules.on_change == "ignore"):
        return Unchanged(payload, target_id)
    if refused is not None and still_refused(payload, refused):
        return _as_before(payload, refused)
    if link is not None and rules.on_change == "hold" and agreed != payload.fingerprint:
        changed = ", ".join(one.path for one in diff(link.body, payload.body)[:5])
        reason = (
            f"it was changed after it had been sent ({changed or 'a reference'}); "
            "on_change is hold, `sync held retry` sends it as it is now"
        )
        return replace(hold(payload, CHANGED, reason), fingerprint=payload.fingerprint)
    before = link.body if link is not None else {}
    return Update(payload, target_id, diff(before, payload.body))


def decide_new(
    payload: Payload,
    refused: HeldRow | None,
    found: Sequence[Sequence[Record]],
    rules: Rules,
    carried: str = "",
    agreed: str = "",
) -> Change:
    """Decide for a record without a link. `found`: each match rule's candidates that nothing is linked to.

    `carried` is what the source says the record became already; `agreed` as in `decide_known`.
    """
    if refused is not None and still_refused(payload, refused):
        return _as_before(payload, refused)
    strongest = rank(found)
    if strongest < len(found):
        return Adopt(payload, found[strongest][0].address.key)
    several = next((candidates for candidates in found if candidates), None)
    if several:
        shown = ", ".join(str(one.address) for one in several[:5])
        reason = (
            f"{len(several)} records there match it: {shown}; change them so that only the right one does"
        )
        return hold(payload, "several", reason)
    if not rules.create:
        return LeftOut(payload.address, payload.mapping, "the mapping never creates")
    if too_old(payload, rules):
        return LeftOut(payload.address, payload.mapping, f"older than the cut-off date {rules.since}")
    if carried and agreed != payload.fingerprint:
        reason = (
            f'the source says that it was sent before, as "{carried}", and nothing there matches it: find '
            "out what became of it, then name it to `sync held retry` to create it again"
        )
        return replace(hold(payload, CARRIED, reason), fingerprint=payload.fingerprint)
    return Create(payload)


def still_refused(payload: Payload, row: HeldRow) -> bool:
    """Whether what the target refused is what would be sent now, so that sending it is no use."""
    refused = bool(row.fingerprint) and row.code not in WORDS
    return row.code == IN_DOUBT or (refused and row.fingerprint == payload.fingerprint)


def rank(found: Sequence[Sequence[Record]]) -> int:
    """The first match rule with exactly one candidate; the number of rules where there is none.

    Records are given their candidates in this order: what one record's number names is not to be taken by
    another that merely has the same name.
    """
    return next((at for at, candidates in enumerate(found) if len(candidates) == 1), len(found))


def too_old(payload: Payload, rules: Rules) -> bool:
    """Whether the body's date lies before the cut-off."""
    dated = payload.body.get(rules.dated_by) if rules.dated_by else None
    return bool(rules.since and isinstance(dated, str) and dated < rules.since.isoformat())


def hold(payload: Payload, code: str, reason: str, where: str = "") -> Held:
    return Held(payload.address, payload.mapping, code, reason, where, payload.title)


def _as_before(payload: Payload, row: HeldRow) -> Held:
    return hold(payload, row.code, row.reason, row.where)
