"""What a test lives in: the systems, a config that leads to them, and the program in its folder."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.program import ROOT, Program
from tests.e2e.systems import Systems


@dataclass(frozen=True, slots=True)
class House:
    """Two systems, a config that leads to them, and the program in its folder."""

    systems: Systems
    config: Path
    sync: Program


def copy_of_the_checkout(folder: Path) -> Program:
    """`configs/acme.yaml` and its pack as they are shipped, in a folder of one's own."""
    (folder / "configs").mkdir()
    shutil.copy(ROOT / "configs" / "acme.yaml", folder / "configs" / "acme.yaml")
    shutil.copytree(ROOT / "mappings", folder / "mappings")
    return Program(folder)
