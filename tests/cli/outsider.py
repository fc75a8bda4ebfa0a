"""An outsider's package: a connector of its own, found by its entry point as it would be once installed."""

from __future__ import annotations

import os
from pathlib import Path

from tests.e2e.harness import Harness

BRITTLE = """
from dataclasses import replace

from connectors.psohub import connector as psohub


class Brittle:
    def __init__(self, source):
        self._source = source

    def __getattr__(self, name):
        return getattr(self._source, name)

    def read(self, stream, **more):
        for at, one in enumerate(self._source.read(stream, **more)):
            if at >= {after}:
                raise ZeroDivisionError("the outsider divided by nothing")
            yield one


def opened(settings, context):
    system = psohub.open(settings, context)
    return replace(system, source=Brittle(system.source))


connector = replace(psohub, name="brittle", open=opened)
"""


PICKY = """
from dataclasses import replace

from pydantic import BaseModel, Field

from connectors.psohub import connector as psohub
from engine.sdk import Sandbox


class Options(BaseModel):
    invoices: int = Field(default=3, ge=3)


connector = replace(psohub, name="picky", sandbox=Sandbox(Options, None, None))
"""


def install(folder: Path, name: str, source: str) -> str:
    """Write a package into a folder, as pip would; gives what PYTHONPATH must hold."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(
        f"[sync.connectors]\n{name} = {name}:connector\n", encoding="utf-8"
    )
    return os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH", ""))))


def brittle(harness: Harness, folder: Path, after: int) -> str:
    """Put the outsider's connector in PSOhub's place; it breaks after so many records. Gives PYTHONPATH."""
    harness.config.write_text(harness.config.read_text().replace("connector: psohub", "connector: brittle"))
    return install(folder / "outsider", "brittle", BRITTLE.format(after=after))


def picky(folder: Path) -> str:
    """A connector whose sandbox wants three invoices at least, beside ours. Gives PYTHONPATH."""
    return install(folder / "outsider", "picky", PICKY)
