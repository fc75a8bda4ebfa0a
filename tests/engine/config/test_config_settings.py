"""Values of settings are typed by what the pack declares, and their text is never lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.config import load_config
from engine.model.diagnostics import Diagnostics
from tests.engine.config.config_kit import PACK, lay, load, mistakes

CONFIG = "name: a\npack: ../pack\nsystems: {left: , right: }\n"
DECLARED = f"""{PACK}settings:
  s: {{type: TYPE}}
"""


def value(folder: Path, type_: str, written: str) -> Any:
    config = f"{CONFIG}settings: {{s: {written}}}\n"
    return load(folder, config, DECLARED.replace("TYPE", type_)).settings["s"]


def refused(folder: Path, type_: str, written: str) -> str:
    """The hint about a value that does not fit."""
    diagnostics = Diagnostics()
    path = lay(folder, f"{CONFIG}settings: {{s: {written}}}\n", DECLARED.replace("TYPE", type_))
    load_config(path, diagnostics)
    (diagnostic,) = diagnostics
    assert (diagnostic.code, diagnostic.span.line, diagnostic.span.column) == ("C209", 4, 15)
    return diagnostic.hint


@pytest.mark.parametrize("written", ["200", "0200", "1.10", "NO", "on", "true", "1e3", "2026-01-31", "1_000"])
def test_text_keeps_what_is_written_with_quotes_and_without(tmp_path: Path, written: str) -> None:
    assert value(tmp_path, "text", written) == written
    assert value(tmp_path, "text", f'"{written}"') == written


@pytest.mark.parametrize(
    ("type_", "written", "expected"),
    [
        ("int", "14", 14),
        ("int", "-3", -3),
        ("decimal", "0.05", Decimal("0.05")),
        ("decimal", "12.50", Decimal("12.50")),
        ("decimal", "3", Decimal(3)),
        ("bool", "true", True),
        ("bool", "false", False),
        ("date", "2026-01-31", date(2026, 1, 31)),
        ("date", '"2026-01-31"', date(2026, 1, 31)),
        ("list", "[a, 0200, NO]", ["a", "0200", "NO"]),
        ("list, of: int", "[1, 2]", [1, 2]),
        ("list", "[]", []),
    ],
)
def test_other_values_take_the_type_that_is_declared(
    tmp_path: Path, type_: str, written: str, expected: Any
) -> None:
    got = value(tmp_path, type_, written)
    assert (got, type(got)) == (expected, type(expected))
    if isinstance(expected, Decimal):
        assert str(got) == str(expected)


@pytest.mark.parametrize(
    ("type_", "written", "hint"),
    [
        ("int", "many", ""),
        ("int", "014", "a number has no leading zeros"),
        ("int", '"14"', "leave out the quotes"),
        ("int", "14.5", ""),
        ("int", "1_000", "digits and a decimal point only: 1250.50"),
        ("int", "[1]", ""),
        ("int", "{a: 1}", ""),
        ("decimal", '"0,05"', "digits and a decimal point only: 1250.50"),
        ("decimal", '"0.05"', "leave out the quotes"),
        ("bool", "yes", "write true, in lower case and without quotes"),
        ("bool", "NO", "write false, in lower case and without quotes"),
        ("bool", '"true"', "write true, in lower case and without quotes"),
        ("bool", "True", "write true, in lower case and without quotes"),
        ("bool", "1", ""),
        ("date", "31-01-2026", "a date looks like 2026-01-31"),
        ("date", "2026-02-30", "there is no such day"),
        ("date", "2026-01-31T10:00:00Z", "a date looks like 2026-01-31"),
        ("text", "[a]", ""),
        ("list", "a", "write [a]"),
    ],
)
def test_a_value_that_does_not_fit_says_what_was_meant(
    tmp_path: Path, type_: str, written: str, hint: str
) -> None:
    assert refused(tmp_path, type_, written) == hint


def test_a_date_is_ascii_digits_only(tmp_path: Path) -> None:
    assert refused(tmp_path, "date", "２０２６-01-31") == "a date looks like 2026-01-31"


def test_a_setting_that_is_not_set_is_its_default_or_absent(tmp_path: Path) -> None:
    declared = "a: {type: int, default: 3}, b: {type: text}, c: {type: bool, default: false}"
    pack = f"{PACK}settings: {{{declared}}}\n"
    assert load(tmp_path, CONFIG, pack).settings == {"a": 3, "b": None, "c": False}
    assert load(tmp_path, CONFIG + "settings:\n", pack).settings == {"a": 3, "b": None, "c": False}
    assert load(tmp_path, CONFIG + "settings: {a: ~, b: x}\n", pack).settings == {
        "a": 3,
        "b": "x",
        "c": False,
    }


REQUIRED = f"{PACK}settings:\n  must: {{type: text, required: true, doc: Why.}}\n"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", ["C208 acme.yaml:1:1"]),
        ("settings:\n", ["C208 acme.yaml:4:1"]),
        ("settings: {}\n", ["C208 acme.yaml:4:1"]),
        ("settings: {must: }\n", ["C208 acme.yaml:4:18"]),
        ("settings: {must: null}\n", ["C208 acme.yaml:4:18"]),
        ("settings: {must: ' '}\n", ["C208 acme.yaml:4:18"]),
        ("settings: {mst: x}\n", ["C207 acme.yaml:4:12"]),
        ("settings: {must: x, more: y}\n", ["C207 acme.yaml:4:21"]),
        ("settings: [must]\n", ["C203 acme.yaml:4:11"]),
        ("settings: must\n", ["C203 acme.yaml:4:11"]),
        ("settings: {must: x}\n", []),
    ],
)
def test_a_missing_required_setting_is_reported_once_at_its_place(
    tmp_path: Path, settings: str, expected: list[str]
) -> None:
    assert mistakes(tmp_path, CONFIG + settings, REQUIRED) == expected


def test_choices_hold_for_values_and_for_each_item_of_a_list(tmp_path: Path) -> None:
    pack = f"{PACK}settings:\n  a: {{type: text, choices: [x, y]}}\n  b: {{type: list, choices: [x, y]}}\n"
    assert load(tmp_path, CONFIG + "settings: {a: x, b: [y, x]}\n", pack).settings == {
        "a": "x",
        "b": ["y", "x"],
    }
    diagnostics = mistakes(tmp_path, CONFIG + "settings: {a: X, b: [y, z]}\n", pack)
    assert diagnostics == ["C209 acme.yaml:4:15", "C209 acme.yaml:4:25"]


def test_a_required_list_must_not_be_empty(tmp_path: Path) -> None:
    pack = f"{PACK}settings:\n  must: {{type: list, of: text, required: true}}\n"
    assert mistakes(tmp_path, CONFIG + "settings: {must: []}\n", pack) == ["C208 acme.yaml:4:18"]
    assert mistakes(tmp_path, CONFIG + "settings: {must: [a]}\n", pack) == []


def test_choice_that_the_pack_refuses_says_why_where_it_is_written(tmp_path: Path) -> None:
    type_ = "text, choices: [none, connected], refuses: {connected: both would push}"
    assert value(tmp_path, type_, "none") == "none"
    diagnostics = Diagnostics()
    path = lay(tmp_path, f"{CONFIG}settings: {{s: connected}}\n", DECLARED.replace("TYPE", type_))
    load_config(path, diagnostics)
    (diagnostic,) = diagnostics
    assert (diagnostic.code, diagnostic.span.line, diagnostic.span.column) == ("C209", 4, 15)
    assert diagnostic.message == 'settings.s: sync cannot run with "connected": both would push'
