"""pack.yaml: which systems a pack is for, its tables and settings, and the mappings beside it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.config import nodes
from engine.config.settings import Setting, read_settings
from engine.config.tables import Table, read_table
from engine.document import Document, display_name, read_document
from engine.model.diagnostics import Diagnostics, Span

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


def load_pack(folder: Path, found: Diagnostics, at: Span) -> Pack | None:
    """Read a pack's folder. None where there is no pack to speak of; the reason is in `found`."""
    path = folder / "pack.yaml"
    if not os.path.isfile(path):  # noqa: PTH113  raises nothing, unlike Path's
        there = display_name(folder)
        found.error(
            "C206", at, f"there is no pack at {there}: no pack.yaml in it", hint="pack: ../mappings/NAME"
        )
        return None
    document = read_document(path, found)
    if document is None:
        return None
    parts = nodes.entries(document.root, found, "pack.yaml", _KEYS, ("pack", "systems"))
    systems = nodes.entries(parts["systems"], found, "systems") if "systems" in parts else {}
    tables = nodes.entries(parts["tables"], found, "tables") if "tables" in parts else {}
    return Pack(
        name=nodes.text(parts.get("pack"), found, "pack"),
        folder=folder,
        systems={name: nodes.text(one, found, f"systems.{name}") for name, one in systems.items()},
        tables={name: read_table(name, one, folder, found) for name, one in tables.items()},
        settings=read_settings(parts.get("settings"), found),
        documents=_mappings(folder, found),
    )


def _mappings(folder: Path, found: Diagnostics) -> tuple[Document, ...]:
    paths = sorted(path for path in folder.glob("*.yaml") if path.name != "pack.yaml")
    read = (read_document(path, found) for path in paths)
    return tuple(one for one in read if one is not None)
