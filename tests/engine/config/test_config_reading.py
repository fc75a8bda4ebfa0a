"""A config: its name, pack, systems, limits, ledger and overrides."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from engine.config import load_config
from engine.model.diagnostics import Diagnostics
from engine.model.errors import ConfigError
from tests.engine.config.config_kit import CONFIG, lay, load, mistakes, plain


def test_a_config_says_what_is_synced_with_what(tmp_path: Path) -> None:
    config = load(tmp_path)
    assert (config.name, config.pack.name) == ("acme", "demo")
    assert config.path == tmp_path / "configs" / "acme.yaml"
    assert config.folder == tmp_path / "configs"
    assert config.pack.folder == tmp_path / "pack"
    assert {name: part.connector for name, part in config.systems.items()} == {
        "left": "outsider",
        "right": "outsider",
    }
    assert (config.limits, config.settings, config.overrides) == ({}, {}, None)


def test_a_system_without_a_connector_takes_the_packs(tmp_path: Path) -> None:
    config = load(tmp_path, CONFIG.replace("left: {connector: outsider}", "left: {sandbox: true}"))
    assert config.systems["left"].connector == "outsider"
    assert config.systems["left"].sandbox == {}


def test_a_system_with_an_empty_value_uses_the_packs_connector(tmp_path: Path) -> None:
    config = load(tmp_path, "name: a\npack: ../pack\nsystems:\n  left:\n  right:\n")
    assert [part.settings() for part in config.systems.values()] == [{}, {}]


def test_connector_and_sandbox_are_the_engines_words_the_rest_the_connectors(tmp_path: Path) -> None:
    own = "{connector: outsider, sandbox: {size: 3}, token: x, deep: {a: [1]}}"
    part = load(tmp_path, CONFIG.replace("{connector: outsider}", own, 1)).systems["left"]
    assert part.sandbox == {"size": 3}
    assert {name: plain(one) for name, one in part.settings().items()} == {"token": "x", "deep": {"a": [1]}}


@pytest.mark.parametrize(("written", "sandbox"), [("true", {}), ("false", None), ("{}", {})])
def test_a_sandbox_is_switched_on_off_or_given_options(
    tmp_path: Path, written: str, sandbox: dict[str, str] | None
) -> None:
    config = load(tmp_path, CONFIG.replace("outsider}", f"outsider, sandbox: {written}}}", 1))
    assert config.systems["left"].sandbox == sandbox


def test_limits_are_typed_and_may_be_left_out_one_by_one(tmp_path: Path) -> None:
    limits = "limits: {first_run_since: 2026-01-01, changes: 200, amount: 250000.50}\n"
    assert load(tmp_path, CONFIG + limits).limits == {
        "first_run_since": date(2026, 1, 1),
        "changes": 200,
        "amount": Decimal("250000.50"),
    }
    assert load(tmp_path, CONFIG + "limits: {changes: 0}\n").limits == {"changes": 0}
    assert load(tmp_path, CONFIG + "limits:\n").limits == {}


@pytest.mark.parametrize(
    ("written", "mistake"),
    [
        ("{changes: many}", "C214 acme.yaml:4:19"),
        ("{changes: -1}", "C214 acme.yaml:4:19"),
        ("{changes: 1.5}", "C214 acme.yaml:4:19"),
        ("{changes: null}", "C214 acme.yaml:4:19"),
        ("{changes: [1]}", "C214 acme.yaml:4:19"),
        ("{amount: 250_000}", "C214 acme.yaml:4:18"),
        ("{amount: -0.01}", "C214 acme.yaml:4:18"),
        ("{first_run_since: 1-1-26}", "C214 acme.yaml:4:27"),
        ("{max: 1}", "C201 acme.yaml:4:10"),
        ("[1]", "C203 acme.yaml:4:9"),
    ],
)
def test_a_limit_that_does_not_fit_is_named(tmp_path: Path, written: str, mistake: str) -> None:
    assert mistakes(tmp_path, f"{CONFIG}limits: {written}\n") == [mistake]


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("sqlite:///.sync/acme.db", "configs/.sync/acme.db"),
        ("sqlite:///../.sync/acme.db", ".sync/acme.db"),
        ("sqlite:///sub/../acme.db", "configs/acme.db"),
    ],
)
def test_the_ledgers_path_is_relative_to_the_config(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, path: str
) -> None:
    monkeypatch.chdir("/")
    assert load(tmp_path, f"{CONFIG}ledger: {written}\n").ledger == f"sqlite:///{tmp_path / path}"


def test_a_ledger_can_be_in_any_folder(tmp_path: Path) -> None:
    assert (
        load(tmp_path, CONFIG + "ledger: sqlite:////var/lib/acme.db\n").ledger == "sqlite:////var/lib/acme.db"
    )


def test_the_default_ledger_is_named_after_the_config(tmp_path: Path) -> None:
    assert load(tmp_path).ledger == f"sqlite:///{tmp_path}/configs/.sync/acme.db"


@pytest.mark.parametrize(
    "address",
    [
        "acme.db",
        "sqlite://acme.db",
        "sqlite:///",
        "postgres://localhost/acme",
        "[a]",
        "''",
    ],
)
def test_an_unsupported_ledger_is_refused_at_its_place(tmp_path: Path, address: str) -> None:
    assert any("C203 acme.yaml:4:9" in one for one in mistakes(tmp_path, f"{CONFIG}ledger: {address}\n"))


@pytest.mark.parametrize("name", ["a/b", "a\\b", ".acme", "../acme"])
def test_a_name_that_cannot_be_a_file_name_is_refused(tmp_path: Path, name: str) -> None:
    assert mistakes(tmp_path, CONFIG.replace("name: acme", f"name: {name}")) == ["C203 acme.yaml:1:7"]


@pytest.mark.parametrize(
    ("written", "name"), [("200", "200"), ("0200", "0200"), ("NO", "NO"), ("'a b'", "a b")]
)
def test_a_name_keeps_the_text_it_is_written_with(tmp_path: Path, written: str, name: str) -> None:
    assert load(tmp_path, CONFIG.replace("name: acme", f"name: {written}")).name == name


def test_a_missing_key_is_reported_once(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "name: acme\n") == ["C202 acme.yaml:1:1"] * 2  # pack and systems
    assert mistakes(tmp_path, "pack: ../pack\nname: a\n") == ["C202 acme.yaml:1:1"]


def test_a_misspelt_key_counts_as_the_intended_one(tmp_path: Path) -> None:
    text = CONFIG.replace("systems", "sytems").replace("pack:", "pak:") + "limit: {changes: many}\n"
    assert mistakes(tmp_path, text) == [
        "C201 acme.yaml:2:1",
        "C201 acme.yaml:3:1",
        "C201 acme.yaml:4:1",
        "C214 acme.yaml:4:18",
    ]


@pytest.mark.parametrize(
    ("systems", "expected"),
    [
        ("{left: {}}", ["C205 acme.yaml:3:1"]),
        ("{left: {}, rigth: {}}", ["C205 acme.yaml:3:21"]),
        ("{left: {}, right: {}, up: {}}", ["C205 acme.yaml:3:32"]),
        ("{left: {}, right: outsider}", ["C203 acme.yaml:3:28"]),
        ("{left: {}, right: {connector: []}}", ["C203 acme.yaml:3:40"]),
        ("[left, right]", ["C203 acme.yaml:3:10"]),
        ("", ["C205 acme.yaml:3:1", "C205 acme.yaml:3:1"]),
    ],
)
def test_systems_must_be_those_of_the_pack(tmp_path: Path, systems: str, expected: list[str]) -> None:
    assert mistakes(tmp_path, f"name: acme\npack: ../pack\nsystems: {systems}\n") == expected


@pytest.mark.parametrize("written", ["yes", "[a]", "1"])
def test_a_sandbox_that_is_neither_on_nor_off_is_one_mistake(tmp_path: Path, written: str) -> None:
    config = CONFIG.replace("outsider}", f"outsider, sandbox: {written}}}", 1)
    assert mistakes(tmp_path, config) == ["C203 acme.yaml:3:48"]


def test_overrides_are_passed_on_unchanged(tmp_path: Path) -> None:
    config = load(tmp_path, CONFIG + "overrides: {invoices: {fields: {A: 1}}}\n")
    assert config.overrides is not None
    assert plain(config.overrides) == {"invoices": {"fields": {"A": 1}}}
    assert load(tmp_path, CONFIG + "overrides:\n").overrides is None
    assert mistakes(tmp_path, CONFIG + "overrides: [a]\n") == ["C203 acme.yaml:4:12"]


def test_a_missing_config_is_reported_with_those_that_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(lay(tmp_path).parent)
    with pytest.raises(ConfigError, match=r"^config not found: amce\.yaml; \. has acme\.yaml$"):
        load_config(Path("amce.yaml"), Diagnostics())
    with pytest.raises(ConfigError, match=r"^config not found: none/acme\.yaml$"):
        load_config(Path("none/acme.yaml"), Diagnostics())


def test_a_folder_is_not_a_config(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder; name a config in it"):
        load_config(lay(tmp_path).parent, Diagnostics())


@pytest.mark.timeout(20)
def test_a_pipe_is_not_a_config_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigError, match=r"pipe is not a regular file$"):
        load_config(tmp_path / "pipe", Diagnostics())


@pytest.mark.parametrize("name", ["a\0b", "a" * 300, ""])
def test_an_impossible_path_is_not_a_config(name: str) -> None:
    with pytest.raises(ConfigError):
        load_config(Path(name), Diagnostics())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "Y103"),
        ("[", "Y104"),
        ("a: 1\na: 2", "Y105"),
        ("name: {{ x }}", "Y109"),
        ("\xff", "Y102"),
        ("- a", "C203"),
    ],
)
def test_a_config_that_is_not_a_yaml_mapping_is_reported(tmp_path: Path, text: str, code: str) -> None:
    path = lay(tmp_path)
    path.write_bytes(text.encode("latin-1"))
    diagnostics = Diagnostics()
    assert load_config(path, diagnostics) is None
    assert [diagnostic.code for diagnostic in diagnostics] == [code]
