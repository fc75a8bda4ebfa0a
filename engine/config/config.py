"""configs/*.yaml: one business unit, its systems, settings, overrides and limits."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.config import nodes
from engine.config.pack import Pack, find_pack, load_pack
from engine.config.settings import read_values, value_of
from engine.document import MapNode, Node, Scalar, display_name, read_document
from engine.model.advice import meant_bool
from engine.model.diagnostic import NOWHERE, Span
from engine.model.diagnostics import Diagnostics
from engine.model.errors import ConfigError
from engine.model.schema import DATE, DECIMAL, INT

_KEYS = ("name", "doc", "pack", "systems", "settings", "overrides", "limits", "ledger")
_LIMITS = ("first_run_since", "changes", "amount")


@dataclass(frozen=True, slots=True)
class SystemPart:
    """One system of a config: its connector's name, the connector's own settings as written, its sandbox."""

    name: str
    connector: str  # empty: none was named, which is noted
    # The whole part; `connector` and `sandbox` are the engine's, the rest the connector's. Not in the repr:
    # a secret may stand there in the open.
    node: MapNode = field(repr=False)
    sandbox: Mapping[str, Any] | None = None  # options; None: the real system
    at: Span = NOWHERE  # of its name

    def settings(self) -> dict[str, Node]:
        return {name: one for name, one in self.node.entries.items() if name not in ("connector", "sandbox")}


@dataclass(frozen=True, slots=True)
class Config:
    name: str
    path: Path
    pack: Pack
    systems: Mapping[str, SystemPart]
    settings: Mapping[str, Any]
    given: frozenset[str]  # the settings that the config itself sets; the others are the pack's defaults
    limits: Mapping[str, Any]  # first_run_since, changes, amount; those that are set
    ledger: str  # an absolute address
    overrides: MapNode | None = None
    span: Span = NOWHERE

    @property
    def folder(self) -> Path:
        return self.path.parent


def load_config(path: Path, found: Diagnostics) -> Config | None:
    """Read a config and its pack. Mistakes go to `found`; None where no config can be made of the file.

    Raises ConfigError where there is no such file.
    """
    if not os.path.isfile(path):  # noqa: PTH113  unlike Path's, it raises nothing where a folder is closed
        raise ConfigError(_no_file(path))
    document = read_document(path, found)
    if document is None or _is_something_else(document.root, path, found):
        return None
    parts = nodes.entries(document.root, found, "the config", _KEYS, ("name", "pack", "systems"))
    if not isinstance(document.root, MapNode) or "pack" not in parts:
        return None
    folder = path.resolve().parent
    place = find_pack(parts["pack"], folder, found)
    pack = load_pack(place, found, parts["pack"].span) if place is not None else None
    if pack is None:
        return None
    name = _name(parts.get("name"), found) or path.stem
    return Config(
        name=name,
        path=path.resolve(),
        pack=pack,
        systems=_systems(parts.get("systems"), pack, found, _at(document.root, "systems")),
        given=_given(parts.get("settings")),
        settings=read_values(parts.get("settings"), pack.settings, found, _at(document.root, "settings")),
        limits=_limits(parts.get("limits"), found),
        ledger=_ledger(parts.get("ledger"), folder, name, found),
        overrides=_overrides(parts.get("overrides"), found),
        span=Span(document.file),
    )


def _is_something_else(root: Node, path: Path, found: Diagnostics) -> bool:
    """Whether a mapping or a pack is taken for a config: said once, not key by key."""
    if not isinstance(root, MapNode) or "name" in root.keys:
        return False
    for key, what in (("mapping", "a mapping"), ("tables", "a pack"), ("pack", "a pack")):
        if key in root.keys and (key == "mapping" or path.name == "pack.yaml"):
            hint = "name a config: it says which pack is used, and all of that is read"
            found.error("C201", root.keys[key].span, f"this is {what}, not a config", hint=hint)
            return True
    return False


def _at(root: MapNode, key: str) -> Span:
    """Where a part of the config begins: its key, or the config where it is left out."""
    return root.keys[key].span if key in root.keys else root.span


def _given(node: Node | None) -> frozenset[str]:
    entries = node.entries if isinstance(node, MapNode) else {}
    return frozenset(name for name, one in entries.items() if not nodes.is_nothing(one))


def _name(node: Node | None, found: Diagnostics) -> str:
    name = nodes.text(node, found, "name")
    if node is not None and name and (set(name) & {"/", "\\", "\0"} or name.startswith(".")):
        hint = "letters, digits and -, e.g. acme-nl"
        message = f'"{name}" cannot be a name: the ledger\'s file is called by it'
        found.error("C203", node.span, message, hint=hint)
    return name


def _no_file(path: Path) -> str:
    shown = display_name(path)
    if os.path.isdir(path):  # noqa: PTH112
        return f"{shown} is a folder; name one config in it, such as {shown}/acme.yaml"
    if os.path.exists(path):  # noqa: PTH110
        return f"{shown} is no file"
    near = sorted(one.name for one in path.parent.glob("*.yaml"))
    there = f"; {display_name(path.parent)} has {', '.join(near[:6])}" if near else ""
    return f"there is no config {shown}{there}"


def _systems(node: Node | None, pack: Pack, found: Diagnostics, at: Span) -> dict[str, SystemPart]:
    if node is None or not pack.systems:
        return {}  # what is missing is noted as missing, once
    given = nodes.entries(
        node, found, "systems", pack.systems, code="C205", lacks=f"the pack {pack.name} has no system"
    )
    for name in pack.systems:
        if name not in given and (isinstance(node, MapNode) or nodes.is_nothing(node)):
            message, hint = f'the pack {pack.name} needs the system "{name}"', f"{name}: under systems"
            found.error("C205", at, message, hint=hint)
    parts = {name: _system(name, one, pack, found, _at_entry(node, one)) for name, one in given.items()}
    return {name: part for name, part in parts.items() if part is not None}


def _at_entry(node: Node, entry: Node) -> Span:
    """Where the key of an entry stands, be it misspelt."""
    if not isinstance(node, MapNode):
        return entry.span
    return next((key.span for name, key in node.keys.items() if node.entries[name] is entry), entry.span)


def _system(name: str, node: Node, pack: Pack, found: Diagnostics, at: Span) -> SystemPart | None:
    parts = nodes.entries(node, found, f"systems.{name}")
    if nodes.is_nothing(node):
        node = MapNode({}, {}, node.span)
    if not isinstance(node, MapNode):
        return None
    connector = pack.systems[name]
    if "connector" in parts:
        connector = nodes.text(parts["connector"], found, f"systems.{name}.connector")
    sandbox = _sandbox(parts.get("sandbox"), found, f"systems.{name}.sandbox")
    return SystemPart(name, connector, node, sandbox, at)


def _sandbox(node: Node | None, found: Diagnostics, what: str) -> Mapping[str, Any] | None:
    if node is None or (isinstance(node, Scalar) and node.kind == "bool"):
        return {} if node is not None and node.text == "true" else None
    if isinstance(node, MapNode):
        return {name: nodes.plain(one) for name, one in node.entries.items()}
    message = f"{what} must be true, false or a mapping of options, found {nodes.said(node)}"
    found.error("C203", node.span, message, hint=meant_bool(node.text if isinstance(node, Scalar) else ""))
    return {}  # a sandbox was meant, so nothing is said of settings that only the real system needs


def _limits(node: Node | None, found: Diagnostics) -> dict[str, Any]:
    given = nodes.entries(node, found, "limits", _LIMITS) if node is not None else {}
    types = {"first_run_since": DATE, "changes": INT, "amount": DECIMAL}
    values = {
        name: value_of(one, types[name], (), found, f"limits.{name}", "C214") for name, one in given.items()
    }
    for name, value in values.items():
        if isinstance(value, int | Decimal) and value < 0:
            found.error("C214", given[name].span, f"limits.{name} must not be negative, found {value}")
    return {name: value for name, value in values.items() if value is not None}


def _ledger(node: Node | None, folder: Path, name: str, found: Diagnostics) -> str:
    address = nodes.text(node, found, "ledger") if node is not None else f"sqlite:///.sync/{name}.db"
    scheme, slashes, rest = address.partition("sqlite:///")
    if slashes and not scheme and rest and "\0" not in rest:
        return f"sqlite:///{os.path.realpath(folder / rest)}"
    if node is not None:
        message = f'"{address}" is no address of a ledger'
        found.error("C203", node.span, message, hint="ledger: sqlite:///../.sync/acme.db")
    return address


def _overrides(node: Node | None, found: Diagnostics) -> MapNode | None:
    if node is None or isinstance(node, MapNode):
        return node
    if nodes.is_nothing(node):
        return None
    found.error("C203", node.span, f"overrides must name mappings, found {nodes.said(node)}")
    return None
