"""configs/*.yaml: one business unit, its systems, settings, overrides and limits."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.config import secrets
from engine.config.excerpts import conceal, conceal_unread, know_written
from engine.config.pack import Pack, find_pack, load_pack
from engine.config.settings import read_values
from engine.config.values import value_of
from engine.config.words import CONFIG, LIMITS, SYSTEM, expecting
from engine.document import (
    Document,
    Expect,
    MapNode,
    Node,
    Part,
    Scalar,
    display_name,
    is_null,
    or_empty,
    plain,
    read_document,
)
from engine.model.advice import meant_bool
from engine.model.diagnostic import NOWHERE, Span
from engine.model.diagnostics import Diagnostics
from engine.model.errors import ConfigError
from engine.model.redact import redacted


@dataclass(frozen=True, slots=True)
class SystemConfig:
    """One system of a config: its connector's name, the connector's own settings as written, its sandbox."""

    name: str
    connector: str  # empty if it is not text, which is reported
    # The keys of SYSTEM are the engine's, all others the connector's. Not in the repr: it may hold a
    # plain-text secret.
    node: MapNode = field(repr=False)
    sandbox: Mapping[str, Any] | None = None  # options; None: the real system
    span: Span = NOWHERE  # of its name

    def settings(self) -> dict[str, Node]:
        """The connector's own settings."""
        return {name: node for name, node in self.node.entries.items() if name not in SYSTEM.names}


@dataclass(frozen=True, slots=True)
class Config:
    name: str
    path: Path
    pack: Pack
    systems: Mapping[str, SystemConfig]
    settings: Mapping[str, Any]
    given: Mapping[str, Span]  # where the config itself sets settings; the others are the pack's defaults
    limits: Mapping[str, Any]  # by the names in LIMITS; only those that are set
    ledger: str  # an absolute address
    overrides: MapNode | None = None
    span: Span = NOWHERE
    doc: str = ""

    @property
    def folder(self) -> Path:
        return self.path.parent


def load_config(path: Path, diagnostics: Diagnostics) -> Config | None:
    """Read a config and its pack. None if they cannot be used; the reasons are in `diagnostics`.

    Raises ConfigError if there is no such file.
    """
    if not os.path.isfile(path):  # noqa: PTH113  unlike Path's, it raises nothing if a folder is not readable
        raise ConfigError(_no_file(path))
    document = read_document(path, diagnostics)
    if document is None:
        conceal_unread(diagnostics.sources.get(display_name(path), []))
        return None
    know_written(document.root)
    config = _read(document, path, diagnostics)
    conceal(document.root, config.pack if config is not None else None, diagnostics)
    return config


def _read(document: Document, path: Path, diagnostics: Diagnostics) -> Config | None:
    if _is_another_file(document.root, path, diagnostics):
        return None
    expect = expecting(diagnostics)
    part = expect.part(document.root, CONFIG)
    pack_node = part.get("pack") if part is not None else None
    if part is None or pack_node is None:
        return None
    # Before links: a mounted config is a link to another folder at each change of the mount.
    path = Path(os.path.abspath(path))  # noqa: PTH100  unlike Path.absolute, it removes `..`
    folder = path.parent
    _refuse_fallbacks(document.root, diagnostics)
    pack_folder = find_pack(pack_node, folder, diagnostics)
    pack = load_pack(pack_folder, diagnostics, pack_node.span) if pack_folder is not None else None
    if pack is None:
        return None
    name = _name(part) or path.stem
    settings, given = read_values(part.get("settings"), pack.settings, diagnostics, part.span("settings"))
    return Config(
        name=name,
        path=path,
        pack=pack,
        systems=_systems(part, pack),
        given=given,
        settings=settings,
        limits=_limits(part.get("limits"), expect),
        ledger=_ledger(part, folder, name),
        overrides=_overrides(part.get("overrides"), expect),
        span=Span(document.file),
        doc=part.prose("doc"),
    )


def _refuse_fallbacks(node: Node, diagnostics: Diagnostics) -> None:
    """Report broken references outside of `systems`, whose settings are checked with their connector."""
    if isinstance(node, Scalar):
        if secrets.is_reference(node.text) and (mistake := secrets.mistake_in(node.text)):
            diagnostics.error("C211", node.span, mistake)
        return
    members = node.entries.items() if isinstance(node, MapNode) else enumerate(node.items)
    for name, member in members:
        if name != "systems":
            _refuse_fallbacks(member, diagnostics)


