"""`sync map --watch`: map, wait until a file changes, map again, and show what the change did."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.file_watcher import FileWatcher
from engine.cli.map_records import Asked, Mapped, Outcome, chosen, map_all
from engine.cli.render.diagnostics import Problem
from engine.cli.render.watch import Shown, Teller, teller
from engine.config.records import UnusableError
from engine.document import display_name
from engine.model.address import StreamRef
from engine.model.diagnostic import Diagnostic, Span
from engine.model.errors import ConfigError, SyncError
from engine.sdk.wire import dumps
from engine.workspace import load_project, openings

if TYPE_CHECKING:
    from engine.model.record import Notice, Record
    from engine.workspace import Project


def watch(asked: Asked, output: str) -> int:
    """Go on until Ctrl-C, or until nobody reads any more. Raises SyncError where it cannot begin."""
    with suppress(KeyboardInterrupt):  # that is how it ends
        _watch(asked, teller(output))
    return 0


def _watch(asked: Asked, tell: Teller) -> None:
    _check_places(asked)
    kept, told = Kept(), Told()
    watched = FileWatcher(asked.config, asked.record, asked.tables)
    tell.first(told.after(_round(asked, kept, first=True)), watched.places)
    while changed := watched.change():
        tell.change(changed, told.after(_round(asked, kept, first=False)))


def _check_places(asked: Asked) -> None:
    """What is not there when it begins is a slip in the command; later it is a file on its way."""
    if asked.record is not None and not asked.record.exists():
        raise ConfigError(f"there is no file {display_name(asked.record)}")
    if asked.tables is not None and not asked.tables.is_dir():
        raise ConfigError(f"there is no folder {display_name(asked.tables)}")


def _round(asked: Asked, kept: Kept, *, first: bool) -> Outcome | tuple[Problem, ...]:
    """What became of the records, or why nothing could: a mistake in a file is waited out.

    Raises SyncError in the first round where waiting would not help.
    """
    try:
        kept.project = load_project(asked.config)
        chosen(kept.project, asked.mapping)
        return map_all(asked, kept.project, kept)
    except SyncError as error:
        in_a_file = isinstance(error, UnusableError) or (isinstance(error, ConfigError) and error.diagnostics)
        if first and not in_a_file:
            raise
        return tuple(_problems(error, asked.config))


def _problems(error: SyncError, config: Path) -> Iterator[Problem]:
    if isinstance(error, ConfigError) and error.diagnostics:
        yield from (Problem(str(one), one) for one in error.diagnostics)
        return
    at = error.at if isinstance(error, UnusableError) else Span(display_name(config))
    code = "Y101" if isinstance(error, UnusableError) else ""
    yield Problem(f"sync: {error}", Diagnostic(at, code, str(error)))


class Kept:
    """The systems, each read once for what is asked of it. None stays open while nothing happens."""

    def __init__(self) -> None:
        self.project: Project | None = None
        self._read: dict[tuple[str, str, tuple[str, ...]], list[Record | Notice]] = {}

    def __getitem__(self, name: str) -> KeptReader:
        return KeptReader(self, name)

    def read(
        self, name: str, stream: str, keys: Sequence[str] | None, paths: frozenset[str]
    ) -> list[Record | Notice]:
        asked = name, stream, tuple(keys or ())
        if asked not in self._read and self.project is not None:
            # With all that could be joined: the mapping may come to read what it does not read yet.
            joined = paths.union(self.project.streams[StreamRef(name, stream)].joins)
            with openings(self.project)[name] as system:
                self._read[asked] = list(system.source.read(stream, keys=keys, paths=joined))
        return self._read[asked]


class KeptReader:
    """One of the kept systems."""

    def __init__(self, kept: Kept, name: str) -> None:
        self._kept, self._name = kept, name

    def read(
        self, stream: str, *, keys: Sequence[str] | None = None, paths: frozenset[str] = frozenset()
    ) -> Iterator[Record | Notice]:
        return iter(self._kept.read(self._name, stream, keys, paths))


class Told:
    """What was shown last, to compare with. A record that is refused keeps the payload that it had."""

    def __init__(self) -> None:
        self._last: Outcome | None = None

    def after(self, found: Outcome | tuple[Problem, ...]) -> Shown:
        """What the newest round has to show."""
        if isinstance(found, tuple):
            return Shown(problems=found)
        before, self._last = self._last, self._with_last(found)
        if before is None or before.shown is None:
            return Shown(found.shown, found.problems, mapped=True, whole=True)
        diff = tuple(_difference(before.shown, self._last.shown))
        return Shown(found.shown, found.problems, diff, mapped=True)

    def _with_last(self, found: Outcome) -> Outcome:
        last = self._last.records if self._last is not None else ()
        records = tuple(
            Mapped(last[at].payload) if one.problems and at < len(last) else one
            for at, one in enumerate(found.records)
        )
        return Outcome(records, found.many)


def _difference(before: Any, after: Any) -> Iterator[str]:
    old, new = (dumps(one, indent=2).splitlines() for one in (before, after))
    yield from difflib.unified_diff(old, new, "before", "after", lineterm="")
