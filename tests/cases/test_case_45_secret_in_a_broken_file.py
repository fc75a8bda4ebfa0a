"""Rule: an excerpt of a config that cannot be read shows keys and marks, and stars where a secret may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.surroundings_kit import laid, settled
from tests.e2e.program import Program

CASE = "45-secret-in-a-broken-file"
SECRET = "tok-9f8e7d6c5b"
WRITTEN = f'access_token: "{SECRET}, api_url'
BROKEN = {
    "tab": f"access_token: \t{SECRET}\n\tclient: x, api_url",
    "at": f"access_token: @{SECRET}, api_url",
    "alias": f"access_token: *{SECRET}, api_url",
    "anchor": f"access_token: &{SECRET}, api_url",
    "tag": f"access_token: !{SECRET}, api_url",
    "percent": f"access_token: %{SECRET}, api_url",
    "control": f'access_token: "{SECRET}\x01", api_url',
    "escaped": f'access_token: "{SECRET}\\e", api_url',
    "escape": f'access_token: "{SECRET}\\q", api_url',
    "text after": f'access_token: "{SECRET}" {SECRET}, api_url',
    "another name": f'tken: "{SECRET}, api_url',
    "no value": f"access_token: {{{SECRET}, api_url",
    "twice": f"access_token: {SECRET}, access_token: {SECRET}, api_url",
    "folded": f"access_token: |\n  {SECRET}\n  x: [, api_url",
    "comment": f"access_token: [ # {SECRET}\n, api_url",
    "not UTF-8": f"access_token: {SECRET}\udcff, api_url",
}


def test_a_quote_that_is_not_closed(tmp_path: Path) -> None:
    config = laid(CASE, tmp_path)
    for verb in ("check", "run", "plan", "test", "status", "docs", "held"):
        for output in ("text", "json"):
            result = Program(tmp_path)(verb, config, "--output", output)
            assert result.code == 2
            assert SECRET not in result.out + result.err
    shown = Program(tmp_path)("check", config).out
    assert 'access_token: "**************, api_url: "*****' in shown


@pytest.mark.parametrize("broken", BROKEN)
def test_other_mistakes_that_stop_the_reading(tmp_path: Path, broken: str) -> None:
    config = laid(CASE, tmp_path)
    text = config.read_text("utf-8").replace(WRITTEN, BROKEN[broken])
    config.write_bytes(text.encode("utf-8", "surrogateescape"))
    for output in ("text", "json"):
        result = Program(tmp_path)("check", config, "--output", output)
        assert result.code == 2
        assert SECRET not in result.out + result.err


def test_a_config_that_can_be_read_is_shown(tmp_path: Path) -> None:
    config = laid(CASE, tmp_path)
    text = settled(config.read_text("utf-8")).replace(WRITTEN, 'access_token: "${env:PSOHUB_TOKEN}", api_url')
    config.write_text(text.replace('"200"', '"200", colour: red'), "utf-8")
    shown = Program(tmp_path)("check", config).out
    assert 'settings: {revenue_account: "200", colour: ***,' in shown
