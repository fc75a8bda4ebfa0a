"""A pack: its name, systems, settings, tables, and the mappings next to it."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from engine.config import Config, Setting, load_config
from engine.model.diagnostics import Diagnostics
from engine.model.schema import BOOL, DATE, DECIMAL, INT, TEXT, enum, list_of
from tests.engine.config.config_kit import CONFIG, PACK, lay, load, mistakes


def settings_of(folder: Path, text: str) -> dict[str, Setting]:
    config = "name: a\npack: ../pack\nsystems: {left: , right: }\nsettings: {must: x}\n"
    own: Config = load(folder, config, f"{PACK}settings:\n  must: {{type: text, required: true}}\n{text}")
    return dict(own.pack.settings)


def wrong_setting(folder: Path, text: str) -> list[str]:
    return mistakes(folder, pack=f"{PACK}settings:\n  s: {text}\n")


def test_every_yaml_file_next_to_it_is_a_mapping_in_the_order_of_names(tmp_path: Path) -> None:
    config = load(tmp_path, z__yaml="mapping: z\n", a__yaml="mapping: a\n", t__csv="x,y\n", notes__md="# x\n")
    assert [one.path.name for one in config.pack.documents] == ["a.yaml", "z.yaml"]
    assert config.pack.unread == ()


def test_subfolders_are_not_searched_for_mappings(tmp_path: Path) -> None:
    lay(tmp_path)
    (tmp_path / "pack" / "tables").mkdir()
    (tmp_path / "pack" / "tables" / "t.yaml").write_text("- {a: 1}\n")
    assert load(tmp_path).pack.documents == ()


def test_files_that_editors_leave_behind_are_not_mappings(tmp_path: Path) -> None:
    lay(tmp_path, a__yaml="mapping: a\n")
    (tmp_path / "pack" / ".#a.yaml").symlink_to("nobody@nowhere.1")
    (tmp_path / "pack" / ".a.yaml").write_text("[")
    assert [one.path.name for one in load(tmp_path).pack.documents] == ["a.yaml"]


def test_a_mapping_file_ending_in_yml_gives_a_warning(tmp_path: Path) -> None:
    assert mistakes(tmp_path, notes__yml="mapping: notes\n") == ["warning C215 notes.yml:1:1"]


def test_the_name_of_an_unreadable_mapping_is_known(tmp_path: Path) -> None:
    diagnostics = Diagnostics()
    path = lay(tmp_path, one__yaml="mapping: invoices\nx: {{ y }}\n", two__yaml="[", three__yaml="")
    (tmp_path / "pack" / "four.yaml").mkdir()
    config = load_config(path, diagnostics)
    assert config is not None
    assert sorted(config.pack.unread) == ["four", "invoices", "three", "two"]
    assert sorted(diagnostic.code for diagnostic in diagnostics) == ["Y101", "Y103", "Y104", "Y109"]


@pytest.mark.timeout(20)
def test_a_pipe_among_the_mappings_is_not_waited_for(tmp_path: Path) -> None:
    path = lay(tmp_path)
    os.mkfifo(tmp_path / "pack" / "pipe.yaml")
    diagnostics = Diagnostics()
    load_config(path, diagnostics)
    assert [diagnostic.code for diagnostic in diagnostics] == ["Y101"]


@pytest.mark.parametrize(
    ("pack", "expected"),
    [
        ("", ["Y103 pack.yaml:1:1"]),
        ("[", ["Y104 pack.yaml:1:2"]),
        ("- a\n", ["C203 pack.yaml:1:1"]),
        ("pack: demo\n", ["C202 pack.yaml:1:1"]),
        ("systems: {left: outsider, right: outsider}\n", ["C202 pack.yaml:1:1"]),
        ("pack: demo\nsystems: [left]\n", ["C203 pack.yaml:2:10"]),
        ("pack: demo\nsystems: {}\n", ["C202 pack.yaml:2:10"]),
        ("pack: demo\nsystems:\n", ["C202 pack.yaml:2:9"]),
        ("pack: demo\nsystems: {left: [a], right: b}\n", ["C203 pack.yaml:2:17"]),
        (PACK + "table: {a: b.c}\n", ["C201 pack.yaml:3:1"]),
        (PACK + "tables: [a]\n", ["C203 pack.yaml:3:9"]),
        (PACK + "settings: [a]\n", ["C203 pack.yaml:3:11"]),
        (PACK + "settings:\ntables:\n", []),
    ],
)
def test_a_broken_pack_says_where(tmp_path: Path, pack: str, expected: list[str]) -> None:
    assert mistakes(tmp_path, pack=pack) == expected


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("../pakc", 'did you mean "pack"?'),
        ("../other", "available: pack"),
        ("../pack/pack.yaml", "name the pack's folder, not a file"),
        ("../old", "rename its pack.yml to pack.yaml"),
    ],
)
def test_a_missing_pack_is_reported_with_packs_near_its_path(tmp_path: Path, written: str, hint: str) -> None:
    path = lay(tmp_path, CONFIG.replace("../pack", written))
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "pack.yml").write_text("pack: old\n")
    diagnostics = Diagnostics()
    assert load_config(path, diagnostics) is None
    assert [
        (diagnostic.code, diagnostic.span.line, diagnostic.span.column, diagnostic.hint)
        for diagnostic in diagnostics
    ] == [("C206", 2, 7, hint)]


@pytest.mark.parametrize("written", ["[a]", "''", "null", "{a: b}"])
def test_a_pack_with_an_impossible_path_is_refused(tmp_path: Path, written: str) -> None:
    assert mistakes(tmp_path, CONFIG.replace("../pack", written)) == ["C203 acme.yaml:2:7"]


def test_settings_are_declared_with_type_default_and_choices(tmp_path: Path) -> None:
    read = settings_of(
        tmp_path,
        "  days: {type: int, default: 30, label: Days, doc: How many.}\n"
        "  way: {type: text, default: hold, choices: [hold, accept]}\n"
        "  list: {type: list, of: text, default: [a], choices: [a, b]}\n"
        "  plain: {type: list}\n"
        "  rate: {type: decimal, default: 0.05}\n"
        "  on: {type: bool, default: false}\n"
        "  since: {type: date, default: 2026-01-31}\n"
        "  account: {type: text, choices: xero.accounts.Code}\n",
    )
    assert {name: one.type for name, one in read.items()} == {
        "must": TEXT, "days": INT, "way": TEXT, "list": list_of(TEXT), "plain": list_of(TEXT),
        "rate": DECIMAL, "on": BOOL, "since": DATE, "account": TEXT,
    }  # fmt: skip
    assert (read["days"].default, read["days"].label, read["days"].doc) == (30, "Days", "How many.")
    assert (read["rate"].default, read["on"].default, read["plain"].default) == (Decimal("0.05"), False, None)
    assert (read["way"].choices, read["account"].column) == (("hold", "accept"), "xero.accounts.Code")


def test_mappings_see_the_choices_of_a_setting_as_an_enum(tmp_path: Path) -> None:
    read = settings_of(tmp_path, "  way: {type: text, choices: [a, b]}\n  n: {type: int, default: 1}\n")
    assert read["way"].field.type == enum("a", "b")
    assert read["way"].field.nullable
    assert not read["n"].field.nullable
    assert not read["must"].field.nullable


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("bool", ["C203 pack.yaml:4:6"]),
        ("{default: 1}", ["C202 pack.yaml:4:6"]),
        ("{type: integer}", ["C203 pack.yaml:4:13"]),
        ("{type: list, of: texts}", ["C203 pack.yaml:4:23"]),
        ("{type: text, of: texts}", ["C203 pack.yaml:4:23"]),
        ("{type: [text]}", ["C203 pack.yaml:4:13"]),
        ("{type: int, default: x}", ["C209 pack.yaml:4:27"]),
        ("{type: int, default: '1'}", ["C209 pack.yaml:4:27"]),
        ("{type: text, choices: [a, b], default: c}", ["C209 pack.yaml:4:45"]),
        ("{type: list, choices: [a, b], default: [a, c]}", ["C209 pack.yaml:4:49"]),
        ("{type: int, choices: [1, x]}", ["C209 pack.yaml:4:31"]),
        ("{type: text, choices: accounts}", ["C203 pack.yaml:4:28"]),
        ("{type: text, choices: {a: b}}", ["C203 pack.yaml:4:28"]),
        ("{type: text, required: yes}", ["C203 pack.yaml:4:29"]),
        ("{type: text, label: [a]}", ["C203 pack.yaml:4:26"]),
        ("{type: text, lable: x}", ["C201 pack.yaml:4:19"]),
    ],
)
def test_an_invalid_declaration_of_a_setting_is_one_mistake(
    tmp_path: Path, written: str, expected: list[str]
) -> None:
    assert wrong_setting(tmp_path, written) == expected
