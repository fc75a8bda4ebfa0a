"""`sync map`: what a mapping makes of a record, as it would go on the wire."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.options import PATH, config_argument, date_option
from engine.cli.output import complain, say, say_json

if TYPE_CHECKING:
    from engine.cli.map_records import Asked


@click.command("map")
@config_argument
@click.argument("mapping")
@click.argument("addresses", nargs=-1)
@click.option("--record", type=PATH, help="A JSON file: one record, or a list.")
@click.option("--tables", type=PATH, help="A folder with accounts.json and the like.")
@date_option
@click.option("--show-code", is_flag=True, help="Print the Python function that the mapping became.")
@click.option("--watch", is_flag=True, help="Go on: show what each change of the files does to the payload.")
@click.option(
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    help="The payload is JSON either way; with --watch, json is one line for each change.",
)
def command(
    config: Path,
    mapping: str,
    addresses: tuple[str, ...],
    record: Path | None,
    tables: Path | None,
    on: date | None,
    show_code: bool,
    watch: bool,
    output: str,
) -> int:
    """Print the payload that MAPPING makes of a record: of a file, or of live records by their ADDRESSES.

    With --watch, live records and tables are read once and kept. Ctrl-C ends it.
    """
    if watch and show_code:
        raise click.UsageError("--watch shows payloads: leave out --show-code")
    if show_code:
        return _show_code(config, mapping, output)
    if record is None and not addresses:
        raise click.UsageError("name a file with --record, or addresses such as psohub.invoices/1042")
    if record is not None and addresses:
        raise click.UsageError(f"--record maps {record}: leave out {addresses[0]}, or --record")
    from engine.cli.map_records import Asked
    from engine.mapping import Run

    run = Run(on or datetime.now(UTC).date(), "map")
    asked = Asked(config, mapping, addresses, record, tables, run)
    if watch:
        from engine.cli.watch import watch as keep_watching

        return keep_watching(asked, output)
    return _show(asked)


def _show_code(config: Path, mapping: str, output: str) -> int:
    from engine.cli.records import find_program
    from engine.workspace import load_project

    code = find_program(load_project(config), mapping).code
    if output == "json":
        say_json({"mapping": mapping, "code": code})
    else:
        say(code)
    return 0


def _show(asked: Asked) -> int:
    from engine.cli.map_records import map_all
    from engine.cli.records import lazily
    from engine.workspace import load_project

    project = load_project(asked.config)
    with lazily(project) as systems:
        outcome = map_all(asked, project, systems)
    for record in outcome.records:
        if record.note:
            complain(f"note: {record.note}")
    for one in outcome.problems:
        complain(one.text)
    say_json(outcome.shown)
    return 1 if outcome.problems else 0
