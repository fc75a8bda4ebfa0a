"""`sync reconcile`: bring numbers and payments back, compare both books."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.options import config_argument, output_option


@click.command("reconcile")
@config_argument
@output_option
@click.option("--since-last", is_flag=True, help="Read only what changed since the last time, as `run` does.")
def command(config: Path, output: str, since_last: bool) -> int:
    """Read both books whole, bring numbers and payments back, and report every difference."""
    from engine.cli.session import run_command
    from engine.passes.context import RunContext
    from engine.passes.reconcile import reconcile

    def act(context: RunContext) -> None:
        reconcile(context, full=not since_last)

    return run_command("reconcile", config, output, act)
