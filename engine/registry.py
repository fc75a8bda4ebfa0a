"""Connectors, found by their entry points in the group `sync.connectors`: ours and outsiders' alike."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from engine.model.diagnostics import did_you_mean
from engine.model.errors import ConfigError
from engine.sdk.connector import Connector

GROUP = "sync.connectors"


@cache
def _points() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def connector_names() -> Sequence[str]:
    return sorted(_points())


def find_connector(name: str) -> Connector:
    """The connector of that name. Raises ConfigError where there is none, or where it cannot be loaded."""
    point = _points().get(name)
    if point is None:
        raise ConfigError(f'there is no connector "{name}" installed; {did_you_mean(name, _points())}')
    try:
        found = point.load()
    except Exception as error:
        # An outsider's package may fail in any way: a mistake in what was installed, not in the engine.
        raise ConfigError(f'the connector "{name}" ({point.value}) cannot be loaded: {error}') from error
    if not isinstance(found, Connector):
        raise ConfigError(f'the connector "{name}" ({point.value}) is no engine.sdk.Connector')
    return found
