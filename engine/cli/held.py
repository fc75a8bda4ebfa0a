"""`sync held`: the desk for what was refused."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.options import config_argument, output_option


class _ListFirst(click.Group):
    """`sync held CONFIG` is `sync held list CONFIG`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            args = ["list", *args]
        return super().resolve_command(ctx, args)


@click.group("held", cls=_ListFirst, short_help="what was refused and waits for a person")
def command() -> None:
    """List what is held, or let it be tried again."""


@command.command("list")
@config_argument
@output_option
def list_(config: Path, output: str) -> int:
    """Show what is held and why."""
    from engine.cli.status import _held
    from engine.ledger import open_ledger
    from engine.sdk.wire import dumps
    from engine.workspace import load_project

    project = load_project(config)
    ledger = open_ledger(project.config.ledger)
    try:
        rows = [_held(row) for row in ledger.held()]
    finally:
        ledger.close()
    if output == "json":
        click.echo(dumps({"config": project.config.name, "held": rows}, indent=2))
    else:
        for row in rows:
            click.echo(f"{row['address']}  {row['title']}  {row['code']}: {row['reason']}")
        click.echo(f"{len(rows)} held" if rows else "nothing is held")
    return 1 if rows else 0


@command.command("retry")
@config_argument
@click.argument("addresses", nargs=-1)
@output_option
def retry(config: Path, addresses: tuple[str, ...], output: str) -> int:
    """Let held records be tried again by the next push: the ADDRESSES named, or all."""
    from engine.ledger import open_ledger
    from engine.model.errors import ConfigError
    from engine.sdk.wire import dumps
    from engine.workspace import holder, load_project

    project = load_project(config)
    ledger = open_ledger(project.config.ledger)
    released = []
    try:
        with ledger.hold_lock(holder()):
            rows = ledger.held()
            known = {str(row.address) for row in rows} | {row.title for row in rows if row.title}
            unknown = [one for one in addresses if one not in known]
            if unknown:
                raise ConfigError(f"{unknown[0]} is not held; `sync held {config}` lists what is")
            for row in rows:
                if not addresses or str(row.address) in addresses or row.title in addresses:
                    ledger.release(row.mapping, row.address, row.verb)
                    released.append(str(row.address))
    finally:
        ledger.close()
    if output == "json":
        click.echo(dumps({"config": project.config.name, "released": released}, indent=2))
    else:
        click.echo(f"{len(released)} released; the next push tries them again")
    return 0
