"""`sync map`: the payload that a mapping makes of a record."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.options import config_argument, date_option, record_option, tables_option
from engine.cli.output import print_error, print_json, print_text

if TYPE_CHECKING:
    from engine.cli.map_records import MapRequest


@click.command("map")
@config_argument
@click.argument("mapping")
@click.argument("addresses", nargs=-1)
@record_option
@tables_option
@date_option
@click.option("--show-code", is_flag=True, help="Print the Python function compiled from the mapping.")
@click.option("--watch", is_flag=True, help="Keep running; show how each edit changes the payload.")
@click.option(
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="The payload is always JSON; with --watch, json prints one line for each change.",
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
    """Print the payload that MAPPING makes of a record: from a file, or live records by their ADDRESSES.

    Writes nothing. With --watch, live records and tables are read once and kept; Ctrl-C stops it.

    \b
    sync map configs/acme.yaml invoices --record invoice.json --tables tables
    sync map configs/acme.yaml invoices psohub.invoices/41939771881672249
    """
    if watch and show_code:
        raise click.UsageError("--watch and --show-code cannot be combined")
    if show_code:
        return _show_code(config, mapping, output)
    if record is None and not addresses:
        raise click.UsageError("give --record FILE, or an address such as psohub.invoices/1042")
    if record is not None and addresses:
        raise click.UsageError("give either --record FILE or addresses, not both")
    from engine.cli.map_records import MapRequest
    from engine.mapping import Run

    run = Run(on or datetime.now(UTC).date(), "map")
    request = MapRequest(config, mapping, addresses, record, tables, run)
    if watch:
        from engine.cli.watch import watch as keep_watching

        return keep_watching(request, output)
    return _show_payloads(request)


def _show_code(config: Path, mapping: str, output: str) -> int:
    from engine.cli.records import find_program
    from engine.workspace import load_project

    code = find_program(load_project(config), mapping).code
    if output == "json":
        print_json({"mapping": mapping, "code": code})
    else:
        print_text(code)
    return 0


def _show_payloads(request: MapRequest) -> int:
    from engine.cli.map_records import map_all
    from engine.cli.records import lazy_systems
    from engine.workspace import load_project

    project = load_project(request.config)
    with lazy_systems(project) as systems:
        result = map_all(request, project, systems)
    for record in result.records:
        for note in record.notes:
            print_error(f"note: {note}")
    for problem in result.problems:
        print_error(problem.text)
    print_json(result.shown)
    return 1 if result.problems else 0
