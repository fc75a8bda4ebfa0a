"""Connectors are found by their entry points, an outsider's like ours."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import registry
from engine.model.errors import ConfigError
from engine.registry import connector_names, find_connector
from engine.workspace import check_project

SOURCE = """\
from engine.sdk import TEXT, Connector, Field, Settings, Stream


class Own(Settings):
    token: str = "x"


streams = (Stream("things", {{"id": Field(TEXT)}}),)
connector = Connector("{name}", Own, streams, lambda settings, context: None)
no_connector = {{"name": "{name}"}}
"""


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages; what is installed there is found at once and forgotten afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    registry._points.cache_clear()
    yield tmp_path / "site"
    registry._points.cache_clear()
    for name in set(sys.modules) - before:
        if name.startswith("outside"):
            del sys.modules[name]


def install(site: Path, package: str, points: dict[str, str], source: str = SOURCE) -> None:
    """Lay a package down as an installer does: its module, and what it says of itself."""
    info = site / f"{package}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    rows = "".join(f"{name} = {value}\n" for name, value in points.items())
    (info / "entry_points.txt").write_text(f"[sync.connectors]\n{rows}")
    (site / f"{package}.py").write_text(source.format(name=next(iter(points), "")))
    registry._points.cache_clear()


def test_ours_are_found_like_anybodys() -> None:
    assert {"psohub", "xero"} <= {*connector_names()}
    assert find_connector("xero").name == "xero"


def test_an_outsiders_connector_is_found_and_checked(packages: Path, tmp_path: Path) -> None:
    install(packages, "outside_a", {"acme": "outside_a:connector"})
    assert "acme" in connector_names()
    assert find_connector("acme").stream("things") is not None
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "pack.yaml").write_text("pack: p\nsystems: {a: acme}\n")
    (tmp_path / "c.yaml").write_text("name: c\npack: pack\nsystems: {a: {token: y, tokn: z}}\n")
    _, found = check_project(tmp_path / "c.yaml")
    assert [(one.code, one.span.line, one.span.column) for one in found] == [("C201", 3, 25)]


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ConfigError, match=r'^no connector "xerro" is installed$'):
        find_connector("xerro")


def test_two_packages_with_one_connector_name_are_refused_by_the_names_of_both(
    packages: Path, tmp_path: Path
) -> None:
    install(packages, "outside_a", {"acme": "outside_a:connector"})
    install(packages, "outside_b", {"acme": "outside_b:connector", "other": "outside_b:connector"})
    with pytest.raises(ConfigError) as refused:
        find_connector("acme")
    for part in ('"acme"', "outside_a (outside_a:connector)", "outside_b (outside_b:connector)", "uninstall"):
        assert part in str(refused.value)
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "pack.yaml").write_text("pack: p\nsystems: {a: acme}\n")
    (tmp_path / "c.yaml").write_text("name: c\npack: pack\nsystems:\n  a: {connector: acme}\n")
    _, found = check_project(tmp_path / "c.yaml")
    assert [(one.code, one.span.line, one.span.column) for one in found] == [("C204", 4, 18)]


def test_a_quarrel_over_one_name_leaves_the_others_alone(packages: Path) -> None:
    install(packages, "outside_a", {"acme": "outside_a:connector"})
    install(packages, "outside_b", {"acme": "outside_b:connector", "other": "outside_b:connector"})
    assert find_connector("xero").name == "xero"
    assert find_connector("other").name == "acme"
    assert {"acme", "other", "xero"} <= {*connector_names()}


def test_one_package_that_is_found_twice_is_no_quarrel(packages: Path) -> None:
    install(packages, "outside_a", {"acme": "outside_a:connector"})
    install(packages, "outside_again", {"acme": "outside_a:connector"})
    assert find_connector("acme").name == "acme"


@pytest.mark.parametrize(
    ("value", "source", "why"),
    [
        ("outside_a:none", SOURCE, "cannot be loaded"),
        ("outside_none:connector", SOURCE, "No module named 'outside_none'"),
        ("outside_a:connector", "raise RuntimeError('an outsider fails')", "an outsider fails"),
        ("outside_a:connector", "import sys\nsys.exit(7)", "cannot be loaded: 7"),
        ("outside_a:connector", "this is no python", "cannot be loaded"),
        ("outside_a:no_connector", SOURCE, "is not an engine.sdk.Connector"),
    ],
)
def test_a_connector_that_cannot_be_loaded_is_a_mistake_of_its_package(
    packages: Path, value: str, source: str, why: str
) -> None:
    install(packages, "outside_a", {"acme": value}, source)
    with pytest.raises(ConfigError) as refused:
        find_connector("acme")
    assert '"acme"' in str(refused.value)
    assert why in str(refused.value)
