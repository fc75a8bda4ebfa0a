"""Opens everything that one config names.

`Project` is what the files say: read, checked and compiled, with no network and no secrets. `Workspace` is
the project opened: systems signed in, sandboxes served, the ledger at hand.
"""

from __future__ import annotations

import getpass
import os
import socket
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.config import Config, Setting, SystemConfig, load_config
from engine.config.system_settings import check_settings, open_settings, sandbox_options
from engine.ledger import Ledger, open_ledger
from engine.mapping import Catalog, Programs, Run, compile_pack
from engine.model.address import StreamRef
from engine.model.advice import there_are
from engine.model.diagnostics import Diagnostics
from engine.model.errors import ConfigError
from engine.model.report import RunReport
from engine.model.schema import ANY, TEXT, Field, Stream, Type, obj
from engine.passes.context import NoProgress, Progress, RunContext
from engine.planning.guard import Limits
from engine.registry import connector_names, find_connector
from engine.sdk.connector import Connector, Context, Sandbox, open_system, silent
from engine.sdk.system import System

if TYPE_CHECKING:
    from pydantic import BaseModel

    from engine.sdk.settings import Settings


@dataclass(frozen=True, slots=True)
class Project:
    """What the files of one config say."""

    config: Config
    connectors: Mapping[str, Connector]  # by the system's name
    streams: Mapping[StreamRef, Stream]
    catalog: Catalog  # what its mappings may name
    programs: Programs
    warnings: Diagnostics = field(default_factory=Diagnostics)

    @property
    def table_streams(self) -> dict[str, StreamRef]:
        """The tables that are reference streams: `accounts` -> xero.accounts."""
        tables = self.config.pack.tables
        return {name: StreamRef.parse(table.stream) for name, table in tables.items() if table.stream}


def check_project(path: Path) -> tuple[Project | None, Diagnostics]:
    """Read and compile everything; every mistake of every file is in the diagnostics."""
    found = Diagnostics()
    config = load_config(path, found)
    if config is None:
        return None, found
    connectors = _connectors(config, found)
    for name, part in config.systems.items():
        if name in connectors:
            check_settings(config, part, connectors[name], found)
    streams = {
        StreamRef(name, stream.name): stream
        for name, connector in connectors.items()
        for stream in connector.streams
    }
    if not connectors or len(connectors) < len(config.pack.systems):
        # Without every system's streams each name in the mappings would look like a mistake.
        return None, found
    catalog = _catalog(config, {str(ref): stream for ref, stream in streams.items()}, found)
    pack = config.pack
    programs = compile_pack(pack.documents, catalog, found, config.overrides, pack.unread)
    return Project(config, connectors, streams, catalog, programs, found), found


def load_project(path: Path) -> Project:
    """As `check_project`; raises ConfigError with all diagnostics where one is an error."""
    project, found = check_project(path)
    found.raise_if_errors()
    if project is None:
        raise ConfigError("the config cannot be used", tuple(found))
    return project


def _connectors(config: Config, found: Diagnostics) -> dict[str, Connector]:
    connectors = {}
    for name, of_the_pack in config.pack.systems.items():
        part = config.systems.get(name)
        try:
            connectors[name] = find_connector(part.connector if part else of_the_pack)
        except ConfigError as error:
            if part is None or not part.connector:
                continue  # that is noted already
            span = part.node.entries["connector"].span if "connector" in part.node.entries else part.span
            unknown = part.connector not in connector_names()
            near = (part.connector, connector_names()) if unknown else None
            found.error("C204", span, str(error), near=near)
    return connectors


def _catalog(config: Config, streams: Mapping[str, Stream], found: Diagnostics) -> Catalog:
    tables: dict[str, Type] = {}
    table_streams: dict[str, str] = {}
    for name, table in config.pack.tables.items():
        if not table.stream:
            tables[name] = obj({column: Field(TEXT) for column in table.columns}) if table.columns else ANY
        elif table.stream in streams:
            tables[name], table_streams[name] = streams[table.stream].type, table.stream
            if not streams[table.stream].reference:
                message = f'the table "{name}": {table.stream} is no reference stream, and is read whole'
                known = there_are(one for one in streams if streams[one].reference)
                found.warning("C212", table.span, message, hint=known)
        else:
            tables[name] = ANY
            message = f'the table "{name}": there is no stream "{table.stream}"'
            found.error("C212", table.span, message, near=(table.stream, streams))
    for setting in config.pack.settings.values():
        if setting.column:
            _check_choices(setting, streams, found)
    settings = {name: one.field for name, one in config.pack.settings.items()}
    return Catalog(streams, settings, tables, table_streams)


def _check_choices(setting: Setting, streams: Mapping[str, Stream], found: Diagnostics) -> None:
    """Whether the column that a setting's choices come from exists."""
    place, _, column = setting.column.rpartition(".")
    what = f'the choices of "{setting.name}"'
    if place not in streams:
        message = f'{what}: there is no stream "{place}"'
        found.error("C209", setting.choices_span, message, near=(place, streams))
    elif column not in streams[place].fields:
        message = f'{what}: {place} has no field "{column}"'
        found.error("C209", setting.choices_span, message, near=(column, streams[place].fields))


