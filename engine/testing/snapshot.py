"""A syrupy extension that keeps one JSON file per case, the text as it is."""

from __future__ import annotations

from typing import Any

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode


class WireJson(SingleFileSnapshotExtension):
    """Snapshots of JSON text: what stands in the file is what `engine.sdk.wire.dumps` wrote."""

    file_extension = "json"
    _write_mode = WriteMode.TEXT

    def serialize(self, data: Any, **kwargs: Any) -> str:
        del kwargs
        if not isinstance(data, str):
            raise TypeError("snapshot the text of engine.sdk.wire.dumps, so that no digit gets lost")
        return data
