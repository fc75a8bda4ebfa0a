"""However the files of a config are broken, checking them ends with located mistakes."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.model.codes import CODES
from engine.model.diagnostics import Diagnostics
from engine.model.errors import ConfigError
from engine.workspace import check_project
from tests.configs.configs_edits import edited
from tests.configs.configs_kit import CONFIG, GOOD, HERE

ROOT = HERE.parents[1]
LONGEST = 3_000  # characters of one printed diagnostic, however long the file's lines are
EDITED = settings(
    deadline=None, database=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow]
)


@dataclass(frozen=True)
class Copy:
    """Good files, copied to where they can be broken."""

    config: Path
    files: dict[Path, bytes]

    def restore(self) -> None:
        for path, raw in self.files.items():
            path.write_bytes(raw)


def copied(folder: Path, config: str, *sources: Path) -> Copy:
    for source in sources:
        shutil.copytree(source, folder / source.name)
    files = [one for one in sorted(folder.rglob("*")) if one.suffix in (".yaml", ".csv")]
    return Copy(folder / config, {one: one.read_bytes() for one in files})


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return copied(tmp_path_factory.mktemp("small"), f"good/{CONFIG}", GOOD)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("shipped")
    return copied(folder, "configs/acme.yaml", ROOT / "configs", ROOT / "mappings")


@pytest.mark.timeout(60)
@EDITED
@given(data=st.data())
def test_any_edit_of_the_small_pack_gives_located_mistakes(small: Copy, data: st.DataObject) -> None:
    check_edited(small, data)


@pytest.mark.timeout(60)
@EDITED
@given(data=st.data())
def test_any_edit_of_the_shipped_pack_gives_located_mistakes(shipped: Copy, data: st.DataObject) -> None:
    check_edited(shipped, data)


@pytest.mark.timeout(60)
@EDITED
@given(data=st.data())
def test_any_bytes_in_any_file_give_located_mistakes(small: Copy, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(small.files)))
    raw = small.files[path]
    at = data.draw(st.integers(0, len(raw)))
    check_with(
        small, {path: raw[:at] + data.draw(st.binary(max_size=6)) + raw[at + data.draw(st.integers(0, 3)) :]}
    )


def check_edited(copy: Copy, data: st.DataObject) -> None:
    paths = data.draw(st.lists(st.sampled_from(sorted(copy.files)), min_size=1, max_size=3, unique=True))
    texts = {path: data.draw(edited(copy.files[path].decode())) for path in paths}
    check_with(copy, {path: text.encode() for path, text in texts.items()})


def check_with(copy: Copy, broken: dict[Path, bytes]) -> None:
    for path, raw in broken.items():
        path.write_bytes(raw)
    try:
        _, diagnostics = check_project(copy.config)
        for diagnostic in diagnostics:
            located(diagnostic.span.file, diagnostic.span.line, diagnostic.span.column, diagnostics)
            assert diagnostic.code in CODES
            assert diagnostic.span.length >= 1
            assert len(str(diagnostic)) <= LONGEST
    except ConfigError:
        pass  # the only exception for files that cannot be used
    finally:
        copy.restore()


def located(file: str, line: int, column: int, diagnostics: Diagnostics) -> None:
    """The place exists: in a row of the file, or right after it."""
    assert Path(file).exists()
    rows = diagnostics.sources.get(file) or [""]
    assert 1 <= line <= len(rows)
    assert 1 <= column <= len(rows[line - 1]) + 1
