"""`sync run`: push, then reconcile."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.options import config_argument, output_option, yes_option


@click.command("run")
@config_argument
@yes_option
@output_option
def command(config: Path, yes: bool, output: str) -> int:
    """Push new and changed records, bring back numbers and payments, and compare both books."""
    from engine.cli.session import run_command
    from engine.passes.run import run

    return run_command("run", config, output, run, yes=yes)
