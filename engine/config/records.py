"""Records and table rows that stand in JSON files, in the streams' own fields: for map, explain and cases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.document import display_name
from engine.model.address import StreamRef
from engine.model.advice import did_you_mean
from engine.model.diagnostic import Span
from engine.model.errors import ConfigError
from engine.model.record import NotTyped, Record, typed
from engine.model.schema import Stream
from engine.sdk.wire import loads


class UnusableError(ConfigError):
    """A JSON file holds no record or no rows; `at` is the place, as far as it can be told."""

    def __init__(self, path: Path, said: str, line: int = 1, column: int = 1) -> None:
        super().__init__(f"{display_name(path)}{said}")
        self.at = Span(display_name(path), line, column)


def read_json(path: Path) -> Any:
    """What a JSON file holds, with exact decimals. Raises ConfigError."""
    try:
        text = path.read_bytes()
        found = loads(text)
        json.loads(text, object_pairs_hook=_once, parse_float=str, parse_int=str)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise UnusableError(path, f" cannot be read: {why}") from None
    except json.JSONDecodeError as error:
        raise UnusableError(path, f" is no JSON: {error}", error.lineno, error.colno) from None
    except ValueError as error:
        raise UnusableError(path, f" is no JSON: {error}") from None
    return found


def _once(members: list[tuple[str, Any]]) -> None:
    """Raises ValueError for a key that stands twice: one of them would be lost, as in YAML."""
    seen: set[str] = set()
    for name, _ in members:
        if name in seen:
            raise ValueError(f'"{name}" stands twice in one object')
        seen.add(name)


def record_of(raw: Any, ref: StreamRef, stream: Stream) -> Record:
    """A raw JSON object as a record of the stream `ref`. Raises NotTyped."""
    values = typed(raw, stream)
    return Record(ref.address(str(values.get(stream.key) or "?")), values)


def unknown_field(raw: Any, ref: StreamRef, stream: Stream) -> str:
    """A sentence about the first member that its stream does not have; empty where there is none."""
    unknown = [name for name in raw if name not in stream.fields] if isinstance(raw, Mapping) else []
    return f'{ref} has no field "{unknown[0]}"; {did_you_mean(unknown[0], stream.fields)}' if unknown else ""


def read_record(path: Path, ref: StreamRef, stream: Stream) -> Record:
    """The one record in a file; a member that its stream does not have is a mistake. Raises ConfigError."""
    raw = read_json(path)
    if unknown := unknown_field(raw, ref, stream):
        raise UnusableError(path, f": {unknown}")
    try:
        return record_of(raw, ref, stream)
    except NotTyped as error:
        raise UnusableError(path, f": {error}") from None


def table_rows(folder: Path, name: str, stream: Stream) -> list[dict[str, Any]]:
    """The rows of a reference table in `folder`/`name`.json. Raises ConfigError."""
    path = folder / f"{name}.json"
    rows = read_json(path)
    if not isinstance(rows, list):
        raise UnusableError(path, " must hold a list of rows")
    try:
        return [typed(row, stream) for row in rows]
    except NotTyped as error:
        raise UnusableError(path, f": {error}") from None
