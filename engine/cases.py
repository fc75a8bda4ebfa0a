"""One record in a file, mapped as for its snapshot: on the same day, in the same layout.

    tests/mappings/
      records/psohub.invoices/two-currencies.json            a record, in the stream's own fields
      records/psohub.invoices/two-currencies.settings.yaml   optional: settings over the config's
      tables/accounts.json                                   rows for each reference table
      snapshots/invoices-two-currencies.json                 what the mapping makes of it

A case is found by its path: every mapping that reads the stream maps `records/<stream>/<name>.json`.
Tests compare with snapshots; `sync init` writes the first one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from engine.config import read_some_settings
from engine.config.records import read_record, table_rows
from engine.document import display_name
from engine.mapping import Program, Run
from engine.model.advice import did_you_mean, with_hint
from engine.model.diagnostics import Diagnostics
from engine.model.errors import ConfigError
from engine.model.outgoing import formed
from engine.model.payload import Payload, Refusal
from engine.model.record import Record
from engine.sdk.wire import dumps
from engine.workspace import Project, file_tables

RUN_DATE = date(2026, 3, 14)  # snapshots must not depend on the day
RUN = Run(RUN_DATE, "snapshot")
FOLDER = "records"


@dataclass(frozen=True, slots=True)
class Case:
    """One record, and the mapping to map it by. In reports it is named `invoices-two-currencies`."""

    mapping: str
    record: Path

    def __str__(self) -> str:
        return f"{self.mapping}-{self.record.stem}"

    @property
    def snapshot(self) -> Path:
        """The file that holds what the mapping makes of the record."""
        return self.record.parents[2] / "snapshots" / f"{self}.json"


def is_record(path: Path) -> bool:
    """Whether a file is in the folder of a case's record: `…/records/<system.stream>/<name>.json`."""
    return path.suffix == ".json" and path.parent.parent.name == FOLDER and "." in path.parent.name


def cases_of(record: Path, project: Project) -> list[Case]:
    """The cases of one record's file, by mapping. Raises ConfigError if no mapping reads its stream."""
    programs = project.programs.mappings.values()
    sources = {program.name: str(program.source) for program in programs if program.source}
    wanted = record.parent.name
    names = sorted(name for name, source in sources.items() if source == wanted)
    if not names:
        hint = did_you_mean(wanted, set(sources.values()))
        message = f"{display_name(record.parent)}: no mapping reads a stream {wanted}"
        raise ConfigError(with_hint(message, hint))
    return [Case(name, record) for name in names]


def wire_text(case: Case, project: Project) -> str:
    """What the case's record becomes: the payload as JSON, digit for digit as it is sent, indented and with
    open references spelled out; or, if it is refused or left out, why.

    Raises ConfigError if the record, its settings or a table cannot be read.
    """
    outcome = mapped(case, project)
    if isinstance(outcome, Payload):
        shown: Any = outcome.body
    elif outcome is None:
        shown = {"left out": f"by {case.mapping}'s where"}
    else:
        shown = {"refused": [{"code": refusal.code, "reason": refusal.reason} for refusal in outcome]}
    return dumps(shown, indent=2) + "\n"


def mapped(case: Case, project: Project) -> Payload | tuple[Refusal, ...] | None:
    """What the case's mapping makes of its record. Raises ConfigError."""
    record, settings, tables = inputs(case, project)
    program = project.programs.mappings[case.mapping]
    _, target = program.ends
    return formed(program.link(settings, tables, RUN), project.streams[target])(record)


def inputs(case: Case, project: Project) -> tuple[Record, Mapping[str, Any], Mapping[str, Any]]:
    """What the case's mapping works on: its record, settings and tables. Raises ConfigError."""
    program = project.programs.mappings[case.mapping]
    source, _ = program.ends
    record = read_record(case.record, source, project.streams[source])
    tables = dict(_tables(project, program, case.record.parents[2] / "tables"))
    return record, _settings(project, case.record), tables


def _settings(project: Project, record: Path) -> Mapping[str, Any]:
    file = record.with_suffix(".settings.yaml")
    if not file.exists():
        return project.config.settings
    diagnostics = Diagnostics()
    settings = read_some_settings(file, project.config.pack.settings, diagnostics)
    diagnostics.raise_if_errors()
    return {**project.config.settings, **settings}


def _tables(project: Project, program: Program, folder: Path) -> Iterator[tuple[str, Any]]:
    files = file_tables(project.config)
    for name in program.tables:
        if name in files:
            yield name, files[name]
            continue
        yield name, table_rows(folder, name, project.streams[project.table_streams[name]])
