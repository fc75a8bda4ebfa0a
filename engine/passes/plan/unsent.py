"""Report what is different and is not sent: fields emptied at the source, documents of earlier rules."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.model.change import Unchanged, Update
from engine.model.link import Outdated
from engine.passes.context import RunContext
from engine.passes.plan.flow_plan import FlowPlan

_INDEX = re.compile(r"\[\d+\]")


def report_unsent(context: RunContext, plans: Sequence[FlowPlan]) -> None:
    """Add to the report what records of these plans differ in although nothing is sent for them."""
    for plan in plans:
        for row in outdated(plan):
            context.report.outdated.setdefault(row.mapping, {})[row.address] = row.fields
        context.report.add_notices(_emptied(plan))


def outdated(plan: FlowPlan) -> list[Outdated]:
    """Records that stay as they were sent although the present rules would give something else."""
    return [
        Outdated(
            plan.flow.name,
            change.payload.address,
            change.payload.fingerprint,
            tuple(dict.fromkeys(_INDEX.sub("", difference.path) for difference in change.differences)),
            change.payload.title,
        )
        for change in plan.changes
        if isinstance(change, Unchanged) and change.differences
    ]


def save_outdated(context: RunContext, plan: FlowPlan) -> None:
    """Keep them for `sync held retry`, and forget those that are so no longer."""
    store, name = context.ledger.outdated, plan.flow.name
    rows = outdated(plan)
    before = {row.address: row for row in store.rows(name)}
    decided = {change.payload.address for change in plan.changes if isinstance(change, Unchanged | Update)}
    fresh = [row for row in rows if before.get(row.address) != row]
    gone = before.keys() & decided - {row.address for row in rows}
    if fresh or gone:
        store.replace(name, fresh, [*gone, *(row.address for row in fresh)])


def _emptied(plan: FlowPlan) -> list[str]:
    source, target = plan.flow.source.system_name, plan.flow.target.system_name
    return [
        f"{change.payload.title or change.payload.address}: {', '.join(change.emptied)} emptied in {source}, "
        f"left as {'it is' if len(change.emptied) == 1 else 'they are'} in {target}; "
        "`clear: true` at the rule would empty it there too"
        for change in plan.changes
        if isinstance(change, Unchanged | Update) and change.emptied
    ]
