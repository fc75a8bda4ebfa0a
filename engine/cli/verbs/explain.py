"""`sync explain`: where each field of a payload comes from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.options import config_argument, date_option, output_option, record_option, tables_option
from engine.cli.output import print_json, print_text
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.cli.records import LazySystems
    from engine.cli.render.explain.explanation import Explanation
    from engine.mapping import Program, Run
    from engine.model.record import Record
    from engine.workspace import Project


@click.command("explain")
@config_argument
@click.argument("address", required=False)
@click.argument("path", required=False)
@click.option("--mapping", metavar="NAME", help="The mapping, if several read the record's stream.")
@record_option
@tables_option
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
    """Show each field of the payload with its value, its rule, and the values that the rule read.

    \b
    sync explain configs/acme.yaml psohub.invoices/41939771881672249
    sync explain configs/acme.yaml psohub.invoices/41939771881672249 LineItems[0].AccountCode
    sync explain configs/acme.yaml --mapping invoices --record invoice.json --tables tables DueDate

    PATH limits the output to one field and its parts; LineItems[].AccountCode is that of every line. With
    --record, leave out ADDRESS.
    """
    from engine.cli.records import lazy_systems
    from engine.cli.render.explain.json import explanation_json
    from engine.cli.render.explain.text import explanation_text
    from engine.mapping import Run
    from engine.workspace import load_project

    if record is not None:
        address, path = None, path or address
    elif address is None:
        raise click.UsageError("give an address such as psohub.invoices/1042, or --record FILE")
    project = load_project(config)
    candidates = _candidates(project, address, mapping)
    run = Run(on or datetime.now(UTC).date(), "explain")
    with lazy_systems(project) as systems:
        explanations = [
            _explain(
                project,
                program,
                _record(project, program, address, record, systems),
                tables,
                systems,
                run,
                path,
            )
            for program in candidates
        ]
    explanation = _relevant(explanations)
    if output == "json":
        print_json(explanation_json(explanation))
    else:
        print_text(explanation_text(explanation))
    return 1 if explanation.outcome == "refused" else 0


def _candidates(project: Project, address: str | None, mapping: str | None) -> list[Program]:
    """The named mapping, else those that read the address's stream, in the order in which they run."""
    from engine.cli.records import find_flow, parse_address
    from engine.model.advice import list_available, with_hint

    if mapping is not None:
        return [find_flow(project, mapping)]
    flows = [project.programs.mappings[name] for name in project.programs.order]
    source = parse_address(address).stream_ref if address is not None else None
    candidates = [program for program in flows if source is None or program.source == source]
    if not candidates:
        names = sorted(program.name for program in flows)
        raise ConfigError(with_hint(f"no mapping reads {source}", list_available(names)))
    if source is None and len(candidates) > 1:
        raise _choose(program.name for program in candidates)
    return candidates


def _relevant(explanations: list[Explanation]) -> Explanation:
    """The one of the mapping that does not leave the record out; if all do, the first."""
    taking = [explanation for explanation in explanations if explanation.where is not False] or explanations[
        :1
    ]
    if len(taking) > 1:
        raise _choose(explanation.program.name for explanation in taking)
    return taking[0]


def _choose(names: Iterable[str]) -> ConfigError:
    return ConfigError(f"choose one of {', '.join(sorted(names))} with --mapping")


def _record(
    project: Project, program: Program, address: str | None, file: Path | None, systems: LazySystems
) -> Record:
    from engine.cli.records import live_records, parse_address
    from engine.config.records import read_record

    source, _ = program.ends
    if file is not None:
        return read_record(file, source, project.streams[source])
    wanted = parse_address(address or "", source)
    return live_records(program, systems, [wanted])[wanted]


def _explain(
    project: Project,
    program: Program,
    record: Record,
    folder: Path | None,
    systems: LazySystems,
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
    every, actions = explaining.fields(trace), explaining.actions(trace)
    fields = narrowed(every, path)
    if path is not None:
        actions = [action for action in actions if action.to is not None and narrowed([action.to], path)]
    if path is not None and not (fields or actions) and trace.where is not False:
        raise ConfigError(no_such_field(program.name, path, every))
    stream = project.streams[program.ends[0]]
    title = str(record.values.get(stream.title) or "")
    return Explanation(
        project.config,
        program,
        record.address,
        title,
        outcome,
        trace.where,
        fields,
        explaining.where(trace),
        actions,
    )
