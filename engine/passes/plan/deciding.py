"""Decide for the payloads of one flow, with what the ledger and the target know of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.model.address import Address
from engine.model.change import Adopt, Change, Held, Unchanged
from engine.model.link import HeldRow
from engine.model.outgoing import body_form
from engine.model.payload import Payload, find_refs
from engine.model.record import Record
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.plan.flow_plan import Decided, FlowPlan
from engine.passes.plan.sides import Sides, merged_sentence
from engine.passes.refs import resolved
from engine.planning.adoption import Candidate, Match, choose
from engine.planning.agreement import Claim, contradictions, disagreements
from engine.planning.decide import BEGUN, Rules, decide_known, decide_new, still_refused
from engine.planning.paths import value_at
from engine.planning.update import may_clear, top_level, unlike

Found = Sequence[Sequence[Record]]  # for each match rule of a payload


def unconfirmed(payload: Payload) -> Held:
    """Nothing is decided for a record while it is unknown what became of its last write."""
    reason = "an earlier write is still unconfirmed; the next run checks it first"
    return Held.of(payload, BEGUN, reason)


class Decisions:
    """Decides in two steps.

    `begin` decides for what the ledger knows and for what is not found at the target; `finish`, once what is
    referred to has been decided, for what is found there.
    """

    def __init__(self, context: RunContext, plan: FlowPlan, rows: Mapping[Address, HeldRow]) -> None:
        self.plan = plan
        self._context, self._flow, self._rows = context, plan.flow, rows
        program, schema = plan.flow.program, plan.flow.target.schema
        since = context.limits.first_run_since
        self._rules = Rules(
            program.on_change, program.create, schema.date, since, schema.unusable, plan.flow.update_rules
        )
        self._approved = context.ledger.held.approved(program.name)
        self._unlinked = context.ledger.links.unlinked(program.name)
        self._found: dict[Address, Found] = {}
        self.pending: list[Payload] = []  # something was found that may be theirs
        self.taken: dict[Address, list[Record]] = {}  # what was found, and is linked to another source record

    def begin(self, payloads: Sequence[Payload]) -> None:
        ledger, name = self._context.ledger, self._flow.name
        known, begun = ledger.links.fingerprints(name), self._context.unconfirmed(name)
        changes: list[Change] = []
        new: list[Payload] = []
        for payload in payloads:
            fingerprint, target_id = known.get(payload.address.key, ("", ""))
            if payload.address in begun:
                changes.append(unconfirmed(payload))
            elif not target_id:
                new.append(payload)
            elif fingerprint == payload.fingerprint and not may_clear(payload, self._rules.update):
                changes.append(Unchanged(payload, target_id))
            else:
                changes.append(self._decide_known(payload, target_id))
        self._find([payload for payload in new if not self._still_refused(payload)])
        self.pending = [payload for payload in new if any(self._found.get(payload.address, ()))]
        found = {payload.address for payload in self.pending}
        changes += [self._decide_new(payload, ()) for payload in new if payload.address not in found]
        self.plan.changes += changes

    def _decide_known(self, payload: Payload, target_id: str) -> Change:
        link = self._context.ledger.links.get(self._flow.name, payload.address)
        if link is not None and link.heir:
            return Unchanged(payload, target_id)  # merged into what another record is linked to
        row, approved = self._rows.get(payload.address), self._approved.get(payload.address.key, "")
        body = resolved(self._context, payload)
        if link is not None:  # an older version may have sent the same text in another form
            link = replace(link, body=body_form(link.body, self._flow.target.schema))
        return decide_known(payload, link, target_id, self._rules, row, approved, body)

    def _still_refused(self, payload: Payload) -> bool:
        row = self._rows.get(payload.address)
        return row is not None and still_refused(payload, row)

    def _find(self, payloads: Sequence[Payload]) -> None:
        """Search the target for each payload by its match rules; without what is linked already."""
        rules = [(payload.address, rule) for payload in payloads for rule in payload.match]
        asked = [rule for _, rule in rules if rule]
        if not asked:
            return
        target, linked = self._flow.target, self._context.linked_targets(self._flow)
        self._context.progress.stage(f"searching {target} for {len(payloads)} new {self._flow.name}")
        found: dict[Address, list[Sequence[Record]]] = defaultdict(list)
        answers = iter(target.find(asked))
        for address, rule in rules:
            records = next(answers) if rule else ()
            found[address].append([record for record in records if _is_free(record, linked)])
            if taken := [record for record in records if record.address.key in linked]:
                self.taken.setdefault(address, []).extend(taken)
        self._found = dict(found)

    def finish(self, decided: Decided) -> None:
        """Decide for the payloads for which something was found at the target."""
        if not self.pending:
            return
        sides = Sides(self._context, self._flow, decided)
        claims = [self._claim(payload, decided, sides) for payload in self.pending]
        taken = self._context.linked_targets(self._flow) | _moved_to(self._context, self._flow)
        changes: dict[Address, Change] = {}
        # One that matches by name alone must not take the record that another one's number names.
        # Nor may one that was merged into it before the one whose own it is.
        for claim in sorted(claims, key=_strength):
            payload, matches = claim.payload, _without(claim.matches, taken)
            change = claim.held or self._decide_new(payload, matches, claim.shown)
            if isinstance(change, Adopt):
                change = self._adopt(change, choose(matches).candidates[0], decided)
                taken.add(change.target_id)
            changes[payload.address] = change
        self.plan.changes += [changes[payload.address] for payload in self.pending]

    def _adopt(self, change: Adopt, candidate: Candidate, decided: Decided) -> Adopt:
        record, target = candidate.record, self._flow.target
        self.plan.adopted[change.target_id] = record.values
        title = change.payload.title or str(change.payload.address)
        if candidate.heir is not None:
            told = merged_sentence(target, title, record.address, candidate.heir, moves=False)
            self._context.report.add_notices([told])
            return replace(change, heir=candidate.heir.address.key)
        if record.through is not None:
            told = merged_sentence(target, title, record.through.address, record, moves=True)
            self._context.report.add_notices([told])
        return self._with_differences(change, record, decided)

    def _with_differences(self, change: Adopt, record: Record, decided: Decided) -> Adopt:
        """With the fields that are not at the target as the mapping gives them, if it sends changes."""
        if self._rules.on_change != "update":
            return change
        payload, schema = change.payload, self._flow.target.schema
        differing = unlike(decided.resolved(payload), record.values, schema, self._rules.update)
        names = dict.fromkeys(top_level(difference.path) for difference in differing)
        return replace(change, differences=differing, body={name: payload.body[name] for name in names})

    def _claim(self, payload: Payload, decided: Decided, sides: Sides) -> _Pending:
        """What was found for a payload, compared with it in the fields of `agree`."""
        flow, agree = self._flow, self._flow.program.agree
        if agree:
            for ref in find_refs([value_at(payload.body, path) for path in agree]):
                if reason := decided.unresolvable(ref):
                    return _Pending(payload, (), Held.of(payload, "reference", reason))
        claim = sides.claim(payload)
        matches = []
        for rule, records in zip(payload.match, self._found[payload.address], strict=True):
            candidates = (self._candidate(claim, record, sides) for record in records)
            matches.append(Match(tuple(candidates), bool(rule.keys() & set(flow.target.schema.identifiers))))
        return _Pending(payload, tuple(matches), shown=sides.ours(payload))

    def _candidate(self, claim: Claim, record: Record, sides: Sides) -> Candidate:
        schema, agree = self._flow.target.schema, self._flow.program.agree
        numbered = record.through or record  # a merged record keeps its own number
        differing = (
            *contradictions(claim.body, numbered.values, schema),
            *disagreements(claim, record.values, schema, agree),
        )
        return Candidate(record, differing, schema.usable(record.values), sides.theirs(claim.payload, record))

    def _decide_new(self, payload: Payload, matches: Sequence[Match], shown: str = "") -> Change:
        return decide_new(
            payload,
            self._rows.get(payload.address),
            matches,
            self._rules,
            "" if payload.address.key in self._unlinked else self.plan.external_ids.get(payload.address, ""),
            self._approved.get(payload.address.key, ""),
            shown,
        )


@dataclass(frozen=True, slots=True)
class _Pending:
    """A payload for which something was found at the target. `held`: why it cannot be compared."""

    payload: Payload
    matches: tuple[Match, ...]
    held: Held | None = None
    shown: str = ""


def _moved_to(context: RunContext, flow: Flow) -> set[str]:
    """The target records that links move to in this run: they are linked, whatever the ledger says yet."""
    moves = context.moves.items()
    return {move.heir.address.key for (mapping, _), move in moves if mapping == flow.name and move.moves}


def _is_free(record: Record, linked: Collection[str]) -> bool:
    """Whether another source record may be linked to it, or to what was merged into it."""
    return any(one.address.key not in linked for one in (record, record.through) if one is not None)


def _strength(claim: _Pending) -> tuple[int, bool]:
    choice = choose(claim.matches)
    return choice.rank, any(one.record.through is not None for one in choice.candidates)


def _without(matches: Sequence[Match], taken: Collection[str]) -> list[Match]:
    """The matches without the records that others have taken; in their place what was merged into them."""
    if not taken:
        return list(matches)
    return [
        Match(tuple(left for one in match.candidates if (left := _left_of(one, taken))), match.decisive)
        for match in matches
    ]


def _left_of(candidate: Candidate, taken: Collection[str]) -> Candidate | None:
    heir = candidate.record
    if heir.address.key not in taken:
        return candidate
    if heir.through is None or heir.through.address.key in taken:
        return None
    return replace(candidate, record=heir.through, heir=replace(heir, through=None))
