"""Connectors, found by their entry points in the group `sync.connectors`: ours and outsiders' alike."""

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
        if point.value not in [one.value for one in alike]:
            alike.append(point)
    return points


def _from(point: EntryPoint) -> str:
    return f"{point.dist.name} ({point.value})" if point.dist is not None else point.value


def connector_names() -> Sequence[str]:
    return sorted(_points())


def find_connector(name: str) -> Connector:
    """The connector of that name. Raises ConfigError where there is none, or where it cannot be loaded."""
    points = _points().get(name, [])
    if not points:
        raise ConfigError(f'there is no connector "{name}" installed')
    if len(points) > 1:
        # Which of the two would move the money must not depend on the order of folders.
        packages = " and ".join(_from(point) for point in points)
        raise ConfigError(f'several packages bring a connector "{name}", {packages}: uninstall all but one')
    (point,) = points
    try:
        found = point.load()
    except (Exception, SystemExit) as error:
        # An outsider's package may fail in any way: a mistake in what was installed, not in the engine.
        raise ConfigError(f'the connector "{name}" ({point.value}) cannot be loaded: {error}') from error
    if not isinstance(found, Connector):
        raise ConfigError(f'the connector "{name}" ({point.value}) is no engine.sdk.Connector')
    return found
