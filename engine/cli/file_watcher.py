"""The files that a mapping is made of, watched by their times and sizes: no help of the system is needed."""

from __future__ import annotations

import select
import sys
import time
from collections.abc import Iterator
from pathlib import Path, PurePath

from engine.config.pack import find_pack
from engine.document import MapNode, Node, Scalar, display_name, read_document
from engine.model.diagnostics import Diagnostics

EVERY = 0.15  # seconds between two looks
CALM = 0.05  # seconds for which nothing may move: an editor may be in the middle of writing
PATIENCE = 4  # times that is waited for; what goes on longer is shown as it is

Stamps = dict[Path, tuple[int, int, int] | None]  # time, size and inode; None: there is no such file


class FileWatcher:
    """The config, its pack, the record and the tables' folder of what was asked for."""

    def __init__(self, config: Path, record: Path | None, tables: Path | None) -> None:
        self._config, self._record, self._tables = config, record, tables
        self._reader = _reader()
        self._pack: Path | None = None
        self._table_files: list[Path] = []
        self._seen: Stamps = {}
        self._look_anew()

    @property
    def places(self) -> list[str]:
        """What is watched, for people."""
        own = (self._config, self._pack, self._record, self._tables)
        return [display_name(one) for one in own if one is not None]

    def change(self) -> list[str]:
        """Wait for a change; gives the names of the files. None of them: nobody reads any more."""
        while True:
            if not self._pause():
                return []
            if changed := self._changed(self._stamps()):
                self._settle(changed)
                if changed := self._changed(self._stamps()):
                    self._look_anew()
                    return [display_name(one) for one in sorted(changed)]

    def _look_anew(self) -> None:
        """Note how the files are, before they are read: what changes from here on is a change."""
        self._pack = _pack_of(self._config) or self._pack
        self._table_files = [] if self._pack is None else list(_table_files(self._pack))
        self._seen = self._stamps()

    def _settle(self, changed: set[Path]) -> None:
        """Wait until nothing moves, and what changed is there and holds something."""
        before: Stamps = {}
        for _ in range(PATIENCE):
            now = self._stamps()
            whole = all(stamp is not None and stamp[1] for stamp in (now.get(one) for one in changed))
            if whole and now == before:
                return
            before = now
            time.sleep(CALM)

    def _changed(self, now: Stamps) -> set[Path]:
        return {one for one in {*now, *self._seen} if now.get(one) != self._seen.get(one)}

    def _stamps(self) -> Stamps:
        return {one: _stamp(one) for one in self._files()}

    def _files(self) -> Iterator[Path]:
        yield self._config
        if self._record is not None:
            yield self._record
        if self._tables is not None:
            yield from _in(self._tables, (".json",))
        if self._pack is not None:
            yield self._pack / "pack.yaml"
            yield from _in(self._pack, (".yaml", ".yml"))
            yield from self._table_files

    def _pause(self) -> bool:
        """Wait a moment. False where whoever read what is printed has left: then it would go on for ever."""
        if self._reader is None:
            time.sleep(EVERY)
            return True
        return not self._reader.poll(EVERY * 1000)


def _reader() -> select.poll | None:
    """Tells when the other end of standard output closes; None where it has none."""
    poll = select.poll()
    try:
        poll.register(sys.stdout, 0)
    except (OSError, ValueError, TypeError):
        return None
    return poll


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _in(folder: Path, endings: tuple[str, ...]) -> list[Path]:
    try:
        return [one for one in folder.iterdir() if one.suffix in endings and not one.name.startswith(".")]
    except OSError:
        return []


def _pack_of(config: Path) -> Path | None:
    """The pack's folder, if the config can be read as far as that."""
    entries = _entries(config)
    return find_pack(entries["pack"], config.resolve().parent, Diagnostics()) if "pack" in entries else None


def _table_files(pack: Path) -> Iterator[Path]:
    """The files that pack.yaml names as tables, wherever they lie."""
    tables = _entries(pack / "pack.yaml").get("tables")
    for one in tables.entries.values() if isinstance(tables, MapNode) else ():
        if isinstance(one, Scalar) and PurePath(one.text).suffix.lower() in (".csv", ".yaml", ".yml"):
            yield pack / one.text


def _entries(path: Path) -> dict[str, Node]:
    document = read_document(path, Diagnostics())
    return document.root.entries if document is not None and isinstance(document.root, MapNode) else {}
