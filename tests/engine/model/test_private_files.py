"""What holds business data is for its owner only, whatever the umask, and what is wider is narrowed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.ledger import open_ledger
from engine.ledger.database import Database
from engine.ledger.lock import hold_lock
from engine.model.private_files import private_file, private_folder
from engine.sdk.sandbox.state import StateFile


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def modes_below(folder: Path) -> dict[str, int]:
    return {path.name: mode(path) for path in sorted(folder.rglob("*"))}


@pytest.mark.usefixtures("umask")
def test_a_new_file_and_its_folders(tmp_path: Path) -> None:
    private_file(tmp_path / "a" / "b" / "c.db")
    assert modes_below(tmp_path) == {"a": 0o700, "b": 0o700, "c.db": 0o600}


def test_what_exists_is_narrowed_and_nothing_is_widened(tmp_path: Path) -> None:
    for name, before, after in (("a.db", 0o666, 0o600), ("b.db", 0o640, 0o600), ("c.db", 0o400, 0o400)):
        path = tmp_path / name
        path.write_text("kept")
        for ending in ("", "-wal", "-shm", "-journal", ".lock"):
            companion = path.with_name(name + ending)
            companion.touch()
            companion.chmod(before)
        private_file(path)
        assert {mode(file) for file in tmp_path.glob(f"{name}*")} == {after}
        path.chmod(0o600)
        assert path.read_text() == "kept"


def test_only_our_own_folder_is_narrowed(tmp_path: Path) -> None:
    for name, after in ((".sync", 0o700), ("shared", 0o755)):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(0o755)
        private_file(tmp_path / name / "x.db")
        assert mode(tmp_path / name) == after
    assert private_folder(tmp_path / "shared") == tmp_path / "shared"


def test_a_file_of_another_user_is_used_and_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = private_file(tmp_path / "x.db")
    path.chmod(0o644)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    assert private_file(path) == path
    assert "x.db can be read by other users" in caplog.text


def test_a_ledger_with_its_companions_and_lock(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = tmp_path / ".sync" / "acme.db"
        database = Database(path)
        with hold_lock(database, "me"):
            assert modes_below(tmp_path) == {
                ".sync": 0o700, "acme.db": 0o600, "acme.db-shm": 0o600, "acme.db-wal": 0o600,
                "acme.db.lock": 0o600, "acme.db.lock-journal": 0o600,
            }  # fmt: skip
        database.close()
        path.chmod(0o666)
        open_ledger(f"sqlite:///{path}", read_only=True).close()
        assert mode(path) == 0o600
    finally:
        os.umask(before)


@pytest.mark.usefixtures("umask")
def test_the_state_of_a_sandbox(tmp_path: Path) -> None:
    state = StateFile(tmp_path / ".sync" / "box.db", ("CREATE TABLE things (id TEXT)",))
    with state.writing() as tx:
        tx.execute("INSERT INTO things VALUES ('1')")
        found = modes_below(tmp_path)
    state.close()
    assert found.pop(".sync") == 0o700
    assert set(found.values()) == {0o600}
