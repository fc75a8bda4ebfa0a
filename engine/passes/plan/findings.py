"""What the target would refuse, as far as its fields declare it or it can be read from there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from engine.mapping.describe.places import rule_of
from engine.model.address import Address
from engine.model.change import Adopt, Change, Create, Held, Update
from engine.model.payload import Payload
from engine.model.record import Record
from engine.model.redact import holds_secret
from engine.passes.context import RunContext
from engine.passes.plan.flow_plan import Decided, FlowPlan, address_of
from engine.planning.accepted import faults
from engine.planning.paths import without
from engine.planning.update import top_level
from engine.sdk.system import Finding, Remedy

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Write:
    """What would be sent for a change; `current` is the record that it updates, None for a create."""

    address: Address
    payload: Payload
    body: Values
    current: Values | None


def with_findings(
    context: RunContext,
    plan: FlowPlan,
    changes: Sequence[Change],
    decided: Decided,
    current: Mapping[str, Record],
) -> list[Change]:
    """The changes; those that would be refused become held, with the rule that has to be changed.

    `current`: the records that updates are for, as they are now, by key.
    """
    sent = [change for change in changes if is_sent(change)]
    if not sent:
        return list(changes)
    flow = plan.flow
    context.progress.stage(f"checking {len(sent)} {flow.name} against {flow.target}")
    writes = [_write(change, plan, decided, current) for change in sent]
    held: dict[Address, Held] = {}
    changed: dict[Address, Values] = {}  # fields that settings choose to send otherwise
    left_out: dict[
        Address, list[str]
    ] = {}  # fields that the target does not take, with the rest of the record
    for write, findings in zip(writes, _findings(plan, writes), strict=True):
        remedies = {finding: finding.remedy for finding in findings if _is_chosen(context, finding.remedy)}
        dropped = [finding.path for finding in findings if finding.drops]
        refusals = [
            finding
            for finding in findings
            if finding.refuses and not finding.drops and finding not in remedies
        ]
        if refusals:
            where = rule_of(context.programs.pack.drafts, flow.name, refusals[0].path)
            held[write.address] = Held.of(write.payload, refusals[0].code, _sentence(refusals), where)
            continue
        title = write.payload.title or str(write.address)
        messages = (remedies.get(finding, finding) or finding for finding in findings)
        context.report.add_notices(f"{title}: {shown.message}" for shown in messages)
        if fields := dict(pair for remedy in remedies.values() if remedy for pair in remedy.fields):
            changed[write.address] = fields
        if dropped:
            left_out[write.address] = dropped
    return [
        _refused(
            _without(_remedied(change, changed.get(address)), left_out.get(address, [])),
            held.get(address),
        )
        for change in changes
        for address in [address_of(change)]
    ]


def is_sent(change: Change) -> TypeGuard[Create | Update | Adopt]:
    """Whether something is sent for a change: also what differs of a record that is adopted."""
    return isinstance(change, Create | Update) or (isinstance(change, Adopt) and bool(change.body))


def _write(
    change: Create | Update | Adopt, plan: FlowPlan, decided: Decided, current: Mapping[str, Record]
) -> _Write:
    payload = change.payload
    if isinstance(change, Adopt):
        body = decided.resolved(replace(payload, body=change.body))
        return _Write(payload.address, payload, body, plan.adopted.get(change.target_id, {}))
    record = current.get(change.target_id) if isinstance(change, Update) else None
    exists = isinstance(change, Update)
    values = (record.values if record is not None else {}) if exists else None
    return _Write(payload.address, payload, decided.resolved(payload), values)


def _findings(plan: FlowPlan, writes: Sequence[_Write]) -> list[list[Finding]]:
    """For each write what its fields do not accept, and what the target says."""
    target = plan.flow.target
    creates = [write for write in writes if write.current is None]
    updates = [(write, write.current) for write in writes if write.current is not None]
    answers = {
        write.address: [
            *_secrets_in(write.body),
            *faults(write.body, target.schema, create=write.current is None),
        ]
        for write in writes
    }
    if creates:
        findings = target.preflight([write.body for write in creates])
        for write, more in zip(creates, findings, strict=True):
            answers[write.address] += more
    if updates:
        accepted = [write.body for write in creates if not _refused_by(answers[write.address])]
        bodies = [write.body for write, _ in updates]
        findings = target.preflight_updates(bodies, [current for _, current in updates], accepted)
        for (write, _), more in zip(updates, findings, strict=True):
            answers[write.address] += more
    return [answers[write.address] for write in writes]


def _secrets_in(value: Any, path: str = "") -> Iterator[Finding]:
    """The texts that hold a secret of this program: sent on, it would be seen by the users of the target."""
    if isinstance(value, str):
        if holds_secret(value):
            message = (
                f"{path} contains a secret that this program signs in with: remove it in the source system, "
                "and replace the secret, which others have seen there"
            )
            yield Finding("secret", message, path=path)
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _secrets_in(member, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for index, member in enumerate(value):
            yield from _secrets_in(member, f"{path}[{index}]")


def _refused_by(findings: Sequence[Finding]) -> bool:
    return any(finding.refuses for finding in findings)


def _is_chosen(context: RunContext, remedy: Remedy | None) -> bool:
    return remedy is not None and context.settings.get(remedy.setting) == remedy.choice


def _remedied(change: Change, fields: Values | None) -> Change:
    if fields is None or not isinstance(change, Create | Update):
        return change
    return replace(change, payload=replace(change.payload, body={**change.payload.body, **fields}))


def _without(change: Change, names: Sequence[str]) -> Change:
    """A change to what exists without some fields. Its fingerprint stays: what is left out is settled."""
    if not names or not isinstance(change, Update | Adopt):
        return change
    kept = tuple(one for one in change.differences if top_level(one.path) not in names)
    if isinstance(change, Adopt):
        return replace(change, differences=kept, body=without(change.body, names))
    payload = replace(change.payload, body=without(change.payload.body, names))
    return replace(change, payload=payload, differences=kept)


def _refused(change: Change, held: Held | None) -> Change:
    """What exists is linked although the target would refuse the fields that differ."""
    if held is None or not is_sent(change):
        return change
    return replace(change, held=held) if isinstance(change, Adopt) else held


def _sentence(findings: Sequence[Finding]) -> str:
    return "; ".join(
        finding.message + (f" (nearest: {finding.suggestion})" if finding.suggestion else "")
        for finding in findings
    )
