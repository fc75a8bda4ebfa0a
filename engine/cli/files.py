"""Files that the command line writes for people: made with their folders, told in plain words if not."""

from __future__ import annotations

from pathlib import Path

from engine.model.errors import ConfigError


def write_text(path: Path, text: str) -> None:
    """Write a file, its folder too. Raises ConfigError where that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from None
