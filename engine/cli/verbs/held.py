"""`sync held`: the held queue: what was refused and waits for a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.options import DefaultGroup, config_argument, output_option
from engine.cli.output import print_json, print_text
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.ledger import Ledger
    from engine.model.link import HeldRow

RETRY = (
    "Every push tries these again, except for records that the target itself refused: those wait until they\n"
    "change at the source, or until `sync held retry {config}` releases them."
)
MOST_NAMES = 5
OUTDATED = "outdated"  # in place of a code: such a record is not held

Rows = Sequence["HeldRow"]


@click.group("held", cls=DefaultGroup, default="list")
def command() -> None:
    """List held records; retry, drop or dismiss them.

    \b
    sync held configs/acme.yaml                        what is held, grouped by cause
    sync held retry configs/acme.yaml                  let the next push try all of it again
    sync held retry configs/acme.yaml INV-2026-0007    only this invoice
    sync held drop configs/acme.yaml INV-2026-0007     do not send its e-mail
    sync held dismiss configs/acme.yaml INV-2026-0007 --why "paid in cash"
    """


@command.command("list", short_help="list what is held and why")
@config_argument
@output_option
def list_(config: Path, output: str) -> int:
    """List what is held and why."""
    from engine.cli.render.held import dismissal_json, dismissed_line, grouped, held_json
    from engine.ledger import open_ledger
    from engine.workspace import load_project

    project = load_project(config)
    ledger = open_ledger(project.config.ledger, read_only=True)
    try:
        rows = [held_json(row) for row in ledger.held.rows()]
        dismissed = [dismissal_json(dismissal) for dismissal in ledger.dismissed.all().values()]
    finally:
        ledger.close()
    if output == "json":
        print_json({"config": project.config.name, "held": rows, "dismissed": dismissed})
        return 1 if rows else 0
    if rows:
        print_text(f"{project.config.name}: {len(rows):,} held\n")
        print_text("\n".join(grouped(rows, "  ")))
        print_text("\n" + RETRY.format(config=config))
    else:
        print_text(f"{project.config.name}: nothing is held")
    if dismissed:
        print_text(f"\n  dismissed: {len(dismissed):,}, left alone until they change")
        print_text("\n".join(map(dismissed_line, dismissed)))
    return 1 if rows else 0


@command.command("retry", short_help="let the next push try held records again")
@config_argument
@click.argument("addresses", nargs=-1)
@output_option
def retry(config: Path, addresses: tuple[str, ...], output: str) -> int:
    """Let the next push try held records again: those at ADDRESSES, or all.

    ADDRESSES are addresses such as psohub.invoices/1042, or document numbers. Records in doubt may already
    exist in the target, and e-mails in doubt may already have been sent: they are released only if named.
    So are documents that stay as they were sent although the rules have changed: the next push sends them.
    """
    name, released, left = _change_queue(config, addresses, _release)
    if output == "json":
        print_json({"config": name, "released": released})
        return 0
    if released:
        them = "it" if len(released) == 1 else "them"
        print_text(f"{name}: {len(released):,} released; the next push tries {them} again")
    if left:
        names = ", ".join(left[:MOST_NAMES]) + (", …" if len(left) > MOST_NAMES else "")
        print_text(f"{name}: {len(left):,} in doubt, released only if named: {names}")
    elif not released:
        print_text(f"{name}: nothing is held")
    return 0


@command.command("drop", short_help="discard held e-mails without sending them")
@config_argument
@click.argument("addresses", nargs=-1, required=True)
@output_option
def drop(config: Path, addresses: tuple[str, ...], output: str) -> int:
    """Discard the held e-mails of the records at ADDRESSES; they are never sent. The records are kept."""
    name, dropped, _ = _change_queue(config, addresses, _drop)
    if output == "json":
        print_json({"config": name, "dropped": dropped})
    else:
        print_text(f"{name}: {len(dropped):,} dropped; nothing will be sent for {', '.join(dropped)}")
    return 0


@command.command("dismiss", short_help="leave held records alone until they change")
@config_argument
@click.argument("addresses", nargs=-1, required=True)
@click.option("--why", default="", metavar="TEXT", help="The reason; it is shown in reports.")
@click.option("--undo", is_flag=True, help="Put the records at ADDRESSES back into the queue.")
@output_option
def dismiss(config: Path, addresses: tuple[str, ...], why: str, undo: bool, output: str) -> int:
    """Leave the held records at ADDRESSES alone: they are not pushed, and not held, until they change.

    They stay in the books, as a row with the reason.
    """
    from functools import partial

    from engine.workspace import current_holder

    if not undo and not why.strip():
        raise click.UsageError("--why is missing: give the reason, for those who read the reports later")
    act = _undo if undo else partial(_dismiss, why=why.strip(), who=current_holder())
    name, changed, _ = _change_queue(config, addresses, act, dismissed=undo)
    if output == "json":
        print_json({"config": name, "undone" if undo else "dismissed": changed})
    elif undo:
        print_text(f"{name}: {len(changed):,} no longer dismissed; the next push tries again")
    else:
        print_text(f"{name}: {len(changed):,} dismissed, left alone until the source changes")
    return 0


Act = Callable[["Ledger", Rows, bool], tuple[Rows, Rows]]


def _change_queue(
    config: Path, wanted: Sequence[str], act: Act, *, dismissed: bool = False
) -> tuple[str, list[str], list[str]]:
    """Change held rows, or those `dismissed`, under the run lock. Returns the config's name and the addresses
    changed and left.
    """
    from engine.cli.held_rows import named_rows
    from engine.ledger import open_ledger
    from engine.workspace import current_holder, load_project

    project = load_project(config)
    ledger = open_ledger(project.config.ledger)
    try:
        with ledger.hold_lock(current_holder()):
            if dismissed:
                rows = [dismissal.row for dismissal in ledger.dismissed.all().values()]
            else:
                rows = [*ledger.held.rows(), *(_outdated(ledger) if act is _release and wanted else ())]
            named = named_rows(ledger, rows, wanted, config, "dismissed" if dismissed else "held")
            changed, left = act(ledger, named, bool(wanted))
    finally:
        ledger.close()
    return project.config.name, [str(row.address) for row in changed], [str(row.address) for row in left]


def _release(ledger: Ledger, rows: Rows, named: bool) -> tuple[Rows, Rows]:
    from engine.planning.decide import IN_DOUBT, MAY_EXIST

    left = [] if named else [row for row in rows if row.code in (*MAY_EXIST, IN_DOUBT)]
    released = [row for row in rows if row not in left]
    for row in released:
        if row.code == OUTDATED:
            ledger.held.approve(row.mapping, row.address, row.fingerprint)
        else:
            ledger.held.retry(row.mapping, row.address, row.verb)
    return released, left


def _outdated(ledger: Ledger) -> list[HeldRow]:
    """Documents that stay as they were sent although the rules have changed: not held, but sent if named."""
    from datetime import UTC, datetime

    from engine.model.link import HeldRow

    return [
        HeldRow(
            row.mapping,
            row.address,
            OUTDATED,
            "",
            "",
            row.fingerprint,
            datetime.min.replace(tzinfo=UTC),
            row.title,
        )
        for row in ledger.outdated.rows()
    ]


def _drop(ledger: Ledger, rows: Rows, named: bool) -> tuple[Rows, Rows]:
    from engine.model.link import WRITE

    del named
    dropped = [row for row in rows if row.verb != WRITE]
    mailed = {row.address for row in dropped}
    for row in rows:
        if row.address not in mailed:
            raise ConfigError(
                f"{row.address} itself is held, not its e-mail: correct it at its source, "
                "or use `sync held retry` to try it again"
            )
    for row in dropped:
        ledger.held.drop(row.mapping, row.address, row.verb)
    return dropped, []


def _dismiss(ledger: Ledger, rows: Rows, named: bool, *, why: str, who: str) -> tuple[Rows, Rows]:
    from engine.model.link import WRITE

    del named
    records = [row for row in rows if row.verb == WRITE]
    for row in rows:
        if row.address not in {record.address for record in records}:
            raise ConfigError(f"{row.address} itself is not held, only its {row.verb}: use `sync held drop`")
    for row in records:
        ledger.dismissed.dismiss(row.mapping, row.address, why, who)
    return records, []


def _undo(ledger: Ledger, rows: Rows, named: bool) -> tuple[Rows, Rows]:
    del named
    for row in rows:
        ledger.dismissed.undo(row.mapping, row.address)
    return rows, []
