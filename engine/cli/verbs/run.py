"""`sync run`: push, then reconcile."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.options import config_argument, output_option, yes_option


@click.command("run")
@config_argument
@output_option
@yes_option
def command(config: Path, output: str, yes: bool) -> int:
    """Push what is new, bring numbers and payments back, compare both books."""
    from engine.cli.session import run_command
    from engine.passes.run import run

    return run_command("run", config, output, run, yes=yes)
