"""Writing the files that a verb generates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.cli.output import page_text, print_json, print_text
from engine.model.errors import ConfigError


def write_text(path: Path, text: str) -> None:
    """Write a file without secrets, creating its folder. Raises ConfigError if that fails."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page_text(text), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from None


def write_all(texts: Mapping[Path, str], output: str) -> None:
    """Write files and print their names: in text one by one, in JSON once all are written."""
    from engine.document import display_name

    for path, text in texts.items():
        write_text(path, text)
        if output == "text":
            print_text(f"wrote {display_name(path)}")
    if output == "json":
        print_json({"files": [display_name(path) for path in texts]})
