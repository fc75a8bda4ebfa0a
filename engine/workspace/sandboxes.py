"""Serve the sandboxes that a config asks for, each with its state in a file next to the ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.config import Config, SystemConfig
from engine.config.system_settings import sandbox_options
from engine.model.diagnostics import Diagnostics
from engine.model.errors import ConfigError
from engine.sdk.connector import Connector, Sandbox

if TYPE_CHECKING:
    from pydantic import BaseModel


@contextmanager
def serving_sandbox(
    config: Config, part: SystemConfig, connector: Connector, port: int = 0
) -> Iterator[Mapping[str, Any]]:
    """Serve a system's sandbox; yields the connector settings that reach it. Raises ConfigError."""
    from engine.sdk.sandbox import serving

    if connector.sandbox is None:
        raise ConfigError(f"the connector {connector.name} has no sandbox")
    diagnostics = Diagnostics()
    options = sandbox_options(part, connector, diagnostics)
    diagnostics.raise_if_errors()
    sandbox, state = connector.sandbox, sandbox_state(config, part.name)
    app = sandbox_app(sandbox, state, options, f"systems.{part.name}.sandbox")
    with serving(app, port=port) as origin:
        yield sandbox.settings(origin, options)


def sandbox_app(sandbox: Sandbox, state: Path, options: BaseModel | None, named: str) -> Any:
    """A sandbox that keeps its state in a file. Raises ConfigError if it cannot, or if an option is wrong."""
    try:
        return sandbox.app(state, options)
    except ValueError as error:
        raise ConfigError(f"{named}: {error}") from error
    except (OSError, sqlite3.Error) as error:
        why = ((isinstance(error, OSError) and error.strerror) or str(error)).lower()
        raise ConfigError(f"{named}: cannot keep its state in {state}: {why}") from error


def sandbox_state(config: Config, system: str) -> Path:
    """The file in which a config's sandbox keeps its state: next to the ledger."""
    ledger = Path(config.ledger.removeprefix("sqlite:///"))
    return ledger.parent / f"{ledger.stem}.{system}.sandbox.db"
