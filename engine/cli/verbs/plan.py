"""`sync plan`: what a push would do now, field by field. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.options import config_argument, output_option
from engine.cli.output import counted

if TYPE_CHECKING:
    from engine.model.change import Change
    from engine.passes.context import RunContext
    from engine.passes.plan.flow_plan import FlowPlan


@click.command("plan")
@config_argument
@click.option(
    "--rules", is_flag=True, help="Also show documents that would differ only because the rules changed."
)
@click.option("--all", "everything", is_flag=True, help="Read on if a work queue shows a part of it at once.")
@output_option
def command(config: Path, rules: bool, everything: bool, output: str) -> int:
    """Read both systems and show what a push would create, update, adopt and hold. Writes nothing."""
    from engine.cli.session import run_command

    def act(context: RunContext) -> None:
        _plan(context, rules=rules, everything=everything)

    return run_command("plan", config, output, act, read_only=True)


def _plan(context: RunContext, *, rules: bool, everything: bool) -> None:
    from engine.model.amounts import amount
    from engine.model.change import Adopt, Create, Held, Skipped, Unchanged, Update
    from engine.model.report import Planned
    from engine.passes.plan.plan_totals import add_plan_totals
    from engine.passes.push import plan
    from engine.passes.write.foresee import foresee, report_foreseen
    from engine.planning.guard import exceeded

    outcomes = {Create: "created", Update: "updated", Adopt: "adopted", Unchanged: "unchanged"}
    if unfinished := len(context.ledger.batches.unfinished()):
        batches = counted(unfinished, "batch", "batches")
        context.report.add_notices([f"{batches} of earlier runs unconfirmed; a push completes them first"])
    plans = plan(context, everything=everything)
    context.report.add_notices(_unseen(plans, everything=everything))
    changes = [change for flow_plan in plans for change in flow_plan.changes]
    context.report.changes = changes if rules else [_without_rules(change) for change in changes]
    for flow_plan in plans:
        flow_report = context.report.flow(flow_plan.flow.name)
        for change in flow_plan.changes:
            if isinstance(change, Held):
                context.report.hold(change)
            elif isinstance(change, Adopt) and change.held:
                context.report.hold(change.held)
            elif isinstance(change, Skipped):
                flow_report.note(change.address, "skipped")
            else:
                flow_report.note(change.payload.address, outcomes[type(change)])
    foresight = foresee(context, plans)
    report_foreseen(context, foresight)
    add_plan_totals(context, plans, foresight.mails)
    context.report.planned = Planned(context.totals.emails, dict(context.totals.amounts))
    if context.totals.emails:
        context.report.add_notices([f"{counted(context.totals.emails, 'e-mail')} to send"])
    if context.totals.amounts:
        sums = ", ".join(f"{amount(sum_)} {unit}" for unit, sum_ in sorted(context.totals.amounts.items()))
        context.report.add_notices([f"new and changed documents: {sums}, including tax"])
    if reasons := exceeded(context.totals, context.limits):
        context.report.add_notices([f"a push would stop here without --yes: {'; '.join(reasons)}"])


def _without_rules(change: Change) -> Change:
    """Without what only the present rules would change: nothing is sent for it."""
    from engine.model.change import Unchanged

    return replace(change, differences=()) if isinstance(change, Unchanged) else change


def _unseen(plans: Sequence[FlowPlan], *, everything: bool) -> Iterator[str]:
    """What a plan does not show because a work queue does not."""
    for plan in plans:
        shown = f"{plan.flow.source} shows {plan.shown:,} records at once"
        if plan.queue_full and everything:
            yield f"{shown} at most: this plan may lack some that `sync run` pushes after them"
        elif plan.queue_full:
            yield f"{shown} and may have more, which `sync run` pushes too; use `sync plan --all`"
