"""What the machine ran out of ends a command with 6 and one sentence, not as a bug."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from engine.cli.exhausted import exhausted
from tests.e2e.program import Program


def caused(cause: Exception) -> Exception:
    error = ValueError("what came of it")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "phrase"),
    [
        (MemoryError(), "no memory left"),
        (OSError(errno.EMFILE, "Too many open files"), "no file handles left for this process"),
        (OSError(errno.ENFILE, "Too many open files"), "no file handles left on this machine"),
        (OSError(errno.ENOSPC, "No space left on device"), "no disk space left"),
        (RuntimeError("can't start new thread"), "no processes or threads left"),
        (caused(OSError(errno.EMFILE, "Too many open files")), "no file handles left"),
    ],
)
def test_what_ran_out_is_named(error: Exception, phrase: str) -> None:
    assert exhausted(error).startswith(phrase)


@pytest.mark.parametrize("error", [ValueError("x"), RuntimeError("x"), OSError(errno.ENOENT, "x"), None])
def test_other_errors_are_not_taken_for_it(error: Exception | None) -> None:
    assert exhausted(error) == ""


def test_it_ends_a_command_with_6(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("engine.workspace.load_project", full)
    (tmp_path / "a.yaml").write_text("name: a")
    result = Program(tmp_path)("status", tmp_path / "a.yaml")
    assert result.code == 6
    assert result.err.startswith("sync: no file handles left for this process")
    assert "Traceback" not in result.err
