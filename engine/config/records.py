"""Records and table rows in JSON files, in the streams' own fields: for map, explain and test cases."""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.document import display_name
from engine.model.address import StreamRef
from engine.model.advice import did_you_mean, with_hint
from engine.model.diagnostic import Span
from engine.model.errors import ConfigError
from engine.model.record import NotTyped, Record, typed
from engine.model.schema import Stream
from engine.sdk.wire import loads

MAX_BYTES = 64_000_000  # of a file with records or rows


class UnusableError(ConfigError):
    """A JSON file has no record or rows that can be used; `at` is the place, as far as it is known."""

    def __init__(self, path: Path, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.at = Span(display_name(path), line, column)


def read_json(path: Path) -> Any:
    """The content of a JSON file, with exact decimals. Raises ConfigError."""
    file = display_name(path)
    try:
        text = _bytes(path)
        content = loads(text)
        json.loads(text, object_pairs_hook=_refuse_duplicates, parse_float=str, parse_int=str)
    except OSError as error:
        raise UnusableError(path, f"cannot read {file}: {(error.strerror or str(error)).lower()}") from None
    except json.JSONDecodeError as error:
        raise UnusableError(path, f"{file} is not valid JSON: {error}", error.lineno, error.colno) from None
    except ValueError as error:
        raise UnusableError(path, f"{file} is not valid JSON: {error}") from None
    return content


def _bytes(path: Path) -> bytes:
    """A regular file of a size that fits into the memory. Raises OSError."""
    if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():  # a pipe or a device might never end
        raise OSError(None, "not a regular file")
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise OSError(None, f"larger than {MAX_BYTES:,} bytes")
    return raw


def _refuse_duplicates(members: list[tuple[str, Any]]) -> None:
    """Raises ValueError for a duplicate key: one of its values would be lost, as in YAML."""
    names: set[str] = set()
    for name, _ in members:
        if name in names:
            raise ValueError(f'duplicate key "{name}" in an object')
        names.add(name)


def record_of(raw: Any, ref: StreamRef, stream: Stream) -> Record:
    """A JSON object as a record of the stream `ref`. Raises NotTyped."""
    values = typed(raw, stream)
    return Record(ref.address(str(values.get(stream.key) or "?")), values)


def unknown_field(raw: Any, ref: StreamRef, stream: Stream) -> str:
    """What is wrong with the first member that its stream does not have; empty if it has all of them."""
    unknown = [name for name in raw if name not in stream.fields] if isinstance(raw, Mapping) else []
    if not unknown:
        return ""
    return with_hint(f'{ref} has no field "{unknown[0]}"', did_you_mean(unknown[0], stream.fields))


def read_record(path: Path, ref: StreamRef, stream: Stream) -> Record:
    """The record in a file. Raises ConfigError, also for a member that its stream does not have."""
    raw = read_json(path)
    if unknown := unknown_field(raw, ref, stream):
        raise UnusableError(path, f"{display_name(path)}: {unknown}")
    try:
        return record_of(raw, ref, stream)
    except NotTyped as error:
        raise UnusableError(path, f"{display_name(path)}: {error}") from None


def table_rows(folder: Path, name: str, stream: Stream) -> list[dict[str, Any]]:
    """The rows of a reference table, from `folder`/`name`.json. Raises ConfigError."""
    path = folder / f"{name}.json"
    rows = read_json(path)
    if not isinstance(rows, list):
        raise UnusableError(path, f"{display_name(path)}: expected a list of rows")
    try:
        return [typed(row, stream) for row in rows]
    except NotTyped as error:
        raise UnusableError(path, f"{display_name(path)}: {error}") from None
