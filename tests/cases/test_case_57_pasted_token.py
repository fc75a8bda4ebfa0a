"""Rule: what goes into a header is checked as settings are opened, and a character is named by its number."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.model.errors import ConfigError
from engine.sdk.auth import StaticToken
from engine.sdk.http import Http
from tests.cases.harness import case_folder
from tests.cases.surroundings_kit import SECRETS, laid, settled
from tests.e2e.program import Program

CASE = "57-pasted-token"
SIBLING = "45-secret-in-a-broken-file"  # its config, corrected
TOKEN = "tok-9f8e7d6c5b"


def config_of(folder: Path, before: str = "", after: str = "") -> Path:
    config = laid(SIBLING, folder)
    text = settled(config.read_text("utf-8")).replace(f'"{TOKEN},', '"${env:PSOHUB_TOKEN}",')
    assert before in text
    config.write_text(text.replace(before, after, 1), "utf-8")
    return config


def assert_refused(config: Path, setting: str, *numbers: str, **environment: str) -> None:
    for verb in ("run", "test"):
        for output in ("text", "json"):
            result = Program(config.parent)(verb, config, "--output", output, **{**SECRETS, **environment})
            assert result.code == 2
            assert setting in result.err
            assert all(number in result.err for number in numbers)
            for secret in environment.values():
                assert secret[1:10] not in result.out + result.err


def test_a_token_with_typographic_quotes(tmp_path: Path) -> None:
    token = (case_folder(CASE) / "environment.txt").read_text("utf-8").strip().partition("=")[2]
    config = config_of(tmp_path)
    assert_refused(config, "systems.psohub.access_token", "U+201C", "U+201D", PSOHUB_TOKEN=token)
    secret = {"XERO_CLIENT_SECRET": "klmnop–qrstuvw"}
    assert_refused(config, "systems.xero.client_secret", "U+2013", **secret)


FIRST = "connector: psohub,"


@pytest.mark.parametrize(
    ("setting", "before", "after", "number"),
    [
        ("systems.xero.tenant_id", "tenant_id: T", "tenant_id: Tö", "U+00F6"),
        ("systems.xero.client_id", "client_id: X", "client_id: X—", "U+2014"),
        ("systems.psohub.auth_header", FIRST, f"{FIRST} auth_header: X-Tök,", "U+00F6"),
        ("systems.psohub.auth_scheme", FIRST, f"{FIRST} auth_scheme: Tök,", "U+00F6"),
    ],
)
def test_any_other_setting_that_is_sent_in_a_header(
    tmp_path: Path, setting: str, before: str, after: str, number: str
) -> None:
    assert_refused(config_of(tmp_path, before, after), setting, number)


def test_the_header_of_a_connector_that_does_not_check(tmp_path: Path) -> None:
    del tmp_path
    for token in ("abcdefgh\u201d", "abcdefgh\nX: y", "abcdefgh\x00"):
        http = Http("Ledgerly", "http://127.0.0.1:9", auth=StaticToken("X-Key", "", token))
        with pytest.raises(ConfigError, match=r"the header X-Key: .*U\+") as refused:
            http.get("notes")
        assert "abcdefgh" not in str(refused.value)
