"""A proxy that needs one more package is named with the variable that asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.harness import CASES
from tests.cases.surroundings_kit import SECRETS, laid, settled
from tests.e2e.program import Program


@pytest.mark.parametrize("verb", ["test", "run", "plan"])
def test_a_socks_proxy_is_named_with_the_variable_that_asks_for_it(verb: str, tmp_path: Path) -> None:
    config = laid("26-socks-proxy", tmp_path)
    config.write_text(settled(config.read_text()))
    lines = (CASES / "26-socks-proxy" / "environment.txt").read_text().split()
    environment = dict(line.split("=", 1) for line in lines)
    result = Program(tmp_path)(verb, config, **SECRETS, **environment)
    assert result.code == 2, result.err
    told = result.err + result.out
    assert "the environment variable HTTPS_PROXY asks for a SOCKS proxy (socks5)" in told
    assert "Traceback" not in told
