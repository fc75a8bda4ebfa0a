"""`sync map --watch`: map, wait until a file changes, map again, and show the difference."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.file_watcher import FileWatcher
from engine.cli.map_records import MappedRecord, MapRequest, MapResult, map_all
from engine.cli.records import find_flow
from engine.cli.render.diagnostics import Problem
from engine.cli.render.watch import Round, WatchView, watch_view
from engine.config.records import UnusableError
from engine.document import display_name
from engine.model.address import StreamRef
from engine.model.diagnostic import Diagnostic, Span
from engine.model.errors import ConfigError, SyncError
from engine.sdk.wire import dumps
from engine.workspace import load_project, unopened_systems

if TYPE_CHECKING:
    from engine.model.record import Entry
    from engine.workspace import Project


def watch(request: MapRequest, output: str) -> int:
    """Run until Ctrl-C, or until the reader of the output has gone. Raises SyncError if it cannot start."""
    with suppress(KeyboardInterrupt):  # the normal way to end it
        _watch(request, watch_view(output))
    return 0


def _watch(request: MapRequest, view: WatchView) -> None:
    _check_paths(request)
    systems, history = CachedSystems(), History()
    watcher = FileWatcher(request.config, request.record, request.tables)
    view.start(history.compare(_map_once(request, systems, first=True)), watcher.names)
    while changed := watcher.wait():
        view.change(changed, history.compare(_map_once(request, systems, first=False)))


def _check_paths(request: MapRequest) -> None:
    """A path that is missing at the start is a slip in the command; later it is a file being saved."""
    if request.record is not None and not request.record.exists():
        raise ConfigError(f"file not found: {display_name(request.record)}")
    if request.tables is not None and not request.tables.is_dir():
        raise ConfigError(f"folder not found: {display_name(request.tables)}")


def _map_once(request: MapRequest, systems: CachedSystems, *, first: bool) -> MapResult | tuple[Problem, ...]:
    """The result, or the problems that prevented one: mistakes in files are shown until they are fixed.

    Raises SyncError in the first round if no edit of a file could help.
    """
    try:
        systems.project = load_project(request.config)
        find_flow(systems.project, request.mapping)
        return map_all(request, systems.project, systems)
    except SyncError as error:
        in_a_file = isinstance(error, UnusableError) or (isinstance(error, ConfigError) and error.diagnostics)
        if first and not in_a_file:
            raise
        return tuple(_problems(error, request.config))


def _problems(error: SyncError, config: Path) -> Iterator[Problem]:
    if isinstance(error, ConfigError) and error.diagnostics:
        yield from (Problem(str(diagnostic), diagnostic) for diagnostic in error.diagnostics)
        return
    span = error.at if isinstance(error, UnusableError) else Span(display_name(config))
    code = "Y101" if isinstance(error, UnusableError) else ""
    yield Problem(f"sync: {error}", Diagnostic(span, code, str(error)))


class CachedSystems:
    """The systems, each read once for the same question. None stays open between two rounds."""

    def __init__(self) -> None:
        self.project: Project | None = None
        self._answers: dict[tuple[str, str, tuple[str, ...]], list[Entry]] = {}

    def __getitem__(self, name: str) -> CachedReader:
        return CachedReader(self, name)

    def read(self, name: str, stream: str, keys: Sequence[str] | None, paths: frozenset[str]) -> list[Entry]:
        question = name, stream, tuple(keys or ())
        if question not in self._answers and self.project is not None:
            # With everything that can be joined: an edited mapping may read what it does not read yet.
            joined = paths.union(self.project.streams[StreamRef(name, stream)].joins)
            with unopened_systems(self.project)[name] as system:
                self._answers[question] = list(system.source.read(stream, keys=keys, paths=joined))
        return self._answers[question]


class CachedReader:
    """One of the cached systems."""

    def __init__(self, systems: CachedSystems, name: str) -> None:
        self._systems, self._name = systems, name

    def read(
        self, stream: str, *, keys: Sequence[str] | None = None, paths: frozenset[str] = frozenset()
    ) -> Iterator[Entry]:
        return iter(self._systems.read(self._name, stream, keys, paths))


class History:
    """The last payloads, to compare with. A record that is refused keeps the payload that it had."""

    def __init__(self) -> None:
        self._last: MapResult | None = None

    def compare(self, result: MapResult | tuple[Problem, ...]) -> Round:
        if isinstance(result, tuple):
            return Round(problems=result)
        before, self._last = self._last, self._merged(result)
        if before is None or before.shown is None:
            return Round(result.shown, result.problems, mapped=True, first=True)
        diff = tuple(_diff(before.shown, self._last.shown))
        return Round(result.shown, result.problems, diff, mapped=True)

    def _merged(self, result: MapResult) -> MapResult:
        last = self._last.records if self._last is not None else ()
        records = tuple(
            MappedRecord(last[index].payload) if record.problems and index < len(last) else record
            for index, record in enumerate(result.records)
        )
        return MapResult(records, result.many)


def _diff(before: Any, after: Any) -> Iterator[str]:
    old, new = (dumps(payload, indent=2).splitlines() for payload in (before, after))
    yield from difflib.unified_diff(old, new, "before", "after", lineterm="")
