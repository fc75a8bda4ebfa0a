"""Only regular files of bounded size are read, whatever leads to them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cases.harness import CASES
from tests.cases.surroundings_kit import SECRETS, laid, settled
from tests.e2e.program import Program

DEVICE = "/dev/zero"


def config_of(tmp_path: Path, secret: str = DEVICE) -> Path:
    config = laid("59-endless-secret-file", tmp_path)
    text = settled((CASES / "59-endless-secret-file" / "configs" / "live.yaml").read_text(encoding="utf-8"))
    assert DEVICE in text
    config.write_text(text.replace(DEVICE, secret), encoding="utf-8")
    return config


@pytest.mark.parametrize("verb", ["test", "run", "plan"])
def test_a_device_is_not_read(tmp_path: Path, verb: str) -> None:
    result = Program(tmp_path)(verb, config_of(tmp_path), **SECRETS)
    assert result.code == 2, result.err
    assert f"cannot read the secret file {DEVICE}: not a regular file" in result.err


def test_check_reads_no_secret(tmp_path: Path) -> None:
    result = Program(tmp_path)("check", config_of(tmp_path), **SECRETS)
    assert result.code in (0, 2)
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    ("name", "reason"), [("pipe", "not a regular file"), ("large", "larger than 64000 bytes")]
)
def test_nor_is_anything_else_that_may_not_end(tmp_path: Path, name: str, reason: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b"x" * 100_000)
    config = config_of(tmp_path, str(tmp_path / name))
    result = Program(tmp_path)("run", config, **SECRETS)
    assert result.code == 2, result.err
    assert reason in result.err


@pytest.mark.parametrize(
    "file", ["configs/live.yaml", "mappings/psohub-xero/pack.yaml", "mappings/psohub-xero/lines.yaml"]
)
def test_so_it_is_for_configs_packs_and_mappings(tmp_path: Path, file: str) -> None:
    config = config_of(tmp_path)
    (tmp_path / file).unlink()
    os.mkfifo(tmp_path / file)
    result = Program(tmp_path)("check", config, **SECRETS)
    assert result.code == 2, result.err


@pytest.mark.parametrize("name", ["pipe", "device"])
def test_so_it_is_for_records(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to(DEVICE)
    arguments = ("invoices", "--record", str(tmp_path / name))
    result = Program(tmp_path)("map", config_of(tmp_path), *arguments, **SECRETS)
    assert result.code == 2, result.err
    assert "not a regular file" in result.err
