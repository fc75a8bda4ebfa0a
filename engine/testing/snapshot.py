"""A syrupy extension that keeps one JSON file per case, the text as it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation

from engine.testing.cases import is_record


class WireJson(SingleFileSnapshotExtension):
    """Snapshots of JSON text: the file contains what `engine.sdk.wire.dumps` wrote.

    Cases keep theirs in one folder, `snapshots/<mapping>-<case>.json` next to `records/`, so that a change of
    a mapping is one folder to read. A snapshot whose record or mapping is gone counts as unused.
    """

    file_extension = "json"
    sources: ClassVar[Mapping[str, str]] = {}  # of each mapping the stream that it reads
    _write_mode = WriteMode.TEXT

    def serialize(self, data: Any, **kwargs: Any) -> str:
        del kwargs
        if not isinstance(data, str):
            raise TypeError("snapshot the text of engine.sdk.wire.dumps, so that no digit gets lost")
        return data

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        record = Path(test_location.filepath)
        if not is_record(record):
            return super().dirname(test_location=test_location)
        return str(record.parents[2] / "snapshots")

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: Any = 0) -> str:
        record = Path(test_location.filepath)
        if not is_record(record):
            return super().get_snapshot_name(test_location=test_location, index=index)
        return f"{test_location.nodename}-{record.stem}"

    @classmethod
    def matches_test_location(cls, *, test_location: PyTestLocation, snapshot_location: str) -> bool:
        record = Path(test_location.filepath)
        if not is_record(record):
            return super().matches_test_location(
                test_location=test_location, snapshot_location=snapshot_location
            )
        location = cls.get_location(test_location=test_location, index=0)
        return snapshot_location == location or cls._is_orphan(Path(snapshot_location), record.parents[1])

    @classmethod
    def _is_orphan(cls, snapshot: Path, records: Path) -> bool:
        """Whether no mapping and record are there any more that a snapshot could be of."""
        return not any(
            snapshot.stem == f"{name}-{record.stem}"
            for name, source in cls.sources.items()
            for record in (records / source).glob("*.json")
        )


def wire_json(sources: Mapping[str, str]) -> type[WireJson]:
    """The extension for the mappings of one project."""
    return type("WireJson", (WireJson,), {"sources": sources})