def _is_another_file(root: Node, path: Path, diagnostics: Diagnostics) -> bool:
    """Whether this is a mapping or a pack: reported once instead of key by key."""
    if not isinstance(root, MapNode) or "name" in root.keys:
        return False
    for key, what in (("mapping", "a mapping"), ("tables", "a pack"), ("pack", "a pack")):
        if key in root.keys and (key == "mapping" or path.name == "pack.yaml"):
            hint = "pass a config instead: it names the pack, and all files of the pack are read"
            diagnostics.error("C201", root.keys[key].span, f"this is {what}, not a config", hint=hint)
            return True
    return False


def _name(part: Part) -> str:
    name = part.text("name")
    if set(name) & {"/", "\\", "\0"} or name.startswith("."):
        message = f'"{name}" cannot be the name of a config: its ledger\'s file is named after it'
        hint = "use letters, digits and -, e.g. acme-nl"
        node = part.get("name")
        part.expect.diagnostics.error("C203", node.span if node else NOWHERE, message, hint=hint)
    return name


def _no_file(path: Path) -> str:
    shown = display_name(path)
    if os.path.isdir(path):  # noqa: PTH112
        return f"{shown} is a folder; name a config in it, such as {shown}/acme.yaml"
    if os.path.exists(path):  # noqa: PTH110
        return f"{shown} is not a regular file"
    near = sorted(file.name for file in path.parent.glob("*.yaml"))
    return f"config not found: {shown}" + (
        f"; {display_name(path.parent)} has {', '.join(near[:6])}" if near else ""
    )


def _systems(part: Part, pack: Pack) -> dict[str, SystemConfig]:
    node, expect = part.get("systems"), part.expect
    if node is None or not pack.systems:
        return {}  # reported as a missing key
    written = expect.map_node(or_empty(node), "systems")
    if written is None:
        return {}
    given = expect.known_keys(written, pack.systems, noun="system", code="C205")
    for name in pack.systems:
        if name not in given.entries:
            message = f'missing system "{name}", which the pack {pack.name} uses'
            expect.diagnostics.error("C205", part.span("systems"), message, hint=f"{name}: … under systems")
    systems = (
        _system(name, node, pack.systems[name], given.keys[name].span, expect)
        for name, node in given.entries.items()
    )
    return {system.name: system for system in systems if system is not None}


def _system(name: str, node: Node, connector: str, span: Span, expect: Expect) -> SystemConfig | None:
    """One system. Keys that are not the engine's belong to its connector, which checks them."""
    path = f"systems.{name}"
    written = expect.map_node(or_empty(node), path)
    if written is None:
        return None
    part = Part(SYSTEM, written, expect, path)
    if part.get("connector") is not None:
        connector = part.text("connector")
    return SystemConfig(name, connector, written, _sandbox(part), span)


def _sandbox(part: Part) -> Mapping[str, Any] | None:
    node = part.get("sandbox")
    if node is None or (isinstance(node, Scalar) and node.kind == "bool"):
        return {} if node is not None and node.text == "true" else None
    if isinstance(node, MapNode):
        return {name: plain(option) for name, option in node.entries.items()}
    hint = meant_bool(node.text if isinstance(node, Scalar) else "")
    part.expect.mismatch(node, part.label("sandbox"), "true, false or a mapping of options", hint=hint)
    return {}  # a sandbox is wanted: reported once, not as missing settings too


def _limits(node: Node | None, expect: Expect) -> dict[str, Any]:
    part = None if node is None else expect.part(or_empty(node), LIMITS, "limits")
    if part is None:
        return {}
    values = {}
    for word in LIMITS:
        node = part.get(word.name)
        if node is None:
            continue
        value = value_of(node, word.type, (), expect.diagnostics, part.label(word.name), "C214")
        if value is not None and word.least is not None and value < word.least:
            message = f"{part.label(word.name)}: expected {word.least} or more, found {value}"
            expect.diagnostics.error("C214", node.span, message)
        if value is not None:
            values[word.name] = value
    return values


def _ledger(part: Part, folder: Path, name: str) -> str:
    node = part.get("ledger")
    address = part.text("ledger") if node is not None else f"sqlite:///.sync/{name}.db"
    scheme, slashes, rest = address.partition("sqlite:///")
    if slashes and not scheme and rest and "\0" not in rest:
        return f"sqlite:///{os.path.abspath(folder / rest)}"  # noqa: PTH100
    if isinstance(node, Scalar) and not is_null(node):
        message, hint = f'unsupported ledger "{redacted(address)}"', "use sqlite:///../.sync/acme.db"
        part.expect.diagnostics.error("C203", node.span, message, hint=hint)
    return address


def _overrides(node: Node | None, expect: Expect) -> MapNode | None:
    return None if node is None or is_null(node) else expect.map_node(node, "overrides")
