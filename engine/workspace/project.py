"""A project: what the files of one config say, read, checked and compiled, with no network and no secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.config import Config, LiveChoice, Setting, SystemConfig, load_config
from engine.config.excerpts import conceal_system
from engine.config.system_settings import check_settings
from engine.mapping import Catalog, Programs, compile_pack
from engine.mapping.syntax.tree import Lookup, walk
from engine.model.address import StreamRef
from engine.model.advice import list_available
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.errors import ConfigError
from engine.model.schema import ANY, TEXT, Field, Stream, Type, obj
from engine.registry import connector_names, find_connector
from engine.sdk.connector import Connector
from engine.sdk.declaration import DeclarationError
from engine.workspace.effects import warn_without_effect


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

    @property
    def live_choices(self) -> list[LiveChoice]:
        """The settings whose values have to exist in a reference stream, and where."""
        return [
            LiveChoice(name, values, stream, self._columns(stream, column), self._place(setting))
            for name, setting in self.config.pack.settings.items()
            if setting.column and (values := _texts(self.config.settings.get(name)))
            for stream, column in [_column(setting)]
        ]

    def _columns(self, stream: StreamRef, column: str) -> tuple[str, ...]:
        """The column of the choices, and those by which mappings look up rows of the same stream."""
        tables = {name for name, ref in self.table_streams.items() if ref == stream}
        nodes = (node for draft in self.programs.pack.drafts.values() for node in walk(draft))
        lookups = (node for node in nodes if isinstance(node, Lookup) and node.table.text in tables)
        return tuple(dict.fromkeys((column, *(by.text for lookup in lookups for by in lookup.by))))

    def _place(self, setting: Setting) -> Span:
        return self.config.given.get(setting.name, setting.choices_span)


def _column(setting: Setting) -> tuple[StreamRef, str]:
    stream, _, column = setting.column.rpartition(".")
    return StreamRef.parse(stream), column


def _texts(value: Any) -> tuple[str, ...]:
    """The texts of a setting or of a list of them; blank ones are absent."""
    values = value if isinstance(value, list | tuple) else (value,)
    return tuple(text for text in values if isinstance(text, str) and text.strip())


def check_project(path: Path) -> tuple[Project | None, Diagnostics]:
    """Read and compile everything; every mistake of every file is in the diagnostics."""
    diagnostics = Diagnostics()
    config = load_config(path, diagnostics)
    if config is None:
        return None, diagnostics
    connectors = _connectors(config, diagnostics)
    for name, part in config.systems.items():
        if name in connectors:
            _configure(part, config, connectors, diagnostics)
        else:
            conceal_system(part.node, diagnostics)
    streams = {
        StreamRef(name, stream.name): stream
        for name, connector in connectors.items()
        for stream in connector.streams
    }
    if not connectors or len(connectors) < len(config.pack.systems):
        # Without the streams of every system each name in the mappings would look like a mistake.
        return None, diagnostics
    catalog = _catalog(config, {str(ref): stream for ref, stream in streams.items()}, diagnostics)
    pack = config.pack
    programs = compile_pack(pack.documents, catalog, diagnostics, config.overrides, pack.unread)
    if not diagnostics.errors:
        warn_without_effect(config, list(programs.pack.drafts.values()), diagnostics)
    return Project(config, connectors, streams, catalog, programs, diagnostics), diagnostics


def load_project(path: Path) -> Project:
    """As `check_project`; raises ConfigError with all diagnostics if one is an error."""
    project, diagnostics = check_project(path)
    diagnostics.raise_if_errors()
    if project is None:
        raise ConfigError("the config cannot be used", tuple(diagnostics))
    return project


def file_tables(config: Config) -> dict[str, Any]:
    """The rows of the tables that the pack has as files."""
    return {name: table.rows for name, table in config.pack.tables.items() if not table.stream}


def _connectors(config: Config, diagnostics: Diagnostics) -> dict[str, Connector]:
    connectors = {}
    for name, default in config.pack.systems.items():
        part = config.systems.get(name)
        try:
            connectors[name] = find_connector(part.connector if part else default)
        except ConfigError as error:
            if part is None or not part.connector:
                continue  # reported already
            span = part.node.entries["connector"].span if "connector" in part.node.entries else part.span
            unknown = part.connector not in connector_names()
            near = (part.connector, connector_names()) if unknown else None
            diagnostics.error("C204", span, str(error), near=near)
    return connectors


def _configure(
    system: SystemConfig, config: Config, connectors: dict[str, Connector], diagnostics: Diagnostics
) -> None:
    """Check a system's settings; its connector gets the streams that they declare, or is taken out."""
    name, connector = system.name, connectors[system.name]
    settings = check_settings(config, system, connector, diagnostics)
    if connector.declare is None:
        return
    del connectors[name]
    if settings is not None:
        try:
            connectors[name] = connector.configured(settings)
        except DeclarationError as error:
            diagnostics.error("C210", system.span, str(error))


def _catalog(config: Config, streams: Mapping[str, Stream], diagnostics: Diagnostics) -> Catalog:
    tables: dict[str, Type] = {}
    table_streams: dict[str, str] = {}
    for name, table in config.pack.tables.items():
        if not table.stream:
            tables[name] = obj({column: Field(TEXT) for column in table.columns}) if table.columns else ANY
        elif table.stream in streams:
            tables[name], table_streams[name] = streams[table.stream].type, table.stream
            if not streams[table.stream].reference:
                message = f'the table "{name}": {table.stream} is not a reference stream; all of it is read'
                known = list_available(name for name in streams if streams[name].reference)
                diagnostics.warning("C212", table.span, message, hint=known)
        else:
            tables[name] = ANY
            message = f'the table "{name}": unknown stream "{table.stream}"'
            diagnostics.error("C212", table.span, message, near=(table.stream, streams))
    for setting in config.pack.settings.values():
        if setting.column:
            _check_choices(setting, streams, diagnostics)
    settings = {name: setting.field for name, setting in config.pack.settings.items()}
    return Catalog(streams, settings, tables, table_streams)


def _check_choices(setting: Setting, streams: Mapping[str, Stream], diagnostics: Diagnostics) -> None:
    """Whether the column that a setting's choices come from exists."""
    stream, _, column = setting.column.rpartition(".")
    what = f'the choices of "{setting.name}"'
    if stream not in streams:
        message = f'{what}: unknown stream "{stream}"'
        diagnostics.error("C209", setting.choices_span, message, near=(stream, streams))
    elif column not in streams[stream].fields:
        message = f'{what}: {stream} has no field "{column}"'
        diagnostics.error("C209", setting.choices_span, message, near=(column, streams[stream].fields))
