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
    points: dict[str, EntryPoint] = {}
    for point in entry_points(group=GROUP):
        other = points.setdefault(point.name, point)
        if other.value != point.value:
            # Which of the two would move the money must not depend on the order of folders.
            raise ConfigError(
                f'two installed packages bring a connector "{point.name}", '
                f"{_from(other)} and {_from(point)}: uninstall one"
            )
    return points


def _from(point: EntryPoint) -> str:
    return f"{point.dist.name} ({point.value})" if point.dist is not None else point.value


def connector_names() -> Sequence[str]:
    return sorted(_points())


def find_connector(name: str) -> Connector:
    """The connector of that name. Raises ConfigError where there is none, or where it cannot be loaded."""
    point = _points().get(name)
    if point is None:
        guess = did_you_mean(name, _points())
        raise ConfigError(f'there is no connector "{name}" installed' + (f"; {guess}" if guess else ""))
    try:
        found = point.load()
    except (Exception, SystemExit) as error:
        # An outsider's package may fail in any way: a mistake in what was installed, not in the engine.
        raise ConfigError(f'the connector "{name}" ({point.value}) cannot be loaded: {error}') from error
    if not isinstance(found, Connector):
        raise ConfigError(f'the connector "{name}" ({point.value}) is no engine.sdk.Connector')
    return found
