"""One system's settings, validated by its connector's own model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.config import secrets
from engine.config.config import Config, SystemConfig
from engine.config.excerpts import Path
from engine.config.masking import mask_secrets, plain_text_secrets
from engine.config.model_errors import ModelErrors, ModelFailed, Reporter, model_errors, put
from engine.config.words import SYSTEM
from engine.document import MapNode, Node, Scalar, plain
from engine.model.advice import meant
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.errors import ConfigError
from engine.model.redact import know
from engine.sdk.connector import Connector
from engine.sdk.settings import LOOPBACK

if TYPE_CHECKING:
    from pydantic import BaseModel

    from engine.sdk.settings import Settings

_PLACEHOLDER = "https://secret.invalid"  # valid as text, secret and web address alike; never sent anywhere
_MAX_NAMES = 200  # no connector has more settings than that


def check_settings(
    config: Config, system: SystemConfig, connector: Connector, diagnostics: Diagnostics
) -> Settings | None:
    """The settings as far as the file alone shows them, secrets replaced; None if they do not fit.

    A secret that is not set is a warning. A sandbox provides the settings that are not written.
    """
    mask_secrets(system, connector, diagnostics)
    _report_plain_text(system, connector, diagnostics)
    values, references = _values(system)
    for path, (text, span) in references.items():
        try:
            secrets.resolve(text, config.folder)
        except secrets.InvalidReference as error:
            diagnostics.error("C211", span, str(error))
        except secrets.SecretMissing as error:
            diagnostics.warning("C211", span, str(error))
        put(values, path, _PLACEHOLDER)
    reporter, sandboxed = _reporter(system, connector, diagnostics), _is_sandboxed(system)
    errors = _errors(connector, system, values, diagnostics)
    for path, details in (errors or {}).items():
        provided = sandboxed and (details["type"] == "missing" or not path)
        if path not in references and not provided:
            reporter.report(path, details, system.span)
    if system.sandbox is not None:
        sandbox_options(system, connector, diagnostics)
    return connector.settings.model_validate(values) if errors == {} else None


def open_settings(
    config: Config, system: SystemConfig, connector: Connector, extra: Mapping[str, Any]
) -> Settings:
    """The settings to open a system with, secrets resolved; `extra`, a sandbox's, wins. ConfigError."""
    diagnostics = Diagnostics()
    values, references = _values(system)
    for path, (text, span) in references.items():
        if path[0] in extra:
            continue
        try:
            put(values, path, secrets.resolve(text, config.folder))
        except secrets.SecretMissing as error:
            diagnostics.error("C211", span, str(error))
    if diagnostics.errors:
        raise ConfigError("; ".join(error.message for error in diagnostics.errors), tuple(diagnostics))
    values.update(extra)
    for scalar in plain_text_secrets(system, connector):
        know(scalar.text)
    reporter = _reporter(system, connector, diagnostics)
    errors = _errors(connector, system, values, diagnostics)
    for path, details in (errors or {}).items():
        reporter.report(path, details, system.span)
    diagnostics.raise_if_errors()
    return connector.settings.model_validate(values)


def sandbox_options(system: SystemConfig, connector: Connector, diagnostics: Diagnostics) -> BaseModel | None:
    """The options of a system's sandbox. None, and reported, if it has no sandbox or they do not fit."""
    node = system.node.entries.get("sandbox", system.node)
    if connector.sandbox is None:
        diagnostics.error("C210", node.span, f"the connector {connector.name} has no sandbox")
        return None
    if not system.sandbox:
        node = MapNode({}, {}, node.span)  # `true`: all options have their defaults
    owner, model = f"the sandbox of {connector.name}", connector.sandbox.options
    values = dict(system.sandbox or {})
    try:
        errors = model_errors(model, node, values)
    except ModelFailed as error:
        diagnostics.error("C210", node.span, f"{owner} cannot check its options: {error}")
        return None
    reporter = Reporter(owner, f"systems.{system.name}.sandbox", model, node, diagnostics)
    for path, details in errors.items():
        reporter.report(path, details, node.span)
    return None if errors else model.model_validate(values)


def _reporter(system: SystemConfig, connector: Connector, diagnostics: Diagnostics) -> Reporter:
    return Reporter(
        f"the connector {connector.name}",
        f"systems.{system.name}",
        connector.settings,
        system.node,
        diagnostics,
        also_known=SYSTEM.names,
    )


def _is_sandboxed(system: SystemConfig) -> bool:
    """Whether the system has a sandbox, if only under a misspelt key."""
    names = [name for name in system.node.entries if name != "sandbox"][:_MAX_NAMES]
    return system.sandbox is not None or any(meant(name, ["sandbox"]) for name in names)


def _errors(
    connector: Connector,
    system: SystemConfig,
    values: dict[str, Any],
    diagnostics: Diagnostics,
) -> ModelErrors | None:
    """What does not fit, by path; None, and reported, if the model itself fails."""
    try:
        return model_errors(connector.settings, system.node, values)
    except ModelFailed as error:
        message = f"the connector {connector.name} cannot check its settings: {error}"
        diagnostics.error("C210", system.span, message)
        return None


def _report_plain_text(system: SystemConfig, connector: Connector, diagnostics: Diagnostics) -> None:
    local = _is_local(system)
    hint = "use a reference: ${env:NAME}, ${file:path} or ${keyring:service/name}"
    for scalar in plain_text_secrets(system, connector):
        if secrets.is_foreign_reference(scalar.text):
            message = "invalid reference to a secret: this text itself would be sent"
            diagnostics.error("C211", scalar.span, message, hint=hint)
        elif not local:
            diagnostics.warning("C216", scalar.span, "plain-text secret", hint=hint)


def _is_local(system: SystemConfig) -> bool:
    """Whether the system runs on this machine, where plain-text secrets do no harm."""
    texts = [node.text for node in system.settings().values() if isinstance(node, Scalar)]
    hosts = tuple(f"http://{host}" for host in (*LOOPBACK[:2], "[::1]"))
    return system.sandbox is not None or any(text.startswith(hosts) for text in texts)


def _values(system: SystemConfig) -> tuple[dict[str, Any], dict[Path, tuple[str, Span]]]:
    """The connector's own settings as plain values, and the references to secrets among them."""
    values = {name: plain(node) for name, node in system.settings().items()}
    references: dict[Path, tuple[str, Span]] = {}
    for name, node in system.settings().items():
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
