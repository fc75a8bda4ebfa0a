"""Paths start at the name of a config as it was given, not where its links lead."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cases.surroundings_kit import SECRETS, laid, settled
from tests.e2e.program import Program


def mounted(folder: Path) -> Path:
    """As Kubernetes mounts a ConfigMap."""
    config = laid("27-mounted-config", folder)
    config.write_text(settled(config.read_text()))
    configs = config.parent
    real = configs / "..2026_11_30_09_00_00.1"
    real.mkdir()
    config.rename(real / "live.yaml")
    (configs / "..data").symlink_to(real.name)
    config.symlink_to("..data/live.yaml")
    return config


def test_a_mounted_config_finds_its_pack_and_keeps_its_ledger(tmp_path: Path) -> None:
    config = mounted(tmp_path)
    (config.parent / ".env").write_text("XERO_CLIENT_SECRET=xero-secret-that-nobody-sees\n")
    sync = Program(tmp_path)
    checked = sync("check", config, XERO_CLIENT_SECRET="")
    assert checked.code == 0, checked.out + checked.err
    assert sync("status", config).code == 0
    # The mount changes: another folder behind the same name.
    configs = config.parent
    other = configs / "..2026_12_01_09_00_00.2"
    shutil.copytree(configs / "..2026_11_30_09_00_00.1", other)
    (configs / "..data").unlink()
    (configs / "..data").symlink_to(other.name)
    result = sync("run", config, **SECRETS)
    assert result.code == 6, result.err  # psohub.invalid
    assert (tmp_path / ".sync" / "live.db").exists()
    assert not list(configs.rglob("*.db"))


def test_a_folder_that_is_a_link_counts_as_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = laid("27-mounted-config", tmp_path / "elsewhere")
    config.write_text(settled(config.read_text()))
    named = tmp_path / "sync"
    named.mkdir()
    (named / "configs").symlink_to(tmp_path / "elsewhere" / "configs")
    shutil.move(tmp_path / "elsewhere" / "mappings", named / "mappings")
    monkeypatch.chdir(tmp_path)
    for path in (named / "configs" / "live.yaml", Path("sync/configs/live.yaml")):
        assert Program(tmp_path)("check", path).code == 0


def test_any_line_ends_and_a_byte_order_mark_are_fine(tmp_path: Path) -> None:
    config = laid("27-mounted-config", tmp_path)
    text = settled(config.read_text()).replace("${env:PSOHUB_TOKEN}", "${file:token}")
    config.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    (config.parent / "token").write_bytes(b"\xef\xbb\xbfpsohub-token-that-nobody-sees\r\n")
    (config.parent / ".env").write_bytes(b"\xef\xbb\xbfXERO_CLIENT_SECRET=xero-secret-that-nobody-sees\r\n")
    result = Program(tmp_path)("check", config, "--output", "json", XERO_CLIENT_SECRET="")
    assert (result.code, result.json["diagnostics"]) == (0, [])
