"""`sync push`: push what is new and changed."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.options import config_argument, output_option, yes_option


@click.command("push")
@config_argument
@output_option
@yes_option
def command(config: Path, output: str, yes: bool) -> int:
    """Finish what was begun, then push what is new and changed."""
    from engine.cli.session import run_command
    from engine.passes.context import RunContext
    from engine.passes.push import push

    def act(context: RunContext) -> None:
        if push(context):
            context.report.add_notices(
                ["the source's work queue may hold more than it showed; `sync run` works it off"]
            )

    return run_command("push", config, output, act, yes=yes)
