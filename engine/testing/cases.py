"""Cases for snapshot tests: one JSON record a file, mapped as `sync map` would.

    tests/mappings/
      records/psohub.invoices/two-currencies.json     a record, in the stream's own fields
      tables/accounts.json                            rows for each reference table

A case is found by its place: every mapping that reads the stream maps `records/<stream>/<name>.json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from engine.mapping import Program, Run
from engine.model.address import Address
from engine.model.payload import Payload
from engine.model.record import Record, typed
from engine.sdk.wire import dumps, loads
from engine.workspace import Project, file_tables, load_project

RUN_DATE = date(2026, 3, 14)  # snapshots must not know what day it is


@dataclass(frozen=True, slots=True)
class Case:
    """One record, and the mapping to map it by. In reports it is named `invoices-two-currencies`."""

    mapping: str
    record: Path

    def __str__(self) -> str:
        return f"{self.mapping}-{self.record.stem}"


def find_cases(folder: Path, config: Path) -> list[Case]:
    """Every case below `folder/records`, sorted. A folder that no mapping reads is an error: ValueError."""
    programs = _project(config).programs.mappings.values()
    found = []
    for place in sorted(one for one in (folder / "records").iterdir() if one.is_dir()):
        reading = [program.name for program in programs if program.source == place.name]
        if not reading:
            raise ValueError(f"{place}: no mapping reads a stream {place.name}")
        found += [Case(name, record) for record in sorted(place.glob("*.json")) for name in sorted(reading)]
    return found


def wire_text(case: Case, config: Path) -> str:
    """What the case's record becomes: the payload as JSON, digit for digit as it goes on the wire, laid out
    to be read and with open references spelled out; or, where it is refused or left out, why.
    """
    project = _project(config)
    program = project.programs.mappings[case.mapping]
    return dumps(_shown(project, program, case), indent=2) + "\n"


def _shown(project: Project, program: Program, case: Case) -> Any:
    place = program.source or ""
    stream = project.streams[place]
    values = typed(loads(case.record.read_bytes()), stream)
    system, _, name = place.partition(".")
    record = Record(Address(system, name, str(values.get(stream.key) or "?")), values)
    tables = dict(_tables(project, program, case.record.parent.parent.parent / "tables"))
    mapped = program.link(project.config.settings, tables, Run(RUN_DATE, "snapshot"))(record)
    if isinstance(mapped, Payload):
        return mapped.body
    if mapped is None:
        return {"left out": f"by {program.name}'s where"}
    return {"refused": [{"code": one.code, "reason": one.reason} for one in mapped]}


def _tables(project: Project, program: Program, folder: Path) -> Iterator[tuple[str, Any]]:
    files = file_tables(project.config)
    for name in program.tables:
        if name in files:
            yield name, files[name]
        else:
            stream = project.streams[project.config.pack.tables[name].stream]
            yield name, [typed(row, stream) for row in loads((folder / f"{name}.json").read_bytes())]


@cache
def _project(config: Path) -> Project:
    return load_project(config)