@dataclass(slots=True)
class Workspace:
    """One config, opened."""

    project: Project
    ledger: Ledger
    systems: Mapping[str, System]

    def context(
        self, report: RunReport, *, approved: bool = False, progress: Progress | None = None
    ) -> RunContext:
        config = self.project.config
        return RunContext(
            programs=self.project.programs,
            streams=self.project.streams,
            systems=self.systems,
            connectors=self.project.connectors,
            settings=config.settings,
            file_tables=file_tables(config),
            table_streams=self.project.table_streams,
            ledger=self.ledger,
            report=report,
            run=Run(datetime.now(UTC).date(), report.run),
            limits=Limits(**config.limits),
            approved=approved,
            progress=progress or NoProgress(),
        )

    def check_identities(self, *, read_only: bool = False) -> None:
        """Refuse to go on with a ledger whose links belong to another organisation. Raises ConfigError.

        A ledger that has no links yet belongs to whom it first writes to; `read_only` writes nothing.
        """
        for name, system in self.systems.items():
            part = self.project.config.systems[name]
            identity = "sandbox" if part.sandbox is not None else system.source.identity()
            known = self.ledger.runs.recall(f"identity.{name}")
            if known is None and not read_only:
                self.ledger.runs.remember(f"identity.{name}", identity)
            elif known not in (None, identity):
                raise ConfigError(
                    f"the ledger {self.project.config.ledger} belongs to {name} {known}, but the config "
                    f"leads to {identity}: its links would be dead there. Give this config its own ledger."
                )


def file_tables(config: Config) -> dict[str, Any]:
    return {name: table.rows for name, table in config.pack.tables.items() if not table.stream}


@contextmanager
def opened(
    project: Project, say: Callable[[str], None] = silent, *, read_only: bool = False
) -> Iterator[Workspace]:
    """Open the ledger and every system; close them however it ends. Raises SyncError.

    `read_only`: the ledger will not be written, and is not made where there is none.
    """
    with ExitStack() as stack:
        ready = _ready(project)
        ledger = open_ledger(project.config.ledger, read_only=read_only)
        stack.callback(ledger.close)
        systems = {}
        for name, part in project.config.systems.items():
            systems[name] = stack.enter_context(_system(project, part, say, ready.get(name)))
        yield Workspace(project, ledger, systems)


@contextmanager
def opened_systems(project: Project) -> Iterator[Mapping[str, System]]:
    """The systems without the ledger, for commands that only look."""
    with ExitStack() as stack:
        ready, parts = _ready(project), project.config.systems.items()
        yield {
            name: stack.enter_context(_system(project, part, silent, ready.get(name))) for name, part in parts
        }


def openings(project: Project) -> dict[str, AbstractContextManager[System]]:
    """Each system by itself, not yet opened: that one cannot be reached says nothing of the others."""
    ready = _ready(project)
    parts = project.config.systems.items()
    return {name: _system(project, part, silent, ready.get(name)) for name, part in parts}


def _ready(project: Project) -> dict[str, Settings]:
    """The settings of the real systems, their secrets resolved; all that is not set is said at once."""
    ready: dict[str, Settings] = {}
    missing: list[ConfigError] = []
    for name, part in project.config.systems.items():
        if part.sandbox is None:
            try:
                ready[name] = open_settings(project.config, part, project.connectors[name], {})
            except ConfigError as error:
                missing.append(error)
    if missing:
        found = [one for error in missing for one in error.diagnostics]
        raise ConfigError("; ".join(str(error) for error in missing), found)
    return ready


@contextmanager
def _system(
    project: Project, part: SystemConfig, say: Callable[[str], None], settings: Settings | None
) -> Iterator[System]:
    connector = project.connectors[part.name]
    with ExitStack() as stack:
        if settings is None:
            extra = stack.enter_context(serving_sandbox(project.config, part, connector))
            settings = open_settings(project.config, part, connector, extra)
        system = open_system(connector, settings, Context(part.name, say, project.config.folder))
        stack.callback(system.source.close)
        yield system


@contextmanager
def serving_sandbox(
    config: Config, part: SystemConfig, connector: Connector, port: int = 0
) -> Iterator[Mapping[str, Any]]:
    """Serve a system's sandbox; yields the connector settings that reach it. Raises ConfigError."""
    from engine.sdk.sandbox import serving

    if connector.sandbox is None:
        raise ConfigError(f"the connector {connector.name} has no sandbox")
    found = Diagnostics()
    options = sandbox_options(part, connector, found)
    found.raise_if_errors()
    sandbox, state = connector.sandbox, sandbox_state(config, part.name)
    app = sandbox_app(sandbox, state, options, f"systems.{part.name}.sandbox")
    with serving(app, port=port) as origin:
        yield sandbox.settings(origin, options)


def sandbox_app(sandbox: Sandbox, state: Path, options: BaseModel | None, named: str) -> Any:
    """A sandbox that keeps its state in a file. Raises ConfigError where it cannot, or with such options."""
    try:
        return sandbox.app(state, options)
    except ValueError as error:
        raise ConfigError(f"{named}: {error}") from error
    except (OSError, sqlite3.Error) as error:
        why = ((isinstance(error, OSError) and error.strerror) or str(error)).lower()
        raise ConfigError(f"{named}: its state cannot be kept in {state}: {why}") from error


def sandbox_state(config: Config, system: str) -> Path:
    """The file that a config's sandbox keeps its state in: beside the ledger."""
    ledger = Path(config.ledger.removeprefix("sqlite:///"))
    return ledger.parent / f"{ledger.stem}.{system}.sandbox.db"


def holder() -> str:
    """Who runs, for whoever finds the ledger locked; the ledger adds the process."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a container's user need not have a name
        name = f"user {os.getuid()}"
    return f"{name} on {socket.gethostname()}"
