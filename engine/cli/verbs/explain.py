"""`sync explain`: where each field of a payload comes from."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.options import PATH, config_argument, date_option, output_option
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.cli.records import Lazily
    from engine.cli.render.explain.explanation import Explanation
    from engine.mapping import Program, Run
    from engine.model.record import Record
    from engine.workspace import Project


@click.command("explain")
@config_argument
@click.argument("address", required=False)
@click.argument("path", required=False)
@click.option("--mapping", help="Which mapping, where several read the record's stream.")
@click.option("--record", type=PATH, help="A JSON file with the record, not a live one.")
@click.option("--tables", type=PATH, help="A folder with accounts.json and the like.")
@date_option
@output_option
def command(
    config: Path,
    address: str | None,
    path: str | None,
    mapping: str | None,
    record: Path | None,
    tables: Path | None,
    on: date | None,
    output: str,
) -> int:
    """Show for each field of the record at ADDRESS its value, its rule, and what the rule read.

    \b
    sync explain configs/acme.yaml psohub.invoices/41939771881672249
    sync explain configs/acme.yaml psohub.invoices/41939771881672249 LineItems[0].AccountCode
    sync explain configs/acme.yaml --mapping invoices --record invoice.json --tables tables DueDate

    PATH narrows it to one field and what is in it; LineItems[].AccountCode is that of every line. With
    --record, ADDRESS is left out.
    """
    from engine.cli.output import say, say_json
    from engine.cli.records import lazily
    from engine.cli.render.explain.json import explanation_json
    from engine.cli.render.explain.text import explanation_text
    from engine.mapping import Run
    from engine.workspace import load_project

    if record is not None:
        address, path = None, path or address
    elif address is None:
        raise click.UsageError("name an address such as psohub.invoices/1042, or a file with --record")
    project = load_project(config)
    program = _program(project, address, mapping)
    run = Run(on or datetime.now(UTC).date(), "explain")
    with lazily(project) as systems:
        found = _record(project, program, address, record, systems)
        told = _explained(project, program, found, tables, systems, run, path)
    if output == "json":
        say_json(explanation_json(told))
    else:
        say(explanation_text(told))
    return 1 if told.outcome == "refused" else 0


def _program(project: Project, address: str | None, mapping: str | None) -> Program:
    """The flow that is meant: the one that is named, else the only one that reads the address's stream."""
    from engine.cli.records import find_program, parse_address
    from engine.model.advice import there_are

    if mapping is not None:
        program = find_program(project, mapping)
        if program.source is None:
            raise ConfigError(f"{mapping} is a shape; explain the mapping that uses it, and name its field")
        return program
    flows = [one for one in project.programs.mappings.values() if one.source is not None]
    source = parse_address(address).stream_ref if address is not None else None
    fitting = [one for one in flows if source is None or one.source == source]
    if len(fitting) == 1:
        return fitting[0]
    names = sorted(one.name for one in fitting or flows)
    if not fitting:
        raise ConfigError(f"no mapping reads {source}; {there_are(names)}")
    raise ConfigError(f"several mappings could be meant: {', '.join(names)}; name one with --mapping")


def _record(
    project: Project, program: Program, address: str | None, file: Path | None, systems: Lazily
) -> Record:
    from engine.cli.records import live_records, parse_address
    from engine.config.records import read_record

    source, _ = program.ends
    if file is not None:
        return read_record(file, source, project.streams[source])
    asked = parse_address(address or "", source)
    if asked.stream_ref != source:
        raise ConfigError(f"{program.name} maps {source}, and {asked} is no record of it")
    return live_records(program, systems, [asked])[asked]


def _explained(
    project: Project,
    program: Program,
    record: Record,
    folder: Path | None,
    systems: Lazily,
    run: Run,
    path: str | None,
) -> Explanation:
    from engine.cli.records import tables_for
    from engine.cli.render.explain.explanation import Explanation, narrowed, no_such_field
    from engine.mapping.describe.explaining import Explaining
    from engine.mapping.describe.tracing import traced

    tables = tables_for(project, program, folder, systems)
    build = traced(project.programs, program.name).link(project.config.settings, tables, run)
    outcome, trace = build(record)
    explaining = Explaining(build, tables)
    every = explaining.fields(trace)
    fields = narrowed(every, path)
    if path is not None and not fields and trace.where is not False:
        raise ConfigError(no_such_field(program.name, path, every))
    stream = project.streams[program.ends[0]]
    title = str(record.values.get(stream.title) or "")
    return Explanation(
        project.config, program, record.address, title, outcome, trace.where, fields, explaining.where(trace)
    )
