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
    found = Diagnostics()
    read = load_config(lay(folder, config, pack, **files), found)
    assert read is not None
    assert not found.found, "\n".join(str(one) for one in found)
    return read


def mistakes(folder: Path, config: str = CONFIG, pack: str = PACK, **files: str | bytes) -> list[str]:
    """The codes and places of all diagnostics: `C203 acme.yaml:1:7`. The prose is in tests/configs/wrong."""
    found = Diagnostics()
    load_config(lay(folder, config, pack, **files), found)
    return places(found)


def places(found: Diagnostics) -> list[str]:
    rows = []
    for one in found:
        severity = "warning " if one.severity == "warning" else ""
        rows.append(f"{severity}{one.code} {Path(one.span.file).name}:{one.span.line}:{one.span.column}")
    return rows


def node(folder: Path, text: str) -> Node:
    (folder / "node.yaml").write_text(text, encoding="utf-8")
    document = read_document(folder / "node.yaml", found := Diagnostics())
    assert document is not None, "\n".join(str(one) for one in found)
    return document.root


def table(folder: Path, name: str, text: str | bytes) -> tuple[Table, Diagnostics]:
    """A table read from a file of that name."""
    _write(folder / name, text)
    found = Diagnostics()
    return read_table("t", node(folder, name), folder, found), found


def plain(root: Node) -> Any:
    if isinstance(root, MapNode):
        return {name: plain(one) for name, one in root.entries.items()}
    return [plain(one) for one in root.items] if isinstance(root, ListNode) else root.value


def scalar(root: Node) -> Scalar:
    assert isinstance(root, Scalar)
    return root


Settings = Mapping[str, Any]
