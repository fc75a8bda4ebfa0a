"""Opens everything that one config names.

`Project` is what the files say: read, checked and compiled, with no network and no secrets. `Workspace` is
the project opened: systems signed in, sandboxes served, the ledger at hand.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.config import Config, SystemPart, load_config
from engine.config.parts import check_part, open_part
from engine.ledger import Ledger, open_ledger
from engine.mapping import Catalog, Programs, Run, compile_pack
from engine.model.diagnostics import Diagnostics
from engine.model.errors import ConfigError
from engine.model.report import RunReport
from engine.model.schema import TEXT, Field, Stream, Type, obj
from engine.passes.desk import Desk, Unwatched, Watch
from engine.planning.guard import Limits
from engine.registry import connector_names, find_connector
from engine.sdk.connector import Connector, Context, System


@dataclass(frozen=True, slots=True)
class Project:
    """What the files of one config say."""

    config: Config
    connectors: Mapping[str, Connector]  # by the system's name
    streams: Mapping[str, Stream]
    programs: Programs
    warnings: Diagnostics = field(default_factory=Diagnostics)


def check_project(path: Path) -> tuple[Project | None, Diagnostics]:
    """Read and compile everything; every mistake of every file is in the diagnostics."""
    found = Diagnostics()
    config = load_config(path, found)
    if config is None:
        return None, found
    connectors = _connectors(config, found)
    for name, connector in connectors.items():
        check_part(config, config.systems[name], connector, found)
    streams = {
        f"{name}.{stream.name}": stream
        for name, connector in connectors.items()
        for stream in connector.streams
    }
    if len(connectors) < len(config.pack.systems):
        # Without every system's streams each name in the mappings would look like a mistake.
        return None, found
    catalog = _catalog(config, streams, found)
    programs = compile_pack(config.pack.documents, catalog, found, config.overrides)
    return Project(config, connectors, streams, programs, found), found


def load_project(path: Path) -> Project:
    """As `check_project`; raises ConfigError with all diagnostics where one is an error."""
    project, found = check_project(path)
    found.raise_if_errors()
    if project is None:
        raise ConfigError("the config cannot be used", tuple(found))
    return project


def _connectors(config: Config, found: Diagnostics) -> dict[str, Connector]:
    connectors = {}
    for name, part in config.systems.items():
        try:
            connectors[name] = find_connector(part.connector)
        except ConfigError as error:
            node = part.node.entries.get("connector", part.node)
            found.error("C204", node.span, str(error), near=(part.connector, connector_names()))
    return connectors


def _catalog(config: Config, streams: Mapping[str, Stream], found: Diagnostics) -> Catalog:
    tables: dict[str, Type] = {}
    table_streams: dict[str, str] = {}
    for name, table in config.pack.tables.items():
        if not table.stream:
            tables[name] = obj({column: Field(TEXT) for column in table.columns})
        elif table.stream in streams:
            tables[name], table_streams[name] = streams[table.stream].type, table.stream
        else:
            message = f'the table "{name}": there is no stream "{table.stream}"'
            found.error("C212", config.span, message, near=(table.stream, streams))
    for setting in config.pack.settings.values():
        place, _, column = setting.column.rpartition(".")
        if setting.column and column not in (streams[place].fields if place in streams else ()):
            found.error("C209", config.span, f'the setting "{setting.name}": no choices {setting.column}')
    settings = {name: one.field for name, one in config.pack.settings.items()}
    return Catalog(streams, settings, tables, table_streams)


@dataclass(slots=True)
class Workspace:
    """One config, opened."""

    project: Project
    ledger: Ledger
    systems: Mapping[str, System]

    def desk(self, report: RunReport, *, agreed: bool = False, watch: Watch | None = None) -> Desk:
        config = self.project.config
        return Desk(
            programs=self.project.programs,
            streams=self.project.streams,
            systems=self.systems,
            connectors=self.project.connectors,
            settings=config.settings,
            file_tables=file_tables(config),
            table_streams={name: one.stream for name, one in config.pack.tables.items() if one.stream},
            ledger=self.ledger,
            report=report,
            run=Run(datetime.now(UTC).date(), report.run),
            limits=Limits(**config.limits),
            agreed=agreed,
            watch=watch or Unwatched(),
        )

    def check_identities(self) -> None:
        """Refuse to go on with a ledger whose links belong to another organisation. Raises ConfigError."""
        for name, system in self.systems.items():
            part = self.project.config.systems[name]
            identity = "sandbox" if part.sandbox is not None else system.identity()
            known = self.ledger.recall(f"identity.{name}")
            if known is None:
                self.ledger.remember(f"identity.{name}", identity)
            elif known != identity:
                raise ConfigError(
                    f"the ledger {self.project.config.ledger} belongs to {name} {known}, but the config "
                    f"leads to {identity}: its links would be dead there. Give this config its own ledger."
                )


def file_tables(config: Config) -> dict[str, Any]:
    return {name: table.rows for name, table in config.pack.tables.items() if not table.stream}


def _silent(message: str) -> None:
    del message


@contextmanager
def opened(
    project: Project, say: Callable[[str], None] = _silent, *, looking: bool = False
) -> Iterator[Workspace]:
    """Open the ledger and every system; close them however it ends. Raises SyncError.

    `looking`: the ledger will not be written, and is not made where there is none.
    """
    with ExitStack() as stack:
        ledger = open_ledger(project.config.ledger, looking=looking)
        stack.callback(ledger.close)
        systems = {}
        for name, part in project.config.systems.items():
            systems[name] = stack.enter_context(_system(project, part, say))
        yield Workspace(project, ledger, systems)


@contextmanager
def opened_systems(project: Project, say: Callable[[str], None] = _silent) -> Iterator[Mapping[str, System]]:
    """The systems without the ledger, for commands that only look."""
    with ExitStack() as stack:
        parts = project.config.systems.items()
        yield {name: stack.enter_context(_system(project, part, say)) for name, part in parts}


@contextmanager
def _system(project: Project, part: SystemPart, say: Callable[[str], None]) -> Iterator[System]:
    connector = project.connectors[part.name]
    with ExitStack() as stack:
        extra: Mapping[str, Any] = {}
        if part.sandbox is not None:
            extra = stack.enter_context(serving_sandbox(project.config, part, connector))
        settings = open_part(project.config, part, connector, extra)
        system = connector.open(settings, Context(part.name, say))
        stack.callback(system.close)
        yield system


@contextmanager
def serving_sandbox(
    config: Config, part: SystemPart, connector: Connector, port: int = 0
) -> Iterator[Mapping[str, Any]]:
    """Serve a system's sandbox; yields the connector settings that reach it. Raises ConfigError."""
    from engine.sdk.sandbox import serving

    if connector.sandbox is None:
        raise ConfigError(f"the connector {connector.name} has no sandbox")
    try:
        options = connector.sandbox.options.model_validate(dict(part.sandbox or {}))
        app = connector.sandbox.app(sandbox_state(config, part.name), options)
    except ValueError as error:
        raise ConfigError(f"systems.{part.name}.sandbox: {error}") from error
    with serving(app, port=port) as origin:
        yield connector.sandbox.settings(origin, options)


def sandbox_state(config: Config, system: str) -> Path:
    """The file that a config's sandbox keeps its state in: beside the ledger."""
    ledger = Path(config.ledger.removeprefix("sqlite:///"))
    return ledger.parent / f"{ledger.stem}.{system}.sandbox.db"


def holder() -> str:
    """Who runs, for whoever finds the ledger locked."""
    return f"process {os.getpid()} on {socket.gethostname()}"
