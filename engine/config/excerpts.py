"""What excerpts of a config show: nothing that may be a secret at a wrong place.

A token may be where no part of a config looks for one: at the top, one level too high, under a misspelt
key. What follows a key that sounds like a secret, or that nothing knows, is shown as stars. A config that
cannot be read as YAML is concealed by its text: keys and punctuation stay. The settings of systems whose
connectors are known are concealed by these (`masking.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from engine.config import secrets
from engine.config.pack import Pack
from engine.config.words import CONFIG, LIMITS, SYSTEM
from engine.document import MapNode, Node, Scalar
from engine.model.diagnostics import Diagnostics
from engine.model.redact import know

Path = tuple[str | int, ...]
Piece = tuple[int, int, int]  # line, start column and end column, from 0

_SOUNDS_SECRET = re.compile(
    r"(?:token|secret|passw(?:or)?d|pwd|pass(?:phrase)?|credential|(?<=.)key|authori[sz]ation|cookie|jwt|bearer"
    r"|signature)s?[0-9]*$"
)
_HARMLESS = {*CONFIG.names, *SYSTEM.names, *LIMITS.names} - {"systems", "settings", "overrides"}
_KEY_OF_A_ROW = re.compile(r"(?:^[\s-]*|[{,]\s*)(?P<key>[\"']?[A-Za-z_][\w.-]{0,40}[\"']?)\s*:(?=\s|$)")
_VALUE = re.compile(r"\$\{env:[A-Za-z0-9_]+\}|[^\s{}\[\],:\"'|>&*!#-][^\s{}\[\],:\"']*")
_VARIABLE = re.compile(r"\$\{env:[A-Za-z0-9_]+\}")
_WRITTEN = re.compile(
    r"([A-Za-z_][\w.-]*)[\"']?\s*:\s*[\"'*&!|>]*([^\s,\"'{}\[\]$*&!|>][^\s,\"'{}\[\]$]{3,})"
)


def sounds_secret(name: str) -> bool:
    """Whether a key is named as what holds a secret: `access_token`, `API-Key`, `dbPassword`."""
    return _SOUNDS_SECRET.search(re.sub(r"[^a-z0-9]", "", name.lower())) is not None


def conceal_unread(rows: list[str]) -> None:
    """Conceal the rows of a config that cannot be read: any text of it may be a part of a secret."""
    for row in rows:
        for key, value in _WRITTEN.findall(row):
            if sounds_secret(key):
                know(value)
    rows[:] = [_concealed(row) for row in rows]


def _concealed(row: str) -> str:
    keys = list(_KEY_OF_A_ROW.finditer(row))
    ends = [match.start("key") for match in keys[1:]] + [len(row)]
    harmless, out = True, row[: keys[0].start("key")] if keys else ""
    for match, end in zip(keys, ends, strict=False):
        out, value = out + match["key"], row[match.end("key") : end]
        # Where a quote is not closed, what follows may belong to the secret: only keys are shown from there.
        if _VALUE.search(value):
            harmless = harmless and match["key"].strip("\"'") in _HARMLESS
        out += value if harmless else _VALUE.sub(_stars, value)
    return out or _VALUE.sub(_stars, row)


def _stars(match: re.Match[str]) -> str:
    return match[0] if _VARIABLE.fullmatch(match[0]) else "*" * len(match[0])


def know_written(root: Node) -> None:
    """Know the secrets that a config holds as they are, before any message can quote one."""
    for path, scalar in _written(root):
        if _may_be_secret(path):
            know(scalar.text)


def conceal(root: Node, pack: Pack | None, diagnostics: Diagnostics) -> None:
    """Conceal what no part of a config knows. Without the pack, that is every setting and system."""
    pieces = [
        (scalar.span.file, piece)
        for path, scalar in _written(root)
        if _may_be_secret(path) or not _is_known(path, pack)
        for piece in pieces_of(scalar, diagnostics.sources.get(scalar.span.file, []))
    ]
    put_stars(pieces, diagnostics)


def _written(root: Node) -> Iterator[tuple[Path, Scalar]]:
    for path, scalar in scalars(root, ()):
        plain = scalar.text and scalar.kind not in ("null", "bool")
        if plain and not secrets.is_only_a_reference(scalar.text):
            yield path, scalar


def _may_be_secret(path: Path) -> bool:
    """Whether a text is where a system's settings belong, or follows a key that sounds like a secret."""
    if path[:1] == ("overrides",):  # its keys are fields of payloads
        return False
    misplaced = path[:1] == ("systems",) and len(path) < 3
    return misplaced or any(sounds_secret(step) for step in path if isinstance(step, str))


def _is_known(path: Path, pack: Pack | None) -> bool:
    top, names = path[0] if path else "", path[1:]
    if top not in CONFIG.names:
        return False
    known: Mapping[str, object] = dict.fromkeys(LIMITS.names)
    if top == "settings":
        known = pack.settings if pack is not None else {}
    elif top == "systems":
        known = pack.systems if pack is not None else {}
    elif top != "limits":
        return True
    return bool(names) and names[0] in known


def conceal_system(node: Node, diagnostics: Diagnostics) -> None:
    """Conceal the settings of a system of which nothing is known."""
    pieces = [
        (scalar.span.file, piece)
        for path, scalar in scalars(node, ())
        if path[:1] and path[0] not in SYSTEM.names and not secrets.is_only_a_reference(scalar.text)
        for piece in pieces_of(scalar, diagnostics.sources.get(scalar.span.file, []))
    ]
    put_stars(pieces, diagnostics)


def scalars(node: Node, path: Path) -> Iterator[tuple[Path, Scalar]]:
    """Every scalar below a node, with its path."""
    if isinstance(node, Scalar):
        yield path, node
        return
    members = node.entries.items() if isinstance(node, MapNode) else enumerate(node.items)
    for step, member in members:
        yield from scalars(member, (*path, step))


def pieces_of(scalar: Scalar, rows: list[str]) -> Iterator[Piece]:
    """The pieces of rows that a scalar takes up."""
    first = scalar.span.line - 1
    last = scalar.within(max(0, len(scalar.text) - 1)).line - 1
    for line in range(first, min(last + 1, len(rows))):
        start = scalar.span.column - 1 if line == first else 0
        one_line = first == last and scalar.style not in ("|", ">")
        yield line, start, start + scalar.span.length if one_line else len(rows[line])


def put_stars(pieces: list[tuple[str, Piece]], diagnostics: Diagnostics) -> None:
    """Replace pieces of the rows that excerpts show by stars."""
    for file, (line, start, end) in pieces:
        rows = diagnostics.sources[file]
        row = rows[line]
        rows[line] = row[:start] + "*" * (min(end, len(row)) - start) + row[end:]
