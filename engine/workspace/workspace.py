"""A workspace: a project with its systems signed in, its sandboxes served and its ledger opened."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine.config import SystemConfig
from engine.config.system_settings import open_settings
from engine.ledger import Ledger, open_ledger
from engine.mapping import Run
from engine.model.errors import ConfigError
from engine.model.report import RunReport
from engine.passes.context import NoProgress, Progress, RunContext
from engine.planning.guard import Limits
from engine.sdk.connector import Context, open_system, silent
from engine.sdk.system import System
from engine.workspace.project import Project, file_tables
from engine.workspace.sandboxes import serving_sandbox

if TYPE_CHECKING:
    from engine.sdk.settings import Settings


@dataclass(slots=True)
class Workspace:
    """One project, opened."""

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
            live_choices=self.project.live_choices,
        )

    def check_identities(self, *, read_only: bool = False) -> None:
        """Refuse a ledger whose links belong to another organisation. Raises ConfigError.

        A new ledger belongs to the organisation that is written to first; `read_only` records nothing.
        """
        for name, system in self.systems.items():
            part = self.project.config.systems[name]
            identity = "sandbox" if part.sandbox is not None else system.source.identity()
            known = self.ledger.runs.recall(f"identity.{name}")
            if known is None and not read_only:
                self.ledger.runs.remember(f"identity.{name}", identity)
            elif known == identity or known is None:
                continue
            elif part.sandbox is None and system.source.continues(known):
                if not read_only:
                    self.ledger.runs.remember(f"identity.{name}", identity)
            else:
                raise ConfigError(
                    f"the ledger {self.project.config.ledger} belongs to {name} {known}, but the config "
                    f"connects to {identity}, where its links are invalid. Give this config its own ledger."
                )


@contextmanager
def open_workspace(
    project: Project, notify: Callable[[str], None] = silent, *, read_only: bool = False
) -> Iterator[Workspace]:
    """Open the ledger and every system; close them however it ends. Raises SyncError.

    `read_only`: the ledger is not written, and not created if it does not exist.
    """
    with ExitStack() as stack:
        settings = _resolved_settings(project)
        ledger = open_ledger(project.config.ledger, read_only=read_only)
        stack.callback(ledger.close)
        systems = {}
        for name, part in project.config.systems.items():
            systems[name] = stack.enter_context(_system(project, part, notify, settings.get(name)))
        yield Workspace(project, ledger, systems)


@contextmanager
def open_systems(project: Project) -> Iterator[Mapping[str, System]]:
    """The systems without the ledger, for commands that only read."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(opening) for name, opening in unopened_systems(project).items()}


def unopened_systems(project: Project) -> dict[str, AbstractContextManager[System]]:
    """Each system, to be opened by itself: one that cannot be reached does not affect the others."""
    settings = _resolved_settings(project)
    parts = project.config.systems.items()
    return {name: _system(project, part, silent, settings.get(name)) for name, part in parts}


def _resolved_settings(project: Project) -> dict[str, Settings]:
    """The settings of the real systems with their secrets; all that are missing are reported at once."""
    settings: dict[str, Settings] = {}
    errors: list[ConfigError] = []
    for name, part in project.config.systems.items():
        if part.sandbox is None:
            try:
                settings[name] = open_settings(project.config, part, project.connectors[name], {})
            except ConfigError as error:
                errors.append(error)
    if errors:
        diagnostics = [diagnostic for error in errors for diagnostic in error.diagnostics]
        raise ConfigError("; ".join(str(error) for error in errors), diagnostics)
    return settings


@contextmanager
def _system(
    project: Project, part: SystemConfig, notify: Callable[[str], None], settings: Settings | None
) -> Iterator[System]:
    connector = project.connectors[part.name]
    with ExitStack() as stack:
        if settings is None:
            extra = stack.enter_context(serving_sandbox(project.config, part, connector))
            settings = open_settings(project.config, part, connector, extra)
        since = Limits(**project.config.limits).first_run_since
        system = open_system(connector, settings, Context(part.name, notify, project.config.folder, since))
        stack.callback(system.source.close)
        yield system


def current_holder() -> str:
    """Who runs this, for the message that the ledger is locked; the ledger adds the process."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a user in a container may have no name
        name = f"user {os.getuid()}"
    return f"{name} on {socket.gethostname()}"
