"""A system's settings are validated by its connector's own model, and mistakes point into the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from engine.config import load_config
from engine.config.system_settings import check_settings, open_settings, sandbox_options
from engine.model.diagnostics import Diagnostics
from engine.model.errors import ConfigError
from tests.engine.config.config_kit import PACK, lay
from tests.engine.config.system_kit import checked, outsider, system_of

TOKEN = 'token: "${env:SYNC_TEST_TOKEN}"'
HTTP = "url: plain http is for loopback addresses only; use https"
START = len(f"systems: {{left: {{{TOKEN}, ") + 1  # the column after the token


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNC_TEST_TOKEN", "hunter2hunter2")


def reported(folder: Path, written: str) -> list[tuple[str, int, str, str]]:
    """Code, column (counted from after the token), message and hint of what is wrong."""
    rows = checked(folder, f"{TOKEN}, {written}")
    assert all(one.span.line == 3 for one in rows)
    return [(one.code, one.span.column - START, one.message, one.hint) for one in rows]


@pytest.mark.parametrize(
    "written",
    [
        "size: 100", "rate: 0.5", "rate: 2", "mode: fast", "names: [a, 0200]", "names: 200", "flag: true",
        "tags: [a, b]", "login: {user: x}", "logins: [{user: 1}, {}]", "url: http://localhost:8080/x", "url: http://127.0.0.1",
        "url: 'http://[::1]:1'", "url: https://example.org/", "sandbox: true", "sandbox: {rows: 3, owner: 7}",
    ],
)  # fmt: skip
def test_values_that_fit_the_model_are_accepted(tmp_path: Path, written: str) -> None:
    assert reported(tmp_path, written) == []


@pytest.mark.parametrize(
    ("written", "code", "column", "message", "hint"),
    [
        ("size: many", "C210", 6, 'size: expected a whole number, found "many"', ""),
        ("size: '7'", "C210", 6, 'size: expected a whole number, found "7"', "leave out the quotes"),
        ("size: 0", "C210", 6, "size: expected 1 or more, found 0", ""),
        ("size: 101", "C210", 6, "size: expected 100 or less, found 101", ""),
        ("size: [1]", "C210", 0, "size: expected a whole number, found a list", ""),
        ("rate: much", "C210", 6, 'rate: expected a number, found "much"', ""),
        ("flag: yes", "C210", 6, 'flag: expected true or false, found "yes"',
         "write true, in lower case and without quotes"),
        ("mode: sfe", "C210", 6, 'mode: expected one of fast, safe, found "sfe"',
         'did you mean "safe"?'),
        ("mode: null", "C210", 6, "mode: expected one of fast, safe, found null", ""),
        ("point: no", "C210", 7, "point: expected one of 1.2, 1'2, found \"no\"", ""),
        ("names: {a: b}", "C210", 0, "names: expected text, found a mapping of keys", ""),
        ("names: [a, {b: c}]", "C210", 11, "names.1: expected text, found a mapping of keys", ""),
        ("tags: a", "C210", 6, 'tags: expected a list, found "a"', ""),
        ("login: me", "C210", 7, 'login: expected a mapping of keys', ""),
        ("login: {usr: x}", "C201", 8, 'the connector outsider has no setting "login.usr"',
         'did you mean "user"?'),
        ("logins: [{}, {user: []}]", "C210", 14, "logins.1.user: expected text, found a list", ""),
        ("url: http://example.org", "C210", 5, HTTP, ""),
        ("url: http://localhost.example.org", "C210", 5, HTTP, ""),
        ("url: ftp://x", "C210", 5, "url: expected a web address such as https://api.example.com", ""),
        ("odd: x", "C210", 5, "odd: 'x' will not do", ""),
        ("szie: 7", "C201", 0, 'the connector outsider has no setting "szie"', 'did you mean "size"?'),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_are_reported_at_their_column(
    tmp_path: Path, written: str, code: str, column: int, message: str, hint: str
) -> None:
    (row,) = reported(tmp_path, written)
    assert row == (code, column, message if code == "C201" else f"systems.left.{message}", hint)


def test_mistakes_in_block_style_point_at_their_own_lines(tmp_path: Path) -> None:
    left = "    tokn: x\n    size: 0\n    login:\n      user: [a]\n"
    text = f"name: a\npack: ../pack\nsystems:\n  right:\n  left:\n{left}"
    rows = Diagnostics()
    config = load_config(lay(tmp_path, text, PACK), rows)
    assert config is not None
    check_settings(config, config.systems["left"], outsider(), rows)
    assert [(one.code, one.span.line, one.span.column) for one in rows] == [
        ("C201", 6, 5), ("C210", 7, 11), ("C210", 9, 7),
    ]  # fmt: skip


def test_a_rule_over_several_settings_points_at_the_system(tmp_path: Path) -> None:
    (one,) = checked(tmp_path, f"{TOKEN}, size: 99, flag: true")
    assert (one.code, one.message) == ("C210", "systems.left: 99 goes without the flag")
    assert (one.span.line, one.span.column, one.span.length) == (3, 11, 4)


def test_a_missing_setting_points_at_the_system_and_says_what_it_is_for(tmp_path: Path) -> None:
    (one,) = checked(tmp_path, "size: 5")
    assert (one.code, one.span.column) == ("C202", 11)
    assert one.message == 'the connector outsider needs "token" under systems.left'
    assert one.hint == "What opens the door."


def test_a_misspelt_required_setting_is_one_mistake(tmp_path: Path) -> None:
    (one,) = checked(tmp_path, "tokn: x")
    assert (one.code, one.hint) == ("C201", 'did you mean "token"?')


def test_a_model_that_crashes_is_reported_without_a_traceback(tmp_path: Path) -> None:
    (one,) = checked(tmp_path, f"{TOKEN}, odd: crash")
    assert (one.code, one.span.column) == ("C210", 11)
    assert one.message.endswith("cannot check its settings: ZeroDivisionError: an outsider's bug")


def test_a_sandbox_provides_the_settings_that_are_not_written(tmp_path: Path) -> None:
    assert checked(tmp_path, "sandbox: true").reported == []
    (one,) = checked(tmp_path, "sandbx: true")
    assert (one.code, one.hint) == ("C201", 'did you mean "sandbox"?')


@pytest.mark.parametrize(
    ("written", "code", "column", "hint"),
    [
        ("{rosw: 3}", "C201", 10, 'did you mean "rows"?'),
        ("{rows: many}", "C210", 16, ""),
        ("{rows: -1}", "C210", 16, ""),
    ],
)
def test_options_of_a_sandbox_are_checked_like_settings(
    tmp_path: Path, written: str, code: str, column: int, hint: str
) -> None:
    rows = reported(tmp_path, f"sandbox: {written}")
    assert [(row[0], row[1], row[3]) for row in rows] == [(code, column, hint)]


def test_a_connector_without_a_sandbox_says_so(tmp_path: Path) -> None:
    (one,) = checked(tmp_path, f"{TOKEN}, sandbox: true", sandbox=False)
    assert (one.code, one.message) == ("C210", "the connector outsider has no sandbox")


def test_options_of_a_sandbox_are_typed_by_where_they_go(tmp_path: Path) -> None:
    _, system = system_of(tmp_path, "sandbox: {rows: 3, owner: 0200}")
    options = sandbox_options(system, outsider(), Diagnostics())
    assert options is not None
    assert options.model_dump() == {"rows": 3, "owner": "0200"}


def test_opened_settings_have_their_secrets_and_types(tmp_path: Path) -> None:
    config, system = system_of(tmp_path, f"{TOKEN}, names: 0200, size: 7, rate: 2, tags: [1, 2]")
    settings = open_settings(config, system, outsider(), {})
    assert settings.model_dump(include={"names", "size", "rate", "tags"}) == {
        "names": "0200", "size": 7, "rate": 2.0, "tags": ("1", "2"),
    }  # fmt: skip
    token = getattr(settings, "token")  # noqa: B009
    assert isinstance(token, SecretStr)
    assert token.get_secret_value() == "hunter2hunter2"


def test_a_sandboxes_own_settings_win_and_its_secrets_need_not_be_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SYNC_TEST_TOKEN")
    config, system = system_of(tmp_path, f"{TOKEN}, sandbox: true")
    settings = open_settings(config, system, outsider(), {"token": "played"})
    assert getattr(settings, "token").get_secret_value() == "played"  # noqa: B009


def test_a_secret_that_is_not_set_is_a_warning_for_check_and_an_error_where_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SYNC_TEST_TOKEN")
    (one,) = checked(tmp_path, f'{TOKEN}, login: {{token: "${{file:none}}"}}').reported[:1]
    assert (one.code, one.severity, one.span.line) == ("C211", "warning", 3)
    config, system = system_of(tmp_path, f'{TOKEN}, login: {{token: "${{file:none}}"}}')
    with pytest.raises(ConfigError) as missing:
        open_settings(config, system, outsider(), {})
    assert [(row.code, row.severity) for row in missing.value.diagnostics] == [("C211", "error")] * 2


def test_check_does_not_look_into_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNC_TEST_TOKEN", "no web address")
    assert checked(tmp_path, f'{TOKEN}, url: "${{env:SYNC_TEST_TOKEN}}"').reported == []
    config, system = system_of(tmp_path, f'{TOKEN}, url: "${{env:SYNC_TEST_TOKEN}}"')
    with pytest.raises(ConfigError) as refused:
        open_settings(config, system, outsider(), {})
    assert [row.code for row in refused.value.diagnostics] == ["C210"]
