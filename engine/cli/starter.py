"""A working folder made from a pack's `starter/`: assembled in a temporary folder, then copied.

Everything that can fail happens before the first file is written, and existing files are never overwritten.
"""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from engine.model.errors import ConfigError

STARTER = "starter"
LONGEST = 60  # characters of a name, which becomes part of file names
_NOT_COPIED = (STARTER, "schemas", "__pycache__", ".*")  # schemas are generated for what is installed here


def valid_name(text: str) -> str:
    """The letters, digits, - and _ of a text; anything between them becomes one -. May be empty."""
    characters = [
        character if character in "-_" or unicodedata.category(character)[0] in "LMN" else "-"
        for character in unicodedata.normalize("NFC", text)
    ]
    return re.sub("-+", "-", "".join(characters)).strip("-")[:LONGEST].rstrip("-")


def assemble(folder: Path, name: str, pack: Path, *, copied: bool, existing: Path) -> list[str]:
    """Assemble the working folder in `folder`, which is empty. Returns the files that belong to it.

    What exists in `existing` takes precedence, so that schemas and snapshots are generated for the mappings
    that are there. Raises ConfigError or OSError.
    """
    if not (pack / STARTER).is_dir():
        raise ConfigError(f"the pack {pack.name} has no {STARTER}/ folder to start from")
    mappings = folder / "mappings" / pack.name
    if copied:
        _copy_pack(pack, mappings)
    words = _words(name, pack.name, copied=copied)
    for template in sorted(path for path in (pack / STARTER).rglob("*") if path.is_file()):
        path = folder / _filled(template.relative_to(pack / STARTER).as_posix(), words)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_filled(template.read_text(encoding="utf-8"), words), encoding="utf-8")
    files = files_in(folder)
    kept = _overlay(existing, folder, files, mappings if copied else None)
    try:
        made = _generate(folder, folder / "configs" / f"{name}.yaml", folder / words["schemas"], files)
    except ConfigError:
        if kept:
            message = "the config or the mappings that exist have mistakes: correct them first (`sync check`)"
            raise ConfigError(f"{existing}: {message}; nothing was written") from None
        raise
    return sorted({*files, *made})


def _copy_pack(pack: Path, mappings: Path) -> None:
    shutil.copytree(pack, mappings, ignore=shutil.ignore_patterns(*_NOT_COPIED))
    language = pack.parent / "README.md"
    if language.is_file():
        shutil.copyfile(language, mappings.parent / language.name)


def _words(name: str, pack: str, *, copied: bool) -> Mapping[str, str]:
    """The values of `{name}` and the other placeholders in the templates."""
    if copied:
        rules = f"`mappings/{pack}/`, one file per mapping; `mappings/README.md` describes the language"
        return {
            "name": name,
            "pack": f"../mappings/{pack}",
            "schemas": f"mappings/{pack}/schemas",
            "rules": rules,
        }
    rules = f"the pack {pack}, installed with sync; override its rules under `overrides` in the config"
    return {"name": name, "pack": pack, "schemas": "schemas", "rules": rules}


def _filled(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace("{" + word + "}", value)
    return text


def _overlay(existing: Path, folder: Path, files: Iterable[str], mappings: Path | None) -> bool:
    """Copy what exists over what was assembled: the pack with the user's own files, too."""
    existing_pack = existing / mappings.relative_to(folder) if mappings is not None else None
    if mappings is not None and existing_pack is not None and existing_pack.is_dir():
        shutil.copytree(existing_pack, mappings, dirs_exist_ok=True, ignore_dangling_symlinks=True)
    kept = [name for name in files if (existing / name).is_file()]
    for name in kept:
        shutil.copyfile(existing / name, folder / name)
    return bool(kept)


def _generate(folder: Path, config: Path, schemas: Path, files: Iterable[str]) -> list[str]:
    """Generate the editor schemas and the snapshot of every starter case. Returns their names."""
    from engine.cases import cases_of, is_record, wire_text
    from engine.cli.files import write_text
    from engine.cli.render.schemas import schema_texts
    from engine.workspace import load_project

    project = load_project(config)
    texts = {schemas / f"{kind}.schema.json": text for kind, text in schema_texts(project).items()}
    for record in (folder / name for name in files):
        if is_record(record):
            texts |= {case.snapshot: wire_text(case, project) for case in cases_of(record, project)}
    for path, text in texts.items():
        write_text(path, text)
    return [path.relative_to(folder).as_posix() for path in texts]


def files_in(folder: Path) -> list[str]:
    """Every file below a folder, by its path from there."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def obstacles(folder: Path, files: Iterable[str]) -> list[str]:
    """Existing files where a folder is needed, and folders where a file is needed."""
    blocked = set()
    for name in files:
        for parent in [path for path in Path(name).parents if path.name]:
            if os.path.lexists(folder / parent) and not (folder / parent).is_dir():
                blocked.add(parent.as_posix())
        if (folder / name).is_dir():
            blocked.add(name)
    return sorted(blocked)


def copy_files(source: Path, folder: Path, files: Iterable[str]) -> None:
    """Copy new files and overwrite none; if one cannot be written, the others are removed."""
    made: list[Path] = []
    try:
        for name in files:
            path = folder / name
            for missing in reversed([parent for parent in path.parents if not parent.is_dir()]):
                missing.mkdir()
                made.append(missing)
            with path.open("xb") as file:
                made.append(path)
                file.write((source / name).read_bytes())
    except BaseException:
        for path in reversed(made):
            with suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise
