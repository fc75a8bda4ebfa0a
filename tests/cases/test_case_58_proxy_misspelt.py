"""A proxy's address that cannot be used is named by its variable, and a password in it is not shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.harness import CASES
from tests.cases.surroundings_kit import SECRETS, laid, settled
from tests.e2e.program import Program

CASE = "58-proxy-misspelt"
VALUES = [
    "http://user:pr0xy-pass@proxy.example:abc",
    "ftp://user:pr0xy-pass@proxy.example",
    "http://[::1",
    "http://a\n",
]


def refused(tmp_path: Path, name: str, value: str) -> None:
    config = laid(CASE, tmp_path)
    config.write_text(settled(config.read_text(encoding="utf-8")), encoding="utf-8")
    result = Program(tmp_path)("run", config, **SECRETS, **{name: value})
    assert result.code == 2, result.err
    assert f"the environment variable {name} " in result.err
    assert "pr0xy-pass" not in result.err + result.out


def test_each_value_of_the_case_is_refused(tmp_path: Path) -> None:
    laid(CASE, tmp_path / "laid")
    lines = (CASES / CASE / "environment.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("=", 1) for line in lines if not line.startswith("#")]
    for number, (name, value) in enumerate(pairs):
        refused(tmp_path / str(number), name, value)


@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"])
@pytest.mark.parametrize("value", VALUES)
def test_so_is_each_other_variable(tmp_path: Path, name: str, value: str) -> None:
    refused(tmp_path, name, value)


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_so_are_exceptions(tmp_path: Path, name: str) -> None:
    refused(tmp_path, name, "a.example,[::1")
