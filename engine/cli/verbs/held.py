"""`sync held`: the desk for what was refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.options import VerbFirst, config_argument, output_option
from engine.cli.output import say, say_json

if TYPE_CHECKING:
    from engine.ledger import Ledger
    from engine.model.link import HeldRow

RETRY = "Every push looks at these again, but not at what the target itself refused: that waits until its\n" \
    "record changes, or until `sync held retry {config}` releases it."  # fmt: skip


@click.group("held", cls=VerbFirst, meant="list")
def command() -> None:
    """List what is held, or let it be tried again.

    \b
    sync held configs/acme.yaml                        what waits, by cause
    sync held retry configs/acme.yaml                  lets all of it be tried again
    sync held retry configs/acme.yaml INV-2026-0007    or just this
    sync held drop configs/acme.yaml INV-2026-0007     its e-mail is not to be sent
    """


@command.command("list", short_help="show what is held and why")
@config_argument
@output_option
def list_(config: Path, output: str) -> int:
    """Show what is held and why."""
    from engine.cli.render.held import grouped, held_json
    from engine.ledger import open_ledger
    from engine.workspace import load_project

    project = load_project(config)
    ledger = open_ledger(project.config.ledger, read_only=True)
    try:
        rows = [held_json(row) for row in ledger.held.rows()]
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
    psohub.invoices/1042, or the number that people know), or all.

    What is in doubt may stand there, or be in the customer's mail, already: it is let go only by its name.
    """
    name, released, kept = _at_the_desk(config, addresses, _release)
    if output == "json":
        say_json({"config": name, "released": released})
        return 0
    if released:
        them = "it" if len(released) == 1 else "them"
        say(f"{name}: {len(released):,} released; the next push tries {them} again")
    if kept:
        shown = ", ".join(kept[:5]) + (", …" if len(kept) > 5 else "")
        say(f"{name}: {len(kept):,} in doubt, to be released by name only: {shown}")
    elif not released:
        say(f"{name}: nothing is held")
    return 0


@command.command("drop", short_help="take held e-mails off the desk without sending them")
@config_argument
@click.argument("addresses", nargs=-1, required=True)
@output_option
def drop(config: Path, addresses: tuple[str, ...], output: str) -> int:
    """Take held e-mails off the desk without sending them, now or later: those of the records that ADDRESSES
    name. The records themselves stay as they are."""
    name, dropped, _ = _at_the_desk(config, addresses, _drop)
    if output == "json":
        say_json({"config": name, "dropped": dropped})
    else:
        say(f"{name}: {len(dropped):,} dropped; nothing is sent for {', '.join(dropped)}")
    return 0


Act = Callable[["Ledger", "Sequence[HeldRow]", bool], "tuple[Sequence[HeldRow], Sequence[HeldRow]]"]


def _at_the_desk(config: Path, wanted: Sequence[str], act: Act) -> tuple[str, list[str], list[str]]:
    """Do something with held rows while nobody else runs: the config's name, what was done, what was not."""
    from engine.ledger import open_ledger
    from engine.workspace import holder, load_project

    project = load_project(config)
    ledger = open_ledger(project.config.ledger)
    try:
        with ledger.hold_lock(holder()):
            done, kept = act(ledger, _named(ledger, wanted, config), bool(wanted))
    finally:
        ledger.close()
    return project.config.name, [str(one.address) for one in done], [str(one.address) for one in kept]


def _named(ledger: Ledger, wanted: Sequence[str], config: Path) -> list[HeldRow]:
    from engine.model.advice import did_you_mean
    from engine.model.errors import ConfigError

    rows = ledger.held.rows()
    known = {name for row in rows for name in _names(row)}
    for one in wanted:
        if one not in known:
            guess = did_you_mean(one, known)
            raise ConfigError(f'"{one}" is not held; {guess or f"`sync held {config}` lists what is"}')
    return [row for row in rows if not wanted or _names(row) & set(wanted)]


def _names(row: HeldRow) -> set[str]:
    return {str(row.address), row.address.key, row.title} - {""}


def _release(
    ledger: Ledger, rows: Sequence[HeldRow], named: bool
) -> tuple[Sequence[HeldRow], Sequence[HeldRow]]:
    from engine.planning.decide import CARRIED, IN_DOUBT

    kept = [] if named else [row for row in rows if row.code in (CARRIED, IN_DOUBT)]
    released = [row for row in rows if row not in kept]
    for row in released:
        ledger.held.retry(row.mapping, row.address, row.verb)
    return released, kept


def _drop(
    ledger: Ledger, rows: Sequence[HeldRow], named: bool
) -> tuple[Sequence[HeldRow], Sequence[HeldRow]]:
    from engine.model.errors import ConfigError
    from engine.model.link import WRITE

    del named
    dropped = [row for row in rows if row.verb != WRITE]
    mailed = {row.address for row in dropped}
    for row in rows:
        if row.address not in mailed:
            raise ConfigError(
                f"{row.address} is held itself, not its e-mail: mend it at its source, "
                "or let it be tried again with `sync held retry`"
            )
    for row in dropped:
        ledger.held.drop(row.mapping, row.address, row.verb)
    return dropped, []
