"""A small config with its pack, and helpers to change and read them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.config import Config, load_config
from engine.config.tables import Table, read_table
from engine.document import ListNode, MapNode, Node, Scalar, read_document
from engine.model.diagnostics import Diagnostics

CONFIG = """\
name: acme
pack: ../pack
systems: {left: {connector: outsider}, right: {connector: outsider}}
"""
PACK = "pack: demo\nsystems: {left: outsider, right: outsider}\n"


def lay(folder: Path, config: str = CONFIG, pack: str = PACK, **files: str | bytes) -> Path:
    """Write a config and its pack; `files` go into the pack, with `__` in a name for its dot."""
    for name, text in {"configs/acme.yaml": config, "pack/pack.yaml": pack}.items():
        _write(folder / name, text)
    for name, own in files.items():
        _write(folder / "pack" / name.replace("__", "."), own)
    return folder / "configs" / "acme.yaml"


def _write(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def load(folder: Path, config: str = CONFIG, pack: str = PACK, **files: str | bytes) -> Config:
    """The config of files without mistakes."""
    diagnostics = Diagnostics()
    read = load_config(lay(folder, config, pack, **files), diagnostics)
    assert read is not None
    assert not diagnostics.reported, "\n".join(str(diagnostic) for diagnostic in diagnostics)
    return read


def mistakes(folder: Path, config: str = CONFIG, pack: str = PACK, **files: str | bytes) -> list[str]:
    """The codes and places of all diagnostics: `C203 acme.yaml:1:7`. The prose is in tests/configs/wrong."""
    diagnostics = Diagnostics()
    load_config(lay(folder, config, pack, **files), diagnostics)
    return places(diagnostics)


def places(diagnostics: Diagnostics) -> list[str]:
    rows = []
    for diagnostic in diagnostics:
        severity = "warning " if diagnostic.severity == "warning" else ""
        span = diagnostic.span
        rows.append(f"{severity}{diagnostic.code} {Path(span.file).name}:{span.line}:{span.column}")
    return rows


def node(folder: Path, text: str) -> Node:
    (folder / "node.yaml").write_text(text, encoding="utf-8")
    document = read_document(folder / "node.yaml", diagnostics := Diagnostics())
    assert document is not None, "\n".join(str(diagnostic) for diagnostic in diagnostics)
    return document.root


def table(folder: Path, name: str, text: str | bytes) -> tuple[Table, Diagnostics]:
    """A table read from a file of that name."""
    _write(folder / name, text)
    diagnostics = Diagnostics()
    return read_table("t", node(folder, name), folder, diagnostics), diagnostics


def plain(root: Node) -> Any:
    if isinstance(root, MapNode):
        return {name: plain(one) for name, one in root.entries.items()}
    return [plain(one) for one in root.items] if isinstance(root, ListNode) else root.value


def scalar(root: Node) -> Scalar:
    assert isinstance(root, Scalar)
    return root


Settings = Mapping[str, Any]
