"""pack.yaml: which systems a pack is for, its tables and settings, and the mappings in the same folder."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.config.settings import Setting, read_settings
from engine.config.tables import Table, read_table
from engine.config.words import PACK, expecting
from engine.document import (
    Document,
    Expect,
    Node,
    Part,
    Scalar,
    display_name,
    is_inside,
    is_null,
    or_empty,
    read_document,
)
from engine.model.advice import did_you_mean
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics

_NAMED = re.compile(r"mapping:\s*[\"']?([\w-]+)")
_BARE = re.compile(r"[\w-][\w.-]*")  # a name, not a path
_ENGINE = Path(__file__).parents[1]
_EXAMPLE = "pack: ../mappings/NAME"


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as read: `documents` are its mappings, every other `*.yaml` in its folder."""

    name: str
    folder: Path
    systems: Mapping[str, str] = field(default_factory=dict)  # name used in mappings -> connector
    tables: Mapping[str, Table] = field(default_factory=dict)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    documents: tuple[Document, ...] = ()
    unread: tuple[str, ...] = ()  # names of the mappings whose files could not be read
    doc: str = ""


def find_pack(node: Node, folder: Path, diagnostics: Diagnostics) -> Path | None:
    """The folder of the pack that a config in `folder` names: a path, or the bare name of an installed pack.

    A folder of that name next to the config comes first. None, and reported, if neither exists.
    """
    path = _path(node, folder, expecting(diagnostics))
    if path is None or not isinstance(node, Scalar) or os.path.lexists(folder / node.text):
        return path
    if not _BARE.fullmatch(node.text):
        return path
    shipped = shipped_packs()
    if node.text not in shipped:
        message = f'no pack "{node.text}": neither a folder next to this config nor an installed pack'
        hint = did_you_mean(node.text, {*shipped, *_neighbours(path)})
        diagnostics.error("C206", node.span, message, hint=hint or _EXAMPLE)
        return None
    return shipped[node.text]


def _path(node: Node, folder: Path, expect: Expect) -> Path | None:
    name = expect.text(node, "pack")
    if not name:
        if isinstance(node, Scalar) and not is_null(node):
            expect.diagnostics.error("C203", node.span, "pack: expected a path, found blank text")
        return None
    if "\0" in name:
        expect.mismatch(node, "pack", "a path")
        return None
    return Path(os.path.abspath(folder / name))  # noqa: PTH100  before links, as the config's own path is


def shipped_packs() -> dict[str, Path]:
    """The packs that come with this program, by name: inside it in a wheel, else the checkout's."""
    inside = _ENGINE / "packs"
    home = inside if inside.is_dir() else _ENGINE.parent / "mappings"
    return {file.parent.name: file.parent for file in sorted(home.glob("*/pack.yaml"))}


def is_installed(pack: Path, config: Path) -> bool:
    """Whether a config's pack is part of the installed program, where nothing is to be written.

    In a checkout the packs are files to work on for the configs inside it; for all others they count as
    installed, as in a wheel.
    """
    if pack.resolve() not in (folder.resolve() for folder in shipped_packs().values()):
        return False
    return pack.parent == _ENGINE / "packs" or not config.resolve().is_relative_to(_ENGINE.resolve().parent)


def load_pack(folder: Path, diagnostics: Diagnostics, span: Span) -> Pack | None:
    """Read a pack's folder. None if it is not a pack; the reason is in `diagnostics`.

    `span` is where the config names it.
    """
    path = folder / "pack.yaml"
    if not os.path.isfile(path):  # noqa: PTH113  raises nothing, unlike Path's
        message = f"no pack at {display_name(folder)}: it has no pack.yaml"
        diagnostics.error("C206", span, message, hint=_missing_pack_hint(folder))
        return None
    document = _mapping(path, folder, diagnostics)
    if document is None:
        return None
    documents = _mappings(folder, diagnostics)
    expect = expecting(diagnostics)
    part = expect.part(document.root, PACK)
    if part is None:
        return Pack("", folder)
    return Pack(
        name=part.text("pack"),
        folder=folder,
        systems=_systems(part),
        tables=_tables(part.get("tables"), folder, expect),
        settings=read_settings(part.get("settings"), expect),
        documents=tuple(document for document in documents.values() if document is not None),
        unread=tuple(_probable_name(path, diagnostics) for path, read in documents.items() if read is None),
        doc=part.prose("doc"),
    )


def _systems(part: Part) -> dict[str, str]:
    """The systems' names, each with its connector."""
    node, expect = part.get("systems"), part.expect
    systems = None if node is None else expect.map_node(or_empty(node), "systems")
    if node is None or systems is None:
        return {}
    if not systems.entries:
        hint = "systems: {psohub: psohub, xero: xero}"
        expect.diagnostics.error("C202", node.span, "systems: expected at least one system", hint=hint)
    return {name: expect.text(node, f"systems.{name}") for name, node in systems.entries.items()}


def _tables(node: Node | None, folder: Path, expect: Expect) -> dict[str, Table]:
    tables = None if node is None else expect.map_node(or_empty(node), "tables")
    entries = {} if tables is None else tables.entries
    return {name: read_table(name, node, folder, expect.diagnostics) for name, node in entries.items()}


def _missing_pack_hint(folder: Path) -> str:
    if folder.is_file():
        return "name the pack's folder, not a file"
    if (folder / "pack.yml").is_file():
        return "rename its pack.yml to pack.yaml"
    return did_you_mean(folder.name, _neighbours(folder)) or _EXAMPLE


def _neighbours(folder: Path) -> list[str]:
    try:
        return [file.parent.name for file in folder.parent.glob("*/pack.yaml")]
    except OSError:
        return []


def _mappings(folder: Path, diagnostics: Diagnostics) -> dict[Path, Document | None]:
    paths = [path for path in folder.glob("*.y*ml") if not path.name.startswith(".")]  # those are editors'
    for path in sorted(path for path in paths if path.suffix == ".yml"):
        message = "not read: the names of mapping files end in .yaml"
        hint = f"rename it to {path.with_suffix('.yaml').name}"
        diagnostics.warning("C215", Span(display_name(path)), message, hint=hint)
    mappings = sorted(path for path in paths if path.suffix == ".yaml" and path.name != "pack.yaml")
    return {path: _mapping(path, folder, diagnostics) for path in mappings}


def _mapping(path: Path, folder: Path, diagnostics: Diagnostics) -> Document | None:
    if is_inside(path, folder):
        return read_document(path, diagnostics)
    message = "not read: it is a link to a file outside the pack's folder"
    diagnostics.error("Y101", Span(display_name(path)), message, hint="copy the file into the folder")
    return None


def _probable_name(path: Path, diagnostics: Diagnostics) -> str:
    """The name of a mapping whose file is not valid YAML: the one it gives itself, or else the file's."""
    rows = diagnostics.sources.get(display_name(path), [])
    named = next((match for row in rows if (match := _NAMED.match(row))), None)
    return named[1] if named else path.stem
