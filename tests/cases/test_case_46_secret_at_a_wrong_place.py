"""Rule: behind a key that no part of a config knows, or that sounds like a secret, excerpts have stars."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.harness import case_folder
from tests.cases.surroundings_kit import laid, settled
from tests.e2e.program import Program

CASE = "46-secret-at-a-wrong-place"
SIBLING = "45-secret-in-a-broken-file"  # its config, corrected, is what the secret is put into
SECRET = "tok-9f8e7d6c5b"
PLACES = {
    "top": ("ledger: sqlite", f"acess_tkn: {SECRET}\nledger: sqlite"),
    "top, nested": ("ledger: sqlite", f"psohub: {{any: [{SECRET}]}}\nledger: sqlite"),
    "limits": ("limits: {", f"limits: {{anything: {SECRET}, "),
    "settings": ("settings: {", f"settings: {{anything: {SECRET}, "),
    "settings, nested": ("settings: {", f"settings: {{xero: {{client_secret: {SECRET}}}, "),
    "systems": ("systems:\n", f"systems:\n  anything: {SECRET}\n"),
    "a system": ("  xero: {", f"  psohob: {{anything: {SECRET}}}\n  xero: {{"),
    "instead of a system": ("  xero: {", f"  psohub2: {SECRET}\n  xero: {{"),
    "a system's unknown key": ("{connector: xero,", f"{{connector: xero, anything: {SECRET},"),
    "the sandbox's": ("{connector: xero,", f"{{connector: xero, sandbox: {{token: {SECRET}}},"),
    "instead of the systems": ("systems:\n", f"systems: {SECRET}\nsystem:\n"),
    "the pack's": ("pack: ../mappings/psohub-xero", f"pack: ../nowhere\ndb-Password: {SECRET}"),
    "a connector that is missing": ("{connector: xero,", f"{{connector: xeroo, anything: {SECRET},"),
    "in quotes": ("limits: {", f'limits: {{"api-key": "{SECRET}", '),
    "in a block": ("limits: {", f"token: |\n  {SECRET}\nlimits: {{"),
    "not a mapping": ("name: live", f"- token: {SECRET}\n- name: live"),
}


def config_of(folder: Path) -> Path:
    config = laid(SIBLING, folder)
    text = settled(config.read_text("utf-8"))
    config.write_text(text.replace(f'"{SECRET},', '"${env:PSOHUB_TOKEN}",'), "utf-8")
    return config


def assert_hidden(config: Path, verbs: tuple[str, ...] = ("check", "plan")) -> None:
    for verb in verbs:
        for output in ("text", "json"):
            result = Program(config.parent)("-v", verb, config, "--output", output)
            assert result.code == 2
            assert SECRET not in result.out + result.err


@pytest.mark.parametrize("name", ["top", "settings", "systems"])
def test_the_three_places_of_the_case(tmp_path: Path, name: str) -> None:
    config = config_of(tmp_path)
    config.write_bytes((case_folder(CASE) / "configs" / f"{name}.yaml").read_bytes())
    assert_hidden(
        config, ("check", "run", "plan", "push", "reconcile", "test", "status", "docs", "held", "show")
    )
    assert f"access_token: {'*' * len(SECRET)}" in Program(config.parent)("check", config).out


@pytest.mark.parametrize("place", PLACES)
def test_any_other_place(tmp_path: Path, place: str) -> None:
    config = config_of(tmp_path)
    text, (before, after) = config.read_text("utf-8"), PLACES[place]
    assert before in text
    config.write_text(text.replace(before, after, 1), "utf-8")
    assert_hidden(config)


def test_a_long_secret_that_a_message_quotes_is_not_cut_in_two(tmp_path: Path) -> None:
    config, long = config_of(tmp_path), "a1b2c3d4e5" * 60
    config.write_text(config.read_text("utf-8").replace("systems:\n", f"systems: {long}\nsystem:\n"), "utf-8")
    result = Program(config.parent)("check", config)
    assert long[:12] not in result.out
