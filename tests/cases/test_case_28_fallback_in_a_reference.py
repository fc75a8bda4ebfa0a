"""A fallback in a reference is refused with the cure, and shown by no verb."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.surroundings_kit import SECRETS, laid, settled
from tests.e2e.program import Program, Result

TOKEN = "tok-9f8e7d6c5b"


def everything(sync: Program, config: Path) -> list[Result]:
    """What every verb that reads a config prints."""
    record = config.parent / "record.json"
    record.write_text("{}")
    commands: list[tuple[str | Path, ...]] = [
        ("check", config),
        ("check", config, "--output", "json"),
        ("-v", "check", config),
        ("map", config, "invoices", "--record", record),
        ("explain", config, "psohub.invoices/1"),
        ("docs", config),
        ("status", config),
        ("test", config),
        ("-v", "run", config, "--output", "json"),
        ("plan", config),
    ]
    return [sync(*command, **SECRETS) for command in commands]


@pytest.mark.parametrize(
    "reference",
    [
        f"${{env:PSOHUB_TOKEN:-{TOKEN}}}",
        f"${{env:PSOHUB_TOKEN:={TOKEN}}}",
        f"${{env:PSOHUB_TOKEN:?{TOKEN}}}",
        f"${{env:PSOHUB_TOKEN-{TOKEN}}}",
        f"${{PSOHUB_TOKEN:-{TOKEN}}}",
        f"${{file:/run/token:-{TOKEN}}}",
    ],
)
def test_a_fallback_is_refused_with_the_cure_and_never_printed(reference: str, tmp_path: Path) -> None:
    config = laid("28-fallback-in-a-reference", tmp_path)
    text = settled(config.read_text())
    assert f"${{env:PSOHUB_TOKEN:-{TOKEN}}}" in text
    config.write_text(text.replace(f"${{env:PSOHUB_TOKEN:-{TOKEN}}}", reference))
    results = everything(Program(tmp_path), config)
    assert results[0].code == 2
    assert "invalid reference to a secret" in results[0].out + results[0].err
    for result in results:
        assert TOKEN not in result.out + result.err
        assert TOKEN[:7] not in result.out + result.err


@pytest.mark.parametrize("place", ["api_url", "setting"])
def test_a_fallback_at_another_place_is_not_printed_either(place: str, tmp_path: Path) -> None:
    config = laid("28-fallback-in-a-reference", tmp_path)
    text = settled(config.read_text()).replace(f":-{TOKEN}", "")
    reference = f"${{env:ELSEWHERE:-{TOKEN}}}"
    if place == "setting":
        text = text.replace('"200"', f'"{reference}"')
    else:
        text = text.replace("https://api.xero.invalid", reference)
    config.write_text(text)
    results = everything(Program(tmp_path), config)
    assert results[0].code == 2
    for result in results:
        assert TOKEN not in result.out + result.err
