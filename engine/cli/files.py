"""Files that the command line writes for people: made with their folders, told in plain words if not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.cli.output import say, say_json
from engine.model.errors import ConfigError


def write_text(path: Path, text: str) -> None:
    """Write a file, its folder too. Raises ConfigError where that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from None


def write_all(texts: Mapping[Path, str], output: str) -> None:
    """Write files and tell their names: to people one by one, to programs when all are there."""
    from engine.document import display_name

    for path, text in texts.items():
        write_text(path, text)
        if output == "text":
            say(f"wrote {display_name(path)}")
    if output == "json":
        say_json({"files": [display_name(path) for path in texts]})
