"""`sync plan`: what a push would do now, field by field. Writes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.options import config_argument, output_option

if TYPE_CHECKING:
    from engine.passes.desk import Desk


@click.command("plan")
@config_argument
@output_option
def command(config: Path, output: str) -> int:
    """Read both sides and show what a push would create, update, adopt and hold."""
    from engine.cli.session import run_command

    return run_command("plan", config, output, _plan, writes=False)


def _plan(desk: Desk) -> None:
    from engine.model.amounts import amount
    from engine.model.change import Adopt, Create, Held, LeftOut, Unchanged, Update
    from engine.passes.push import count, plan
    from engine.planning.guard import passed

    outcomes = {Create: "created", Update: "updated", Adopt: "adopted", Unchanged: "unchanged"}
    begun = len(desk.ledger.batches.unfinished())
    if begun:
        said = "1 batch of an earlier run is" if begun == 1 else f"{begun} batches of an earlier run are"
        desk.report.say([f"{said} not settled; a push finishes that first"])
    plans = plan(desk)
    desk.report.changes = [change for flow in plans for change in flow.changes]
    for flow in plans:
        counted = desk.report.flow(flow.program.name)
        for change in flow.changes:
            if isinstance(change, Held):
                desk.report.hold(change)
            elif isinstance(change, LeftOut):
                counted.note(change.address, "left_out")
            else:
                counted.note(change.payload.address, outcomes[type(change)])
    count(desk, plans)
    if desk.tally.amounts:
        sums = ", ".join(
            f"{amount(sum_)} {currency}" for currency, sum_ in sorted(desk.tally.amounts.items())
        )
        desk.report.say([f"new and changed documents come to {sums}, taxes included"])
    if reasons := passed(desk.tally, desk.limits):
        desk.report.say([f"a push would stop here until --yes: {'; '.join(reasons)}"])
