"""One system's part of a config, validated by its connector's own model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.config import nodes, secrets
from engine.config.config import Config, SystemPart
from engine.document import ListNode, MapNode, Node, Scalar
from engine.model.diagnostics import Diagnostic, Diagnostics, Span
from engine.model.errors import ConfigError
from engine.sdk.connector import Connector

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from engine.sdk.settings import Settings

Path = tuple[str | int, ...]

_STAND_IN = "https://secret.invalid"  # fits text, secrets and web addresses alike; never sent anywhere


def check_part(config: Config, part: SystemPart, connector: Connector, found: Diagnostics) -> None:
    """Check a part from its file alone: a secret that is not set is a warning here, and not looked into."""
    values, references = _values(part)
    for path, (text, span) in references.items():
        try:
            secrets.resolve(text, config.folder)
        except secrets.SecretMissing as error:
            found.warning("C211", span, str(error))
        _put(values, path, _STAND_IN)
    if part.sandbox is None:
        _validate(part, connector, values, found, {*references})
    else:
        _only_known(part, connector, found)


def open_part(config: Config, part: SystemPart, connector: Connector, extra: Mapping[str, Any]) -> Settings:
    """The settings to open a system with, secrets resolved; `extra` (a sandbox's) wins. ConfigError."""
    found = Diagnostics()
    values, references = _values(part)
    for path, (text, span) in references.items():
        if path[0] in extra:
            continue
        try:
            _put(values, path, secrets.resolve(text, config.folder))
        except secrets.SecretMissing as error:
            raise ConfigError(str(error), [Diagnostic(span, "C211", str(error))]) from None
    values.update(extra)
    settings = _validate(part, connector, values, found, set())
    found.raise_if_errors()
    if settings is None:
        raise ConfigError(f"the settings of {part.name} do not fit its connector")
    return settings


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


def _validate(
    part: SystemPart, connector: Connector, values: dict[str, Any], found: Diagnostics, unknown: set[Path]
) -> Settings | None:
    """Validate; what the connector refuses becomes diagnostics at the value's own place."""
    from pydantic import ValidationError

    try:
        return connector.settings.model_validate(values)
    except ValidationError as error:
        if _as_text(part, values, error):
            return _validate(part, connector, values, found, unknown)
        for one in error.errors(include_url=False):
            if one["loc"] not in unknown:
                _note(part, connector, one, found)
    return None


def _as_text(part: SystemPart, values: dict[str, Any], error: ValidationError) -> bool:
    """A plain scalar is typed by where it goes: `tenant_id: 200` is the text 200. True where that helps."""
    changed = False
    for one in error.errors(include_url=False):
        node, _ = nodes.at(part.node, one["loc"])
        if one["type"] == "string_type" and isinstance(node, Scalar) and node.kind not in ("text", "null"):
            _put(values, one["loc"], node.text)
            changed = True
    return changed


def _note(part: SystemPart, connector: Connector, one: ErrorDetails, found: Diagnostics) -> None:
    _, span = nodes.at(part.node, one["loc"])
    where = ".".join(["systems", part.name, *(str(step) for step in one["loc"])])
    if one["type"] == "extra_forbidden":
        name = str(one["loc"][-1])
        if len(one["loc"]) == 1 and name in part.node.keys:
            span = part.node.keys[name].span
        message = f'the connector {connector.name} has no setting "{name}"'
        found.error("C201", span, message, near=(name, connector.settings.model_fields))
    elif one["type"] == "missing":
        name = str(one["loc"][-1])
        message = f'the connector {connector.name} needs "{name}" under systems.{part.name}'
        found.error("C202", span, message)
    else:
        found.error("C210", span, f"{where}: {one['msg'].removeprefix('Value error, ')}")


def _only_known(part: SystemPart, connector: Connector, found: Diagnostics) -> None:
    """With a sandbox the required settings come from there; misspelt ones are mistakes all the same."""
    known = connector.settings.model_fields
    for name in part.settings():
        if name not in known:
            message = f'the connector {connector.name} has no setting "{name}"'
            found.error("C201", part.node.keys[name].span, message, near=(name, known))
