"""`sync ledger verify` and `sync ledger backup`: whether all of a ledger can be read, and a copy of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.options import config_argument, output_option
from engine.cli.output import counted, print_json, print_text
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.ledger import Damage
    from engine.workspace import Project

MOST_ROWS = 20  # shown as text; JSON has them all


@click.group("ledger")
def command() -> None:
    """Check the ledger for damage, or copy it. Asks no system."""


@command.command("verify", short_help="read every row; list what is damaged")
@config_argument
@output_option
def verify(config: Path, output: str) -> int:
    """Check the ledger's file, its tables, and every row with the code that reads it. Changes nothing.

    Ends with 0 if all of it is sound, else with 2. A damaged ledger is replaced by its last good backup: the
    next run then finds what was pushed since by its number, and adopts it.
    """
    from engine.workspace import load_project

    project = load_project(config)
    damage = _damage(project)
    if output == "json":
        rows = [{"table": row.table, "record": row.record, "problem": row.problem} for row in damage]
        print_json({"config": project.config.name, "ledger": project.config.ledger, "damage": rows})
    elif damage:
        print_text(f"{project.config.name}: {project.config.ledger} is damaged")
        for row in damage[:MOST_ROWS]:
            print_text(f"  {row}")
        if rest := damage[MOST_ROWS:]:
            print_text(f"  … and {counted(len(rest), 'more place')}; --output json lists them all")
        print_text("  restore its last good backup")
    else:
        print_text(f"{project.config.name}: every row of {project.config.ledger} can be read")
    return 2 if damage else 0


@command.command("backup", short_help="copy the ledger to a new file")
@config_argument
@click.argument("file", type=click.Path(path_type=Path))
@output_option
def backup(config: Path, file: Path, output: str) -> int:
    """Copy the ledger to FILE, which must not exist yet. Runs may go on meanwhile; the copy is complete.

    A damaged ledger is not copied: it would take the place of a good backup.

    \b
    sync ledger backup configs/acme.yaml "acme-$(date +%F).db"
    """
    from engine.ledger import ledger_exists, open_ledger
    from engine.workspace import load_project

    project = load_project(config)
    if not ledger_exists(project.config.ledger):
        raise ConfigError(f"there is no ledger {project.config.ledger} yet; the first run creates it")
    if damage := _damage(project):
        raise ConfigError(
            f"the ledger {project.config.ledger} is damaged ({damage[0]}), and was not copied; "
            f"`sync ledger verify {config}` lists all the damage"
        )
    ledger = open_ledger(project.config.ledger, read_only=True)
    try:
        ledger.back_up(file)
    finally:
        ledger.close()
    if output == "json":
        print_json({"config": project.config.name, "ledger": project.config.ledger, "file": str(file)})
    else:
        print_text(f"{project.config.name}: copied {project.config.ledger} to {file}")
    return 0


def _damage(project: Project) -> list[Damage]:
    from engine.ledger import open_ledger

    ledger = open_ledger(project.config.ledger, read_only=True)
    try:
        return ledger.damage()
    finally:
        ledger.close()
