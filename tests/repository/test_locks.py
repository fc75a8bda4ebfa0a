"""The locks: what `make demo` installs, and what `make test` adds to it."""

from __future__ import annotations

import re
import tomllib

from tests.e2e.program import ROOT

PINNED = re.compile(r"^([\w.-]+)==([\w.]+)", re.MULTILINE)
NAME = re.compile(r"^[\w.-]+")


def pins(lock: str) -> dict[str, str]:
    return dict(PINNED.findall((ROOT / lock).read_text(encoding="utf-8")))


def test_the_demo_installs_what_pytest_needs_in_a_folder_of_sync_init() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["testing"]]
    assert {name for one in wanted for name in NAME.findall(one)} <= {*pins("requirements.lock")}


def test_the_development_lock_pins_the_same_versions() -> None:
    assert pins("requirements.lock").items() <= pins("dev.lock").items()


def test_the_lock_of_others_tools_has_what_the_program_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["quality"]]
    assert {name for one in wanted for name in NAME.findall(one)} <= {*pins("quality.lock")}


def test_every_pin_has_hashes_and_none_an_address() -> None:
    for lock in ("requirements.lock", "dev.lock", "quality.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert "://" not in text
        assert all("--hash=sha256:" in one for one in re.split(r"\n(?=\S)", text.strip()))
