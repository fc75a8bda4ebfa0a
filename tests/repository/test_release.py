"""The version, its entry in the changelog and the licence agree with each other."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HEADING = re.compile(r"^## (?P<version>\S+)(?: - (?P<day>\S+))?$", re.MULTILINE)


def _project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return project


def _headings() -> list[re.Match[str]]:
    return list(HEADING.finditer((ROOT / "CHANGELOG.md").read_text("utf-8")))


def test_newest_released_version_of_the_changelog_is_that_of_the_package() -> None:
    unreleased, newest, *_ = _headings()
    assert unreleased["version"] == "Unreleased"
    assert newest["version"] == _project()["version"]


def test_released_versions_have_dates_newest_first() -> None:
    days = [date.fromisoformat(heading["day"]) for heading in _headings()[1:]]
    assert days == sorted(days, reverse=True)


def test_entries_are_grouped_by_kind() -> None:
    groups = re.findall(r"^### (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert set(groups) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_license_file_is_the_one_that_the_metadata_names() -> None:
    project = _project()
    assert project["license-files"] == ["LICENSE"]
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert text.startswith(f"{project['license']} License\n")
    assert project["authors"][0]["name"] in text
