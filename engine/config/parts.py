"""One system's part of a config, validated by its connector's own model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.config import nodes, secrets
from engine.config.config import Config, SystemPart
from engine.config.masking import Path, hide, open_secrets
from engine.config.refusals import ModelFailed, Refusals, Speaker, put, refusals
from engine.document import MapNode, Node, Scalar
from engine.model.advice import meant
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.errors import ConfigError
from engine.sdk.connector import Connector
from engine.sdk.settings import LOOPBACK

if TYPE_CHECKING:
    from pydantic import BaseModel

    from engine.sdk.settings import Settings

_STAND_IN = "https://secret.invalid"  # fits text, secrets and web addresses alike; never sent anywhere
_NAMES = 200  # no connector has more settings than that
_OURS = ("connector", "sandbox")  # the engine's own words in a system's part


def check_part(config: Config, part: SystemPart, connector: Connector, found: Diagnostics) -> None:
    """Check a part from its file alone: a secret that is not set is a warning here, and not looked into.

    With a sandbox the settings that are not written come from there.
    """
    hide(part, connector, found)
    _advise(part, connector, found)
    values, references = _values(part)
    for path, (text, span) in references.items():
        try:
            secrets.resolve(text, config.folder)
        except secrets.NoReference as error:
            found.error("C211", span, str(error))
        except secrets.SecretMissing as error:
            found.warning("C211", span, str(error))
        put(values, path, _STAND_IN)
    speaker, sandboxed = _speaker(part, connector, found), _sandboxed(part)
    for path, one in _refused(connector, part, values, found).items():
        from_there = sandboxed and (one["type"] == "missing" or not path)
        if path not in references and not from_there:
            speaker.note(path, one, part.at)
    if part.sandbox is not None:
        sandbox_options(part, connector, found)


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
            put(values, path, resolved[-1])
        except secrets.SecretMissing as error:
            found.error("C211", span, str(error))
    if found.errors:
        raise ConfigError("; ".join(one.message for one in found.errors), tuple(found))
    values.update(extra)
    speaker = _speaker(part, connector, found)
    speaker.unsaid = resolved
    for path, one in _refused(connector, part, values, found, resolved).items():
        speaker.note(path, one, part.at)
    found.raise_if_errors()
    return connector.settings.model_validate(values)


def sandbox_options(part: SystemPart, connector: Connector, found: Diagnostics) -> BaseModel | None:
    """The options of a part's sandbox; None, and what is wrong with them noted, where there are none."""
    what = f"systems.{part.name}.sandbox"
    node = part.node.entries.get("sandbox", part.node)
    if connector.sandbox is None:
        found.error("C210", node.span, f"the connector {connector.name} has no sandbox")
        return None
    if not part.sandbox:
        node = MapNode({}, {}, node.span)  # `true`: all options as they are by default
    model, values = connector.sandbox.options, dict(part.sandbox or {})
    try:
        mistakes = refusals(model, node, values)
    except ModelFailed as error:
        found.error("C210", node.span, f"the sandbox of {connector.name} cannot check its options: {error}")
        return None
    speaker = Speaker(f"the sandbox of {connector.name}", what, model, node, found)
    for path, one in mistakes.items():
        speaker.note(path, one, node.span)
    return None if mistakes else model.model_validate(values)


def _speaker(part: SystemPart, connector: Connector, found: Diagnostics) -> Speaker:
    who, where = f"the connector {connector.name}", f"systems.{part.name}"
    speaker = Speaker(who, where, connector.settings, part.node, found)
    speaker.besides = _OURS
    return speaker


def _sandboxed(part: SystemPart) -> bool:
    """Whether a sandbox is named, if only by a misspelt word."""
    names = [name for name in part.node.entries if name != "sandbox"][:_NAMES]
    return part.sandbox is not None or any(meant(name, ["sandbox"]) for name in names)


def _refused(
    connector: Connector,
    part: SystemPart,
    values: dict[str, Any],
    found: Diagnostics,
    unsaid: Sequence[str] = (),
) -> Refusals:
    try:
        return refusals(connector.settings, part.node, values)
    except ModelFailed as error:
        said = str(error)
        for secret in unsaid:
            said = said.replace(secret, "…")
        found.error("C210", part.at, f"the connector {connector.name} cannot check its settings: {said}")
        return {}


def _advise(part: SystemPart, connector: Connector, found: Diagnostics) -> None:
    """A secret in the open is warned of, but for systems on this machine."""
    if _on_loopback(part):
        return
    for scalar in open_secrets(part, connector):
        hint = "name it instead: ${env:NAME}, ${file:path} or ${keyring:service/name}"
        found.warning("C216", scalar.span, "a secret stands here in the open", hint=hint)


def _on_loopback(part: SystemPart) -> bool:
    texts = [one.text for one in part.settings().values() if isinstance(one, Scalar)]
    hosts = tuple(f"http://{host}" for host in (*LOOPBACK[:2], "[::1]"))
    return part.sandbox is not None or any(text.startswith(hosts) for text in texts)


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
        return
    members = node.entries.items() if isinstance(node, MapNode) else enumerate(node.items)
    for step, member in members:
        _references(member, (*path, step), into)
