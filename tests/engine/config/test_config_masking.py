"""A secret is never printed: not in messages, excerpts or hints, nor by repr."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.config import load_config
from engine.config.system_settings import check_settings, open_settings
from engine.model.diagnostics import Diagnostics
from engine.model.errors import ConfigError
from tests.engine.config.config_kit import CONFIG, lay
from tests.engine.config.system_kit import checked, outsider, system_of

SECRET = "hunter2-hunter2"
REFERENCE = '"${env:SYNC_TEST_TOKEN}"'


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNC_TEST_TOKEN", SECRET)


def everything(diagnostics: Diagnostics) -> str:
    return "\n".join([*map(str, diagnostics), repr(diagnostics.reported), *map(repr, diagnostics)])


IN_THE_OPEN = [
    f"token: {SECRET}",
    f"token: '{SECRET}', size: many",
    f'token: "{SECRET}", szie: 1',
    f"tokn: {SECRET}",
    f"token: [{SECRET}]",
    f"token: {{value: {SECRET}}}",
    f"login: {SECRET}",
    f"login: {{token: {SECRET}, usr: x}}",
    f"login: {{tokn: {SECRET}}}",
    f"logins: [{{token: {SECRET}}}, {{token: [{SECRET}]}}]",
    f"logins: [{{token: '{SECRET}'}}, {{user: 1, usr: 2}}]",
    f"token: '{SECRET}${{env:X}}'",
]


@pytest.mark.parametrize("written", IN_THE_OPEN)
def test_a_plain_text_secret_is_masked(tmp_path: Path, written: str) -> None:
    diagnostics = checked(tmp_path, written)
    assert diagnostics.reported, "something is wrong or warned of"
    assert SECRET not in everything(diagnostics)


def test_the_rest_of_the_line_is_shown(tmp_path: Path) -> None:
    diagnostics = checked(tmp_path, f"token: {SECRET}, size: many")
    (wrong,) = diagnostics.errors
    assert "size: many" in wrong.excerpt
    assert "*" * len(SECRET) in wrong.excerpt


def test_a_secret_over_several_lines_is_masked_in_each(tmp_path: Path) -> None:
    lines = [f"{SECRET}-{at}" for at in range(3)]
    for style in ("|", ">-"):
        text = CONFIG.replace("{left: {connector: outsider}, right: {connector: outsider}}", "")
        text += f"  right:\n  left:\n    size: many\n    token: {style}\n"
        text += "".join(f"      {line}\n" for line in lines)
        diagnostics = Diagnostics()
        config = load_config(lay(tmp_path, text), diagnostics)
        assert config is not None
        check_settings(config, config.systems["left"], outsider(), diagnostics)
        shown = [
            diagnostics.sources[config.systems["left"].node.span.file][row]
            for row in range(len(text.splitlines()))
        ]
        assert SECRET not in "\n".join(shown)


@pytest.mark.parametrize(
    "written",
    [
        f"token: {REFERENCE}, odd: {REFERENCE}",
        f"token: {REFERENCE}, url: {REFERENCE}",
        f"token: {REFERENCE}, mode: {REFERENCE}",
        f"token: {REFERENCE}, names: [{REFERENCE}, {{}}]",
        f"token: {REFERENCE}, unknown: {REFERENCE}",
        f"token: {REFERENCE}, login: {{usr: {REFERENCE}}}",
    ],
)
def test_a_resolved_secret_is_kept_out_of_a_models_messages(tmp_path: Path, written: str) -> None:
    config, system = system_of(tmp_path, written)
    with pytest.raises(ConfigError) as refused:
        open_settings(config, system, outsider(), {})
    assert refused.value.diagnostics
    said = [
        str(refused.value),
        repr(refused.value),
        *map(str, refused.value.diagnostics),
        repr(refused.value.diagnostics),
    ]
    assert SECRET not in "\n".join(said)


def test_neither_a_config_nor_opened_settings_show_it_by_repr(tmp_path: Path) -> None:
    config, system = system_of(tmp_path, f"token: {SECRET}")
    assert SECRET not in repr(system)
    assert SECRET not in repr(config)
    config, system = system_of(tmp_path, f"token: {REFERENCE}")
    settings = open_settings(config, system, outsider(), {})
    assert SECRET not in repr(settings) + str(settings) + settings.model_dump_json()


def test_a_plain_text_secret_gives_a_warning_unless_the_system_is_on_this_machine(tmp_path: Path) -> None:
    (one,) = checked(tmp_path, f"token: {SECRET}")
    assert (one.code, one.severity) == ("C216", "warning")
    for url in ("http://localhost:1", "http://127.0.0.1:1", "'http://[::1]:1'"):
        assert checked(tmp_path, f"token: {SECRET}, url: {url}").reported == []
    assert checked(tmp_path, f"token: {SECRET}, sandbox: true").reported == []
    assert checked(tmp_path, f"token: {REFERENCE}").reported == []


def test_part_of_a_secret_next_to_a_reference_is_not_shown(tmp_path: Path) -> None:
    diagnostics = checked(tmp_path, f"token: '{SECRET}${{env:SYNC_TEST_TOKEN}}'")
    assert [diagnostic.code for diagnostic in diagnostics] == ["C211"]
    assert SECRET not in everything(diagnostics)
