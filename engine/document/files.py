"""Files as text: read within limits, and named as people write their paths."""

from __future__ import annotations

import os
import stat
from codecs import BOM_UTF8
from pathlib import Path

from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.redact import starred

MAX_BYTES = 2_000_000


def read_text(path: Path, name: str, diagnostics: Diagnostics) -> str | None:
    """A file's text; its lines are kept in `diagnostics` for excerpts. None, and reported, if unreadable."""
    start = Span(name)
    try:
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # reading a pipe would block for ever
            diagnostics.error("Y101", start, f"cannot read {name}: not a regular file")
            return None
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        diagnostics.error("Y101", start, f"cannot read {name}: {reason.lower()}")
        return None
    if len(raw) > MAX_BYTES:
        diagnostics.error("Y107", start, f"the file is larger than {MAX_BYTES} bytes")
        return None
    raw = raw.removeprefix(BOM_UTF8)
    diagnostics.sources[name] = [starred(row) for row in raw.decode("utf-8", "replace").splitlines()]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        message = f"byte 0x{raw[error.start]:02X} is not valid UTF-8"
        diagnostics.error("Y102", span_after(name, before), message, hint="save the file as UTF-8")
        return None


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a path, links followed, is in the folder, links followed. A folder that is mounted as links is
    inside itself.
    """
    inner, outer = os.path.realpath(path), os.path.realpath(folder)
    return inner == outer or inner.startswith(os.path.join(outer, ""))  # noqa: PTH118


def span_after(name: str, before: str) -> Span:
    """The position right after the text `before`."""
    rows = (before + "|").splitlines()
    return Span(name, len(rows), len(rows[-1]))


def display_name(path: Path) -> str:
    """The path as people write it: relative to the working folder if it is inside it."""
    relative = os.path.relpath(path)
    return os.path.normpath(path) if relative.startswith("..") else relative
