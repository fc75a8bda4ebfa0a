"""A working folder made of a pack's `starter/`: put together aside, then copied where it is wanted."""

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
LONGEST = 60  # characters of a name: files are called by it
_NOT_COPIED = (STARTER, "schemas", "__pycache__", ".*")  # schemas are made anew, for what is installed here


def valid_name(text: str) -> str:
    """The letters, digits, - and _ of a text; whatever stands between them becomes one -. May be empty."""
    kept = [
        one if one in "-_" or unicodedata.category(one)[0] in "LMN" else "-"
        for one in unicodedata.normalize("NFC", text)
    ]
    return re.sub("-+", "-", "".join(kept)).strip("-")[:LONGEST].rstrip("-")


def put_together(folder: Path, name: str, pack: Path, *, copied: bool) -> None:
    """Make the whole working folder in `folder`, which is empty. Raises ConfigError, OSError."""
    if not (pack / STARTER).is_dir():
        raise ConfigError(f"the pack {pack.name} has no folder {STARTER}/ to begin from")
    if copied:
        _copy_pack(pack, folder / "mappings")
    words = _words(name, pack.name, copied=copied)
    for template in sorted(one for one in (pack / STARTER).rglob("*") if one.is_file()):
        place = folder / _filled(template.relative_to(pack / STARTER).as_posix(), words)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(_filled(template.read_text(encoding="utf-8"), words), encoding="utf-8")
    _add_what_is_made(folder, folder / "configs" / f"{name}.yaml", folder / words["schemas"])


def _copy_pack(pack: Path, mappings: Path) -> None:
    shutil.copytree(pack, mappings / pack.name, ignore=shutil.ignore_patterns(*_NOT_COPIED))
    language = pack.parent / "README.md"
    if language.is_file():
        shutil.copyfile(language, mappings / language.name)


def _words(name: str, pack: str, *, copied: bool) -> Mapping[str, str]:
    """What the templates' `{name}` and the like stand for."""
    if copied:
        rules = f"`mappings/{pack}/`, one file a mapping; `mappings/README.md` describes the language"
        return {
            "name": name,
            "pack": f"../mappings/{pack}",
            "schemas": f"mappings/{pack}/schemas",
            "rules": rules,
        }
    rules = f"those of {pack}, installed with sync; your own go over them, under `overrides` in the config"
    return {"name": name, "pack": pack, "schemas": "schemas", "rules": rules}


def _filled(text: str, words: Mapping[str, str]) -> str:
    for word, meant in words.items():
        text = text.replace("{" + word + "}", meant)
    return text


def _add_what_is_made(folder: Path, config: Path, schemas: Path) -> None:
    """The editors' schemas, and the snapshot of every case."""
    from engine.cases import cases_of, is_record, wire_text
    from engine.cli.files import write_text
    from engine.cli.render.schemas import schema_texts
    from engine.workspace import load_project

    project = load_project(config)
    for kind, text in schema_texts(project).items():
        write_text(schemas / f"{kind}.schema.json", text)
    for record in sorted(one for one in (folder / "tests").rglob("*.json") if is_record(one)):
        for case in cases_of(record, project):
            write_text(case.snapshot, wire_text(case, project))


def files_in(folder: Path) -> list[str]:
    """Every file below a folder, by its path from there."""
    return sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file())


def in_the_way(folder: Path, files: Iterable[str]) -> list[str]:
    """What stands where the files would go: a file of the same name, or one where a folder is needed."""
    found = []
    for name in files:
        for place in (*reversed([one for one in Path(name).parents if one.name]), Path(name)):
            there = folder / place
            if os.path.lexists(there) and (place == Path(name) or not there.is_dir()):
                found.append(place.as_posix())
                break
    return sorted(set(found))


def put(source: Path, folder: Path, files: Iterable[str]) -> None:
    """Copy the files. None is ever replaced; where one cannot be written, nothing is left behind."""
    made: list[Path] = []
    try:
        for name in files:
            place = folder / name
            for missing in reversed([one for one in place.parents if not one.is_dir()]):
                missing.mkdir()
                made.append(missing)
            with place.open("xb") as file:
                made.append(place)
                file.write((source / name).read_bytes())
    except BaseException:
        for one in reversed(made):
            with suppress(OSError):
                one.rmdir() if one.is_dir() else one.unlink()
        raise
