"""`sync push`: push what is new and changed."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.options import config_argument, output_option, yes_option


@click.command("push", short_help="push what is new and changed")
@config_argument
@output_option
@yes_option
def command(config: Path, output: str, yes: bool) -> int:
    """Finish what was begun, then push what is new and changed."""
    from engine.cli.session import conduct
    from engine.passes.desk import Desk
    from engine.passes.push import push

    def act(desk: Desk) -> None:
        if push(desk):
            desk.report.say(["the source's work queue may hold more than it showed; `sync run` works it off"])

    return conduct("push", config, output, act, yes=yes)
