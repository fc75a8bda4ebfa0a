"""One system's part of a config, validated by its connector's own model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.config import nodes, secrets
from engine.config.config import Config, SystemPart
from engine.document import ListNode, MapNode, Node, Scalar
from engine.model.diagnostics import Diagnostics, Span
from engine.model.errors import ConfigError
from engine.sdk.connector import Connector

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from engine.sdk.settings import Settings

Path = tuple[str | int, ...]

_STAND_IN = "https://secret.invalid"  # fits text, secrets and web addresses alike; never sent anywhere


def check_part(config: Config, part: SystemPart, connector: Connector, found: Diagnostics) -> None:
    """Check a part from its file alone: a secret that is not set is a warning here, and not looked into.

    With a sandbox the settings that are not written come from there.
    """
    _hide(part, connector, found)
    values, references = _values(part)
    for path, (text, span) in references.items():
        try:
            secrets.resolve(text, config.folder)
        except secrets.NoReference as error:
            found.error("C211", span, str(error))
        except secrets.SecretMissing as error:
            found.warning("C211", span, str(error))
        _put(values, path, _STAND_IN)
    for path, one in _mistakes(part, connector, values).items():
        from_there = part.sandbox is not None and (one["type"] == "missing" or not path)
        if path not in references and not from_there:
            _note(part, connector, path, one, found)


def open_part(config: Config, part: SystemPart, connector: Connector, extra: Mapping[str, Any]) -> Settings:
    """The settings to open a system with, secrets resolved; `extra` (a sandbox's) wins. ConfigError."""
    found = Diagnostics()
    values, references = _values(part)
    resolved: list[str] = []
    for path, (text, span) in references.items():
        if path[0] in extra:
            continue
        try:
            resolved.append(secrets.resolve(text, config.folder))
            _put(values, path, resolved[-1])
        except secrets.SecretMissing as error:
            found.error("C211", span, str(error))
    if found.errors:
        raise ConfigError("; ".join(one.message for one in found.errors), tuple(found))
    values.update(extra)
    for path, one in _mistakes(part, connector, values).items():
        _note(part, connector, path, one, found, resolved)
    found.raise_if_errors()
    return connector.settings.model_validate(values)


def _values(part: SystemPart) -> tuple[dict[str, Any], dict[Path, tuple[str, Span]]]:
    """The connector's own settings as plain values, and where secrets are referred to."""
    values = {name: nodes.plain(node) for name, node in part.settings().items()}
    references: dict[Path, tuple[str, Span]] = {}
    for name, node in part.settings().items():
        _references(node, (name,), references)
    return values, references


def _references(node: Node, path: Path, into: dict[Path, tuple[str, Span]]) -> None:
    if isinstance(node, Scalar):
        if node.kind == "text" and secrets.is_reference(node.text):
            into[path] = node.text, node.span
    elif isinstance(node, MapNode):
        for name, member in node.entries.items():
            _references(member, (*path, name), into)
    elif isinstance(node, ListNode):
        for at, item in enumerate(node.items):
            _references(item, (*path, at), into)


def _put(values: Any, path: Path, value: Any) -> None:
    for step in path[:-1]:
        values = values[step]
    values[path[-1]] = value


def _mistakes(part: SystemPart, connector: Connector, values: dict[str, Any]) -> dict[Path, ErrorDetails]:
    """What the connector refuses, by place: one mistake at each. Types `values` by where they go."""
    from pydantic import ValidationError

    try:
        connector.settings.model_validate(values)
    except ValidationError as error:
        found = [(_place(one, values), one) for one in error.errors(include_url=False)]
        typed = [_typed(part, values, path, one) for path, one in found]
        if any(typed):
            return _mistakes(part, connector, values)
        return dict(reversed(found))
    return {}


def _place(one: ErrorDetails, values: Any) -> Path:
    """The path to a mistaken value; pydantic's goes on with the types that it tried."""
    if one["type"] == "missing":
        return one["loc"]
    path: list[str | int] = []
    for step in one["loc"]:
        if isinstance(values, dict) and step in values:
            values = values[str(step)]
        elif isinstance(values, list | tuple) and isinstance(step, int) and step < len(values):
            values = values[step]
        else:
            break
        path.append(step)
    return tuple(path)


def _typed(part: SystemPart, values: dict[str, Any], path: Path, one: ErrorDetails) -> bool:
    """A plain scalar is typed by where it goes: `tenant_id: 200` is the text 200. True where that helps."""
    node, _ = nodes.at(part.node, path)
    given = one["input"]
    if not path or given is None:
        return False
    if one["type"] == "string_type" and isinstance(node, Scalar) and not isinstance(given, str | dict | list):
        _put(values, path, node.text)
    elif one["type"] == "is_instance_of" and type(given) is int and one.get("ctx") == {"class": "Decimal"}:
        _put(values, path, Decimal(given))  # a decimal that is written without a point
    elif one["type"] == "tuple_type" and isinstance(given, list):
        _put(values, path, tuple(given))
    else:
        return False
    return True


def _note(
    part: SystemPart,
    connector: Connector,
    path: Path,
    one: ErrorDetails,
    found: Diagnostics,
    unsaid: Sequence[str] = (),
) -> None:
    """A mistake at its value's own place. `unsaid` texts (secrets) are kept out of a connector's words."""
    _, span = nodes.at(part.node, path)
    if one["type"] == "extra_forbidden":
        name = str(path[-1])
        holder, _ = nodes.at(part.node, path[:-1])
        if isinstance(holder, MapNode) and name in holder.keys:
            span = holder.keys[name].span
        message = f'the connector {connector.name} has no setting "{".".join(str(step) for step in path)}"'
        found.error("C201", span, message, near=(name, _names(connector.settings, path[:-1])))
    elif one["type"] == "missing":
        name = ".".join(str(step) for step in path)
        message = f'the connector {connector.name} needs "{name}" under systems.{part.name}'
        found.error("C202", span, message)
    else:
        said = one["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
        for secret in unsaid:
            said = said.replace(secret, "…")
        where = ".".join(["systems", part.name, *(str(step) for step in path)])
        found.error("C210", span, f"{where}: {said}")


def _names(model: Any, path: Path) -> list[str]:
    """The names that a model knows at a path."""
    for step in path:
        fields = getattr(model, "model_fields", {})
        model = fields[step].annotation if step in fields else None
    return [*getattr(model, "model_fields", {})]


def _hide(part: SystemPart, connector: Connector, found: Diagnostics) -> None:
    """A secret that stands in the file as it is, against all advice, is not shown beside a mistake.

    Nor is what stands under a misspelt name: it may be one.
    """
    fields = connector.settings.model_fields
    for name, node in part.settings().items():
        if name not in fields or "SecretStr" in repr(fields[name].annotation):
            for scalar in _scalars(node):
                if not secrets.is_reference(scalar.text):
                    _mask(scalar, found)


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
        return
    for member in node.entries.values() if isinstance(node, MapNode) else node.items:
        yield from _scalars(member)


def _mask(scalar: Scalar, found: Diagnostics) -> None:
    file, first = scalar.span.file, scalar.span.line
    last = scalar.within(max(0, len(scalar.text) - 1)).line
    rows = found.sources.get(file, [])
    for line in range(first, min(last, len(rows)) + 1):
        row = rows[line - 1]
        begin = scalar.span.column - 1 if line == first else 0
        end = begin + scalar.span.length if first == last and scalar.style not in ("|", ">") else len(row)
        rows[line - 1] = row[:begin] + "*" * (end - begin) + row[end:]
        found.found[:] = [
            replace(one, excerpt=rows[line - 1]) if (one.span.file, one.span.line) == (file, line) else one
            for one in found.found
        ]
