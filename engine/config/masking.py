"""Keep plain-text secrets out of excerpts: they are shown as stars."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from engine.config import secrets
from engine.config.config import SystemConfig
from engine.config.excerpts import Path, Piece, pieces_of, put_stars, scalars
from engine.document import Scalar
from engine.model.diagnostics import Diagnostics
from engine.sdk.connector import Connector

_MAX_DEPTH = 8  # models in models: no settings are nested further


def mask_secrets(system: SystemConfig, connector: Connector, diagnostics: Diagnostics) -> None:
    """Replace secrets by stars in the lines that excerpts show; values of unknown keys too, to be safe."""
    pieces: list[tuple[str, Piece]] = []
    for name, node in system.settings().items():
        for path, scalar in scalars(node, (name,)):
            harmless = not scalar.text or secrets.is_only_a_reference(scalar.text)
            broken = secrets.is_reference(scalar.text)  # a fallback may be a secret, whatever the setting is
            if not harmless and (broken or may_be_secret(connector.settings, path)):
                rows = diagnostics.sources.get(scalar.span.file, [])
                pieces += ((scalar.span.file, piece) for piece in pieces_of(scalar, rows))
    put_stars(pieces, diagnostics)


def plain_text_secrets(system: SystemConfig, connector: Connector) -> Iterator[Scalar]:
    """The secrets of a system that are written out instead of referred to."""
    for name, node in system.settings().items():
        for path, scalar in scalars(node, (name,)):
            types, known = _types_at(connector.settings, path)
            is_secret = known and any(map(_is_secret, types))
            if is_secret and scalar.kind != "null" and scalar.text and not secrets.is_reference(scalar.text):
                yield scalar


def may_be_secret(model: Any, path: Path) -> bool:
    """Whether the value at a path may be a secret. A misspelt name may hold what its neighbours hold."""
    types, _ = _types_at(model, path)
    return any(_holds_secret(type_, _MAX_DEPTH) for type_ in types)


def _types_at(model: Any, path: Path) -> tuple[list[Any], bool]:
    """The types possible at a path of a model, as far as the model knows the path; and whether it does."""
    types = [model]
    for step in path:
        inner = [
            alternative
            for type_ in types
            for member in _members(type_, step)
            for alternative in _alternatives(member)
        ]
        if not inner:
            return types, False
        types = inner
    return types, True


def _members(type_: Any, step: str | int) -> Iterator[Any]:
    fields = getattr(type_, "model_fields", {})
    if step in fields:
        yield fields[step].annotation
    elif not fields and get_origin(type_) is not None:
        args = get_args(type_)
        yield from args[1:] if get_origin(type_) is dict else args


def _alternatives(type_: Any) -> list[Any]:
    """The members of a union, the type inside an Annotated, or the type itself."""
    if get_origin(type_) in (Union, UnionType):
        return [alternative for arg in get_args(type_) for alternative in _alternatives(arg)]
    return _alternatives(get_args(type_)[0]) if get_origin(type_) is Annotated else [type_]


def _is_secret(type_: Any) -> bool:
    return "Secret" in getattr(type_, "__name__", "")


def _holds_secret(type_: Any, depth: int) -> bool:
    if _is_secret(type_):
        return True
    inner = [field.annotation for field in getattr(type_, "model_fields", {}).values()]
    return depth > 0 and any(_holds_secret(member, depth - 1) for member in (*get_args(type_), *inner))
