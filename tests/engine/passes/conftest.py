from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.passes.passes_kit import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(f"sqlite:///{tmp_path}/world.db")
    yield made
    made.close()
