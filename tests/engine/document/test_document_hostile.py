"""Whatever a file is, reading it ends soon and with a located mistake, never with a traceback."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.document import MAX_BYTES, MAX_DEPTH, MAX_NODES, read_document
from engine.model.diagnostic import Diagnostic
from engine.model.diagnostics import Diagnostics
from tests.engine.document.document_kit import mistake, place, read, root


def unread(path: Path) -> Diagnostic:
    """The one mistake about a path of which nothing can be read."""
    diagnostics = Diagnostics()
    assert read_document(path, diagnostics) is None
    assert len(diagnostics.reported) == 1
    return diagnostics.reported[0]


@pytest.mark.parametrize(
    "text", ["", "\n", "   \n\n", "# one\n# two\n", "---\n", "---\n...\n", "\ufeff", "\ufeff# x"]
)
def test_an_empty_file_is_called_empty(tmp_path: Path, text: str) -> None:
    one = mistake(tmp_path, text)
    assert (one.code, place(one), one.message) == ("Y103", "1:1", "the file is empty")


def test_an_empty_file_is_called_empty_next_to_mistakes_of_other_files(tmp_path: Path) -> None:
    diagnostics = Diagnostics()
    for name, text in (("a", "k: [\n"), ("b", "---\n")):
        (tmp_path / f"{name}.yaml").write_text(text)
        assert read_document(tmp_path / f"{name}.yaml", diagnostics) is None
    assert [diagnostic.code for diagnostic in diagnostics] == ["Y104", "Y103"]


@pytest.mark.parametrize("bracket", ["[", "{", "- ", "? ", "[[{"])
def test_two_hundred_thousand_brackets_are_too_deep(tmp_path: Path, bracket: str) -> None:
    one = mistake(tmp_path, bracket * 200_000)
    assert one.code == "Y107"
    assert one.message == f"nested more than {MAX_DEPTH} levels deep"
    assert one.span.line == 1
    assert one.span.column <= MAX_DEPTH * len(bracket) + 1


def test_brackets_up_to_the_bound_are_read(tmp_path: Path) -> None:
    assert root(tmp_path, "[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert mistake(tmp_path, "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)).code == "Y107"


def test_more_values_than_any_file_needs_are_refused_at_the_first_too_many(tmp_path: Path) -> None:
    one = mistake(tmp_path, "[" + "a, " * MAX_NODES + "a]")
    assert (one.code, one.message) == ("Y107", f"more than {MAX_NODES} values in one file")
    assert one.span.column == 3 * (MAX_NODES - 1) + 2


def test_a_file_that_is_too_large_is_not_read_completely(tmp_path: Path) -> None:
    one = mistake(tmp_path, "a: " + "x" * MAX_BYTES)
    assert (one.code, place(one)) == ("Y107", "1:1")
    assert root(tmp_path, "a: " + "x" * (MAX_BYTES - 3))


@pytest.mark.parametrize(
    ("raw", "at", "byte"),
    [
        (b"\xff\xfea\x00:\x00", "1:1", "0xFF"),
        (b"a: 1\nb: caf\xe9\n", "2:7", "0xE9"),
        (b"a: \xf0\x9f\x98\x80 \x80\n", "1:6", "0x80"),
        (b"a: \xed\xa0\x80\n", "1:4", "0xED"),
        (b"\xef\xbb\xbfa: \xc3", "1:4", "0xC3"),
        (b"a: 1\r\nb: \xff", "2:4", "0xFF"),
    ],
)
def test_invalid_utf8_is_reported_at_its_place(tmp_path: Path, raw: bytes, at: str, byte: str) -> None:
    one = mistake(tmp_path, raw)
    assert (one.code, place(one), one.message) == ("Y102", at, f"byte {byte} is not valid UTF-8")


@pytest.mark.parametrize(
    ("text", "at", "name"),
    [
        ("a: x\0y\n", "1:5", "U+0000"),
        ("a: 1\nb: \x07\n", "2:4", "U+0007"),
        ("a: 1\n\ufeffb: 2\n", "2:1", "U+FEFF"),
        ("\x1b[31m", "1:1", "U+001B"),
        ("a: 😀\x0c\n", "1:5", "U+000C"),
        ("\0" * 100_000, "1:1", "U+0000"),
    ],
)
def test_characters_that_yaml_does_not_allow_are_reported(
    tmp_path: Path, text: str, at: str, name: str
) -> None:
    one = mistake(tmp_path, text)
    assert (one.code, place(one)) == ("Y104", at)
    assert one.message == f"the character {name} is not allowed in YAML"


@pytest.mark.parametrize("text", ["a: 1\n---\nb: 2\n", "a: 1\n---\n", "a: 1\n...\n---\nb: 2\n"])
def test_a_second_document_is_refused_at_its_start(tmp_path: Path, text: str) -> None:
    one = mistake(tmp_path, text)
    assert (one.code, one.span.column, one.span.length) == ("Y110", 1, 3)
    assert text.splitlines()[one.span.line - 1] == "---"


def test_one_document_may_be_framed(tmp_path: Path) -> None:
    assert root(tmp_path, "%YAML 1.2\n---\na: 1\n...\n")


def test_a_file_that_does_not_exist_is_reported(tmp_path: Path) -> None:
    one = unread(tmp_path / "none.yaml")
    assert (one.code, place(one)) == ("Y101", "1:1")
    assert one.message.startswith("cannot read ")
    assert one.message.endswith("none.yaml: no such file or directory")


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    one = unread(tmp_path)
    assert (one.code, one.message.rpartition(": ")[2]) == ("Y101", "is a directory")


@pytest.mark.timeout(20)
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    one = unread(tmp_path / "pipe.yaml")
    assert (one.code, one.message.rpartition(": ")[2]) == ("Y101", "not a regular file")


def test_a_device_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "zero.yaml").symlink_to("/dev/zero")
    assert unread(tmp_path / "zero.yaml").code == "Y101"


def test_broken_and_circular_links_are_not_files(tmp_path: Path) -> None:
    (tmp_path / "gone.yaml").symlink_to("none.yaml")
    (tmp_path / "circle.yaml").symlink_to("circle.yaml")
    assert {unread(tmp_path / name).code for name in ("gone.yaml", "circle.yaml")} == {"Y101"}


def test_a_file_without_read_permission_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "closed.yaml"
    path.write_text("a: 1\n")
    path.chmod(0)
    if os.access(path, os.R_OK):  # root may read everything
        monkeypatch.setattr(Path, "open", _denied)
    assert unread(path).message.endswith("closed.yaml: permission denied")


def _denied(*args: object, **kwargs: object) -> None:
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize("name", ["a\0b.yaml", "a" * 300 + ".yaml"])
def test_an_impossible_path_is_reported_without_a_traceback(tmp_path: Path, name: str) -> None:
    assert unread(tmp_path / name).code == "Y101"


def test_one_very_long_line_is_shown_in_part(tmp_path: Path) -> None:
    node, diagnostics = read(tmp_path, "a: [" + "b, " * 50_000 + "&x c]\n")
    assert node is None
    (diagnostic,) = diagnostics
    row = str(diagnostic).splitlines()[1]
    assert len(row) < 140
    assert "&x" in row


def test_no_recursion_of_ours_nears_the_interpreters_bound(tmp_path: Path) -> None:
    before = sys.getrecursionlimit()
    assert before > MAX_DEPTH * 4
    assert root(tmp_path, "{a: " * (MAX_DEPTH - 1) + "1" + "}" * (MAX_DEPTH - 1))


@settings(deadline=None, max_examples=300)
@given(
    st.one_of(st.binary(max_size=60), st.text(max_size=60).map(lambda one: one.encode("utf-8", "replace")))
)
def test_arbitrary_bytes_give_a_document_or_a_located_mistake(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        node, diagnostics = read(Path(folder), raw)
    assert (node is None) == bool(diagnostics.errors)
    rows = raw.decode("utf-8-sig", "replace").splitlines() or [""]
    for diagnostic in diagnostics:
        assert 1 <= diagnostic.span.line <= len(rows)
        assert 1 <= diagnostic.span.column <= len(rows[diagnostic.span.line - 1]) + 1
        assert str(diagnostic).isprintable() or "\n" in str(diagnostic)
