"""The file `.env` next to a config: variables that the environment itself does not have."""

from __future__ import annotations

import re
import stat
from pathlib import Path

MAX_BYTES = 64_000  # of a file with secrets: one that is larger is something else

_LINE = re.compile(r"(?:export\s+)?([A-Za-z0-9_]+)\s*=\s*(.*)", re.ASCII)


def read_small_file(path: Path) -> str:
    """The text of a small regular file. Raises OSError or ValueError, without the text in its message."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):  # reading a device or a pipe might never end
        raise OSError(None, "not a regular file")
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise OSError(None, f"larger than {MAX_BYTES} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("not valid UTF-8") from None


def variables(path: Path) -> dict[str, str]:
    """What a `.env` sets: `NAME=value` by line, `export` allowed, quotes around a value removed.

    Lines that begin with # are comments; other lines that are not of this form are left out.
    """
    found = {}
    for line in read_small_file(path).splitlines():
        match = _LINE.fullmatch(line.strip())
        if match:
            found[match[1]] = _unquoted(match[2].strip())
    return found


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return re.sub(r"\s+#.*$", "", value)
