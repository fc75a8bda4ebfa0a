"""`sync check` needs files only: no network, no secrets, and leaves nothing behind."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest

from engine.workspace import check_project, load_project

HERE = Path(__file__).resolve().parents[3]
LIVE = (HERE / "configs" / "acme.live.yaml.example").read_text("utf-8")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sockets, no processes, none of the secrets."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a check asks nobody")

    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    for name in ("PSOHUB_TOKEN", "XERO_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("alone")
def test_the_shipped_configs_are_checked_without_network_or_secrets(tmp_path: Path) -> None:
    project, found = check_project(HERE / "configs" / "acme.yaml")
    assert project is not None
    assert found.found == []
    (tmp_path / "live.yaml").write_text(LIVE.replace("../mappings", f"{HERE}/mappings"), encoding="utf-8")
    project, found = check_project(tmp_path / "live.yaml")
    assert project is not None
    assert [(one.severity, one.code) for one in found] == [("warning", "C211")] * 2
    assert [path.name for path in tmp_path.iterdir()] == ["live.yaml"]


@pytest.mark.usefixtures("alone")
def test_warnings_do_not_keep_a_project_from_being_loaded(tmp_path: Path) -> None:
    (tmp_path / "live.yaml").write_text(LIVE.replace("../mappings", f"{HERE}/mappings"), encoding="utf-8")
    project = load_project(tmp_path / "live.yaml")
    assert set(project.programs.mappings) >= {"invoices", "contacts", "lines"}
    assert len(project.warnings.found) == 2
