"""`sync check` needs files only: no network, no secrets; and it writes nothing."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path

import jsonschema
import pytest

from engine.config.editor import pack_schema
from engine.registry import connector_names
from engine.workspace import check_project, load_project

HERE = Path(__file__).resolve().parents[3]
LIVE = (HERE / "configs" / "acme.live.yaml.example").read_text("utf-8")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sockets, no processes, none of the secrets."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a check uses no network and starts no process")

    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    for name in ("PSOHUB_TOKEN", "XERO_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("alone")
def test_the_shipped_configs_are_checked_without_network_or_secrets(tmp_path: Path) -> None:
    project, diagnostics = check_project(HERE / "configs" / "acme.yaml")
    assert project is not None
    assert diagnostics.reported == []
    (tmp_path / "live.yaml").write_text(LIVE.replace("../mappings", f"{HERE}/mappings"), encoding="utf-8")
    project, diagnostics = check_project(tmp_path / "live.yaml")
    assert project is not None
    assert [(diagnostic.severity, diagnostic.code) for diagnostic in diagnostics] == [("warning", "C211")] * 2
    assert [path.name for path in tmp_path.iterdir()] == ["live.yaml"]


@pytest.mark.usefixtures("alone")
def test_warnings_do_not_keep_a_project_from_being_loaded(tmp_path: Path) -> None:
    (tmp_path / "live.yaml").write_text(LIVE.replace("../mappings", f"{HERE}/mappings"), encoding="utf-8")
    project = load_project(tmp_path / "live.yaml")
    assert set(project.programs.mappings) >= {"invoices", "contacts", "lines"}
    assert len(project.warnings.reported) == 2


def test_a_connector_of_the_pack_need_not_be_installed_if_the_config_names_another(tmp_path: Path) -> None:
    """The config's own `connector:` decides, for the check as for the editor's schema."""
    shutil.copytree(HERE / "mappings", tmp_path / "mappings")
    shutil.copytree(HERE / "configs", tmp_path / "configs")
    pack = tmp_path / "mappings" / "psohub-xero" / "pack.yaml"
    pack.write_text(pack.read_text("utf-8").replace("psohub: psohub", "psohub: not_installed"), "utf-8")
    project, diagnostics = check_project(tmp_path / "configs" / "acme.yaml")
    assert project is not None
    assert diagnostics.reported == []
    schema = pack_schema(connector_names(), ["xero.accounts"])
    written = {"pack": "demo", "systems": {"psohub": "not_installed", "xero": "xero"}}
    validator = jsonschema.Draft7Validator(schema)
    assert list(validator.iter_errors(written)) == []
    assert list(validator.iter_errors({**written, "systems": {"xero": 5}}))
