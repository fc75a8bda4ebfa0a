"""pack.yaml: which systems a pack is for, its tables and settings, and the mappings beside it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.config import nodes
from engine.config.settings import Setting, read_settings
from engine.config.tables import Table, read_table
from engine.document import Document, MapNode, Node, Scalar, display_name, read_document
from engine.model.advice import did_you_mean
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics

_NAMED = re.compile(r"mapping:\s*[\"']?([\w-]+)")
_BARE = re.compile(r"[\w-][\w.-]*")  # a name, not a path
_ENGINE = Path(__file__).parents[1]
_KEYS = ("pack", "doc", "systems", "tables", "settings")


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as read: `documents` are the mappings, every other `*.yaml` beside pack.yaml."""

    name: str
    folder: Path
    systems: Mapping[str, str] = field(default_factory=dict)  # name used in mappings -> connector
    tables: Mapping[str, Table] = field(default_factory=dict)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    documents: tuple[Document, ...] = ()
    unread: tuple[str, ...] = ()  # mappings, as far as can be told, whose files could not be read
    doc: str = ""


def find_pack(node: Node, folder: Path, found: Diagnostics) -> Path | None:
    """The folder of the pack that a config in `folder` names: a path, or the bare name of a shipped pack.

    A folder of that name beside the config wins. None, noted, where neither can be found.
    """
    place = nodes.path(node, folder, found, "pack")
    if place is None or not isinstance(node, Scalar) or os.path.lexists(folder / node.text):
        return place
    if not _BARE.fullmatch(node.text):
        return place
    shipped = shipped_packs()
    if node.text not in shipped:
        message = f'there is no pack "{node.text}" beside this config, and none of that name is installed'
        hint = did_you_mean(node.text, {*shipped, *_neighbours(place)})
        found.error("C206", node.span, message, hint=hint or "pack: ../mappings/NAME")
        return None
    return shipped[node.text]


def shipped_packs() -> dict[str, Path]:
    """The packs that come with this program, by name: inside of it where it is installed from a wheel, in
    `mappings/` beside it in a checkout."""
    inside = _ENGINE / "packs"
    home = inside if inside.is_dir() else _ENGINE.parent / "mappings"
    return {one.parent.name: one.parent for one in sorted(home.glob("*/pack.yaml"))}


def is_installed(pack: Path, config: Path) -> bool:
    """Whether a config's pack is part of the installed program, where nothing is to be written.

    In a checkout the packs are files to be worked on, for the configs that stand in it; for others they are
    as far away as in an installed wheel.
    """
    if pack.resolve() not in (one.resolve() for one in shipped_packs().values()):
        return False
    return pack.parent == _ENGINE / "packs" or not config.resolve().is_relative_to(_ENGINE.resolve().parent)


def load_pack(folder: Path, found: Diagnostics, at: Span) -> Pack | None:
    """Read a pack's folder. None where there is no pack to speak of; the reason is in `found`."""
    path = folder / "pack.yaml"
    if not os.path.isfile(path):  # noqa: PTH113  raises nothing, unlike Path's
        message = f"there is no pack at {display_name(folder)}: no pack.yaml in it"
        found.error("C206", at, message, hint=_elsewhere(folder))
        return None
    document = read_document(path, found)
    if document is None:
        return None
    read = _mappings(folder, found)
    parts = nodes.entries(document.root, found, "pack.yaml", _KEYS, ("pack", "systems"))
    systems = _systems(parts["systems"], found) if "systems" in parts else {}
    tables = nodes.entries(parts["tables"], found, "tables") if "tables" in parts else {}
    return Pack(
        name=nodes.text(parts.get("pack"), found, "pack"),
        folder=folder,
        systems={name: nodes.text(one, found, f"systems.{name}") for name, one in systems.items()},
        tables={name: read_table(name, one, folder, found) for name, one in tables.items()},
        settings=read_settings(parts.get("settings"), found),
        documents=tuple(one for one in read.values() if one is not None),
        unread=tuple(_called(path, found) for path, one in read.items() if one is None),
        doc=nodes.text(_something(parts.get("doc")), found, "doc"),
    )


def _systems(node: Node, found: Diagnostics) -> dict[str, Node]:
    systems = nodes.entries(node, found, "systems")
    if not systems and (isinstance(node, MapNode) or nodes.is_nothing(node)):
        hint = "systems: {psohub: psohub, xero: xero}"
        found.error("C202", node.span, "the pack names no system", hint=hint)
    return systems


def _something(node: Node | None) -> Node | None:
    return None if node is None or nodes.is_nothing(node) else node


def _elsewhere(folder: Path) -> str:
    """What to try where there is no pack."""
    near = _neighbours(folder)
    if folder.is_file():
        return "name the folder that the pack is in"
    if (folder / "pack.yml").is_file():
        return "call its pack.yml pack.yaml"
    return did_you_mean(folder.name, near) or "pack: ../mappings/NAME"


def _neighbours(folder: Path) -> list[str]:
    try:
        return [one.parent.name for one in folder.parent.glob("*/pack.yaml")]
    except OSError:
        return []


def _mappings(folder: Path, found: Diagnostics) -> dict[Path, Document | None]:
    paths = [path for path in folder.glob("*.y*ml") if not path.name.startswith(".")]  # those are editors'
    for path in sorted(path for path in paths if path.suffix == ".yml"):
        hint = "call it " + path.with_suffix(".yaml").name
        found.warning("C215", Span(display_name(path)), "mappings end in .yaml; this is not read", hint=hint)
    own = sorted(path for path in paths if path.suffix == ".yaml" and path.name != "pack.yaml")
    return {path: read_document(path, found) for path in own}


def _called(path: Path, found: Diagnostics) -> str:
    """The name of a mapping whose file is no YAML: the one that it gives itself, else the file's own."""
    rows = found.sources.get(display_name(path), [])
    named = next((match for row in rows if (match := _NAMED.match(row))), None)
    return named[1] if named else path.stem
