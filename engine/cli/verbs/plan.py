"""`sync plan`: what a push would do now, field by field. Writes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.options import config_argument, output_option

if TYPE_CHECKING:
    from engine.passes.context import RunContext


@click.command("plan")
@config_argument
@output_option
def command(config: Path, output: str) -> int:
    """Read both sides and show what a push would create, update, adopt and hold."""
    from engine.cli.session import run_command

    return run_command("plan", config, output, _plan, writes=False)


def _plan(context: RunContext) -> None:
    from engine.model.amounts import amount
    from engine.model.change import Adopt, Create, Held, LeftOut, Unchanged, Update
    from engine.passes.plan_totals import add_plan_totals
    from engine.passes.push import plan
    from engine.planning.guard import exceeded

    outcomes = {Create: "created", Update: "updated", Adopt: "adopted", Unchanged: "unchanged"}
    begun = len(context.ledger.batches.unfinished())
    if begun:
        said = "1 batch of an earlier run is" if begun == 1 else f"{begun} batches of an earlier run are"
        context.report.add_notices([f"{said} not settled; a push finishes that first"])
    plans = plan(context)
    context.report.changes = [change for flow_plan in plans for change in flow_plan.changes]
    for flow_plan in plans:
        counted = context.report.flow(flow_plan.flow.name)
        for change in flow_plan.changes:
            if isinstance(change, Held):
                context.report.hold(change)
            elif isinstance(change, LeftOut):
                counted.note(change.address, "left_out")
            else:
                counted.note(change.payload.address, outcomes[type(change)])
    add_plan_totals(context, plans)
    if context.totals.amounts:
        sums = ", ".join(
            f"{amount(sum_)} {currency}" for currency, sum_ in sorted(context.totals.amounts.items())
        )
        context.report.add_notices([f"new and changed documents come to {sums}, taxes included"])
    if reasons := exceeded(context.totals, context.limits):
        context.report.add_notices([f"a push would stop here until --yes: {'; '.join(reasons)}"])
