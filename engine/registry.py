"""Connectors, found by their entry points in the group `sync.connectors`: ours and other people's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from engine.model.errors import ConfigError
from engine.sdk.connector import Connector

GROUP = "sync.connectors"


@cache
def _points() -> dict[str, list[EntryPoint]]:
    """The entry points by name: one each, unless packages contradict one another."""
    points: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=GROUP):
        alike = points.setdefault(point.name, [])
        if point.value not in [other.value for other in alike]:
            alike.append(point)
    return points


def _described(point: EntryPoint) -> str:
    return f"{point.dist.name} ({point.value})" if point.dist is not None else point.value


def connector_names() -> Sequence[str]:
    return sorted(_points())


def find_connector(name: str) -> Connector:
    """The connector of that name. Raises ConfigError if there is none, or if it cannot be loaded."""
    points = _points().get(name, [])
    if not points:
        raise ConfigError(f'no connector "{name}" is installed')
    if len(points) > 1:
        # Which of them handles the money must not depend on the order of folders.
        packages = " and ".join(_described(point) for point in points)
        raise ConfigError(f'several packages provide connector "{name}": {packages}; uninstall all but one')
    (point,) = points
    try:
        connector = point.load()
    except (Exception, SystemExit) as error:
        # Someone else's package may fail in any way: a mistake in what is installed, not in the engine.
        raise ConfigError(f'the connector "{name}" ({point.value}) cannot be loaded: {error}') from error
    if not isinstance(connector, Connector):
        raise ConfigError(f'the connector "{name}" ({point.value}) is not an engine.sdk.Connector')
    return connector
