"""Wait for changes to the files that a mapping is made of.

By polling times and sizes: a dozen files cost next to nothing, and it works on every system and mount.
"""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Iterator
from pathlib import Path, PurePath

from engine.config.pack import find_pack
from engine.document import MapNode, Node, Scalar, display_name, read_document
from engine.model.diagnostics import Diagnostics

INTERVAL = 0.15  # seconds between two polls
QUIET = 0.05  # seconds without any change before files are read: an editor may still be writing
MOST_WAITS = 4  # the longest wait for that quiet; after it the files are read as they are

Stamps = dict[Path, tuple[int, int, int] | None]  # time, size and inode; None: no such file


class FileWatcher:
    """Watches a config, its pack, a record file and a folder of tables."""

    def __init__(self, config: Path, record: Path | None, tables: Path | None) -> None:
        self._config, self._record, self._tables = config, record, tables
        self._reader = _reader_of_stdout()
        self._pack: Path | None = None
        self._table_files: list[Path] = []
        self._seen: Stamps = {}
        self._refresh()

    @property
    def names(self) -> list[str]:
        """What is watched, for people."""
        paths = (self._config, self._pack, self._record, self._tables)
        return [display_name(path) for path in paths if path is not None]

    def wait(self) -> list[str]:
        """Wait for a change and return the names of the files; an empty list if the reader has gone."""
        while True:
            if not self._pause():
                return []
            if changed := self._changed(self._stamps()):
                self._wait_for_quiet(changed)
                if changed := self._changed(self._stamps()):
                    self._refresh()
                    return [display_name(path) for path in sorted(changed)]

    def _refresh(self) -> None:
        """Note the state of the files before they are read: any change from here on is reported."""
        self._pack = _pack_of(self._config) or self._pack
        self._table_files = [] if self._pack is None else list(_table_files(self._pack))
        self._seen = self._stamps()

    def _wait_for_quiet(self, changed: set[Path]) -> None:
        """Wait until nothing changes any more, and the changed files exist and are not empty."""
        before: Stamps = {}
        for _ in range(MOST_WAITS):
            now = self._stamps()
            complete = all(stamp is not None and stamp[1] for stamp in (now.get(path) for path in changed))
            if complete and now == before:
                return
            before = now
            time.sleep(QUIET)

    def _changed(self, now: Stamps) -> set[Path]:
        return {path for path in {*now, *self._seen} if now.get(path) != self._seen.get(path)}

    def _stamps(self) -> Stamps:
        return {path: _stamp(path) for path in self._files()}

    def _files(self) -> Iterator[Path]:
        yield self._config
        if self._record is not None:
            yield self._record
        if self._tables is not None:
            yield from _files_in(self._tables, (".json",))
        if self._pack is not None:
            yield self._pack / "pack.yaml"
            yield from _files_in(self._pack, (".yaml", ".yml"))
            yield from self._table_files

    def _pause(self) -> bool:
        """Wait a moment. False if the reader of the output has gone: nothing else would end the program."""
        if self._reader is None:
            time.sleep(INTERVAL)
            return True
        return not self._reader.poll(INTERVAL * 1000)


def _reader_of_stdout() -> select.poll | None:
    """Reports when the other end of standard output closes; None if it has no other end."""
    poll = select.poll()
    try:
        poll.register(sys.stdout, 0)
    except (OSError, ValueError, TypeError):
        return None
    return poll


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _files_in(folder: Path, endings: tuple[str, ...]) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.suffix in endings and path.name[0] != "."]
    except OSError:
        return []


def _pack_of(config: Path) -> Path | None:
    """The pack's folder, if the config is readable that far."""
    entries = _entries(config)
    folder = Path(os.path.abspath(config)).parent  # noqa: PTH100  before links, as the config is read
    return find_pack(entries["pack"], folder, Diagnostics()) if "pack" in entries else None


def _table_files(pack: Path) -> Iterator[Path]:
    """The table files that pack.yaml names, in whatever folder."""
    tables = _entries(pack / "pack.yaml").get("tables")
    for node in tables.entries.values() if isinstance(tables, MapNode) else ():
        if isinstance(node, Scalar) and PurePath(node.text).suffix.lower() in (".csv", ".yaml", ".yml"):
            yield pack / node.text


def _entries(path: Path) -> dict[str, Node]:
    document = read_document(path, Diagnostics())
    return document.root.entries if document is not None and isinstance(document.root, MapNode) else {}
