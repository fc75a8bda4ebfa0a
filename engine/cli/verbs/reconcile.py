"""`sync reconcile`: bring back numbers and payments, compare both books."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.options import config_argument, output_option


@click.command("reconcile")
@config_argument
@click.option("--since-last", is_flag=True, help="Read only what changed since the last time, as `run` does.")
@output_option
def command(config: Path, since_last: bool, output: str) -> int:
    """Read both books in full, bring back numbers and payments, and report every difference."""
    from engine.cli.session import run_command
    from engine.passes.compare.reconcile import reconcile
    from engine.passes.context import RunContext

    def act(context: RunContext) -> None:
        reconcile(context, full=not since_last)

    return run_command("reconcile", config, output, act)
