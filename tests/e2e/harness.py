"""What an end-to-end test runs in: both systems, a config that connects to them, and the program."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.program import ROOT, Program
from tests.e2e.systems import Systems


@dataclass(frozen=True, slots=True)
class Harness:
    """Both systems, a config that connects to them, and the program in its folder."""

    systems: Systems
    config: Path
    sync: Program


def copy_of_the_checkout(folder: Path) -> Program:
    """`configs/acme.yaml` and its pack as they are shipped, in a folder of the test's own."""
    (folder / "configs").mkdir()
    shutil.copy(ROOT / "configs" / "acme.yaml", folder / "configs" / "acme.yaml")
    shutil.copytree(ROOT / "mappings", folder / "mappings")
    return Program(folder)
