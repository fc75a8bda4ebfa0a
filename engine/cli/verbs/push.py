"""`sync push`: create and update records in the target."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.options import config_argument, output_option, yes_option


@click.command("push")
@config_argument
@yes_option
@output_option
def command(config: Path, yes: bool, output: str) -> int:
    """Complete unfinished writes of earlier runs, then push new and changed records."""
    from engine.cli.session import run_command
    from engine.passes.context import RunContext
    from engine.passes.push import push

    def act(context: RunContext) -> None:
        if push(context):
            context.report.add_notices(
                ["the source may have more records in its queue; `sync run` works through it"]
            )

    return run_command("push", config, output, act, yes=yes)
