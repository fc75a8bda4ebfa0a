"""What all tests share: the programs that they start find their modules compiled."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from engine.model.redact import forget_secrets


@pytest.fixture(scope="session", autouse=True)
def _compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Compiling the program is half of what it costs to start it, and some tests are about processes.

    With PYTHONDONTWRITEBYTECODE, and no other folder named, every one of them would compile it again.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # one for all workers
    given = {name: os.environ.get(name) for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")}
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(folder / "bytecode"))
    yield
    for name, value in given.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


@pytest.fixture(autouse=True)
def _no_secrets() -> Iterator[None]:
    """What one test makes known as a secret is not masked in the output of the next."""
    forget_secrets()
    yield
    forget_secrets()
