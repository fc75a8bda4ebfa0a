"""`sync held`: the desk for what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.options import config_argument, output_option
from engine.cli.output import say, say_json

if TYPE_CHECKING:
    from engine.ledger import Ledger
    from engine.model.link import HeldRow

RETRY = "Every push looks at these again, but not at what the target itself refused: that waits until its\n" \
    "record changes, or until `sync held retry {config}` releases it."  # fmt: skip


class _ListFirst(click.Group):
    """`sync held CONFIG` is `sync held list CONFIG`, wherever its options stand."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group("held", cls=_ListFirst, short_help="what was refused and waits for a person")
def command() -> None:
    """List what is held, or let it be tried again.

    \b
    sync held configs/acme.yaml                        what waits, by cause
    sync held retry configs/acme.yaml                  lets all of it be tried again
    sync held retry configs/acme.yaml INV-2026-0007    or just this
    """


@command.command("list", short_help="show what is held and why")
@config_argument
@output_option
def list_(config: Path, output: str) -> int:
    """Show what is held and why."""
    from engine.cli.held_text import grouped
    from engine.cli.status import as_held
    from engine.ledger import open_ledger
    from engine.workspace import load_project

    project = load_project(config)
    ledger = open_ledger(project.config.ledger, looking=True)
    try:
        rows = [as_held(row) for row in ledger.held()]
    finally:
        ledger.close()
    if output == "json":
        say_json({"config": project.config.name, "held": rows})
    elif rows:
        say(f"{project.config.name}: {len(rows):,} held\n")
        say("\n".join(grouped(rows, "  ")))
        say("\n" + RETRY.format(config=config))
    else:
        say(f"{project.config.name}: nothing is held")
    return 1 if rows else 0


@command.command("retry", short_help="let held records be tried again by the next push")
@config_argument
@click.argument("addresses", nargs=-1)
@output_option
def retry(config: Path, addresses: tuple[str, ...], output: str) -> int:
    """Let held records be tried again by the next push: those named by ADDRESSES (an address such as
    psohub.invoices/1042, or the number that people know), or all."""
    from engine.ledger import open_ledger
    from engine.workspace import holder, load_project

    project = load_project(config)
    ledger = open_ledger(project.config.ledger)
    try:
        with ledger.hold_lock(holder()):
            released = _released(ledger, addresses, config)
    finally:
        ledger.close()
    if output == "json":
        say_json({"config": project.config.name, "released": released})
    elif released:
        them = "it" if len(released) == 1 else "them"
        say(f"{project.config.name}: {len(released):,} released; the next push tries {them} again")
    else:
        say(f"{project.config.name}: nothing is held")
    return 0


def _released(ledger: Ledger, wanted: Sequence[str], config: Path) -> list[str]:
    from engine.model.diagnostics import did_you_mean
    from engine.model.errors import ConfigError

    rows = ledger.held()
    known = {name for row in rows for name in _names(row)}
    for one in wanted:
        if one not in known:
            guess = did_you_mean(one, known)
            raise ConfigError(f'"{one}" is not held; {guess or f"`sync held {config}` lists what is"}')
    found = [row for row in rows if not wanted or _names(row) & set(wanted)]
    for row in found:
        ledger.release(row.mapping, row.address, row.verb)
    return [str(row.address) for row in found]


def _names(row: HeldRow) -> set[str]:
    return {str(row.address), row.address.key, row.title} - {""}
