"""An outsider's package: a connector of its own, found by its entry point as it would be once installed."""

from __future__ import annotations

import os
from pathlib import Path

from tests.e2e.house import House

MODULE = """
from dataclasses import replace

from connectors.psohub import connector as psohub


class Brittle:
    def __init__(self, system):
        self._system = system

    def __getattr__(self, name):
        return getattr(self._system, name)

    def read(self, stream, **more):
        for at, one in enumerate(self._system.read(stream, **more)):
            if at >= {after}:
                raise ZeroDivisionError("the outsider divided by nothing")
            yield one


def opened(settings, context):
    return Brittle(psohub.open(settings, context))


connector = replace(psohub, name="brittle", open=opened)
"""


def install(folder: Path, *, after: int = 0) -> str:
    """Write the package into a folder, as pip would; gives what PYTHONPATH must hold."""
    info = folder / "brittle-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "brittle.py").write_text(MODULE.format(after=after), encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: brittle\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(
        "[sync.connectors]\nbrittle = brittle:connector\n", encoding="utf-8"
    )
    return str(folder)


def brittle(house: House, folder: Path, after: int) -> str:
    """Put the outsider's connector in PSOhub's place; it breaks after so many records. Gives PYTHONPATH."""
    house.config.write_text(house.config.read_text().replace("connector: psohub", "connector: brittle"))
    path = [install(folder / "outsider", after=after), os.environ.get("PYTHONPATH", "")]
    return os.pathsep.join(filter(None, path))
