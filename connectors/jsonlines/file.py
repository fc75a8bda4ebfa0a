"""One .jsonl file: its lines read with their numbers, and replaced as a whole."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.sdk import UnavailableError, loads


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank: a JSON object, or why it is not one."""

    place: str  # customers.jsonl:14
    text: str
    values: Mapping[str, Any] | None
    mistake: str = ""


def read_lines(path: Path, *, may_be_missing: bool = False) -> list[Line]:
    """Every line of the file. Raises UnavailableError if it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if may_be_missing and path.parent.is_dir():
            return []
        raise UnavailableError(f"{path} does not exist") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UnavailableError(f"{path} cannot be read: {error}") from error
    rows = enumerate(text.split("\n"), start=1)
    return [_line(f"{path.name}:{number}", row) for number, row in rows if row.strip()]


def _line(place: str, text: str) -> Line:
    try:
        values = loads(text)
    except ValueError as error:
        return Line(place, text, None, f"invalid JSON: {error}")
    if not isinstance(values, dict):
        return Line(place, text, None, "expected a JSON object")
    return Line(place, text, values)


def changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other runs from changing the file meanwhile."""
    try:
        with path.with_name(f".{path.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise UnavailableError(f"{path} cannot be written: {error}") from error


def replace_lines(path: Path, lines: list[str]) -> None:
    """Write the file at once: after a crash it has either all the old lines or all the new ones."""
    new = path.with_name(f".{path.name}.new")
    with new.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path.resolve())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
