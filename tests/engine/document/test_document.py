"""YAML that knows file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.document import ListNode, MapNode, Scalar, display_name, read_document
from engine.model.diagnostics import Diagnostics
from tests.engine.document.document_kit import mistake, place, read, root

TEXT = """\
# an invoice
Type: ACCREC
Contact: {ref: contacts, key: "{{ invoice.customer_id }}"}
LineItems:
  - Description: Work
    Quantity: 1
  - [a, 'b']
"""


def test_every_value_and_key_knows_its_line_and_column(tmp_path: Path) -> None:
    node = root(tmp_path, TEXT)
    assert isinstance(node, MapNode)
    assert {name: place(key.span) for name, key in node.keys.items()} == {
        "Type": "2:1",
        "Contact": "3:1",
        "LineItems": "4:1",
    }
    contact, lines = node.entries["Contact"], node.entries["LineItems"]
    assert isinstance(contact, MapNode)
    assert isinstance(lines, ListNode)
    assert (place(node.span), place(contact.span), place(lines.span)) == ("2:1", "3:10", "5:3")
    assert {name: place(key.span) for name, key in contact.keys.items()} == {"ref": "3:11", "key": "3:26"}
    assert {name: place(one.span) for name, one in contact.entries.items()} == {"ref": "3:16", "key": "3:31"}
    first, second = lines.items
    assert isinstance(first, MapNode)
    assert isinstance(second, ListNode)
    assert [place(one.span) for one in (first, *first.entries.values())] == ["5:5", "5:18", "6:15"]
    assert [place(one.span) for one in (second, *second.items)] == ["7:5", "7:6", "7:9"]


def test_the_span_of_a_scalar_includes_its_quotes(tmp_path: Path) -> None:
    node = root(tmp_path, "a: plain\nb: 'it''s'\nc: \"\\x41\"\nd: |\n  x\n")
    assert isinstance(node, MapNode)
    lengths = {name: one.span.length for name, one in node.entries.items()}
    assert lengths == {"a": 5, "b": 7, "c": 6, "d": 1}


def test_columns_count_characters_not_bytes_nor_cells(tmp_path: Path) -> None:
    node = root(tmp_path, "é😀: {ü: 漢字, z: end}\n")
    assert isinstance(node, MapNode)
    inner = node.entries["é😀"]
    assert isinstance(inner, MapNode)
    assert [place(one.span) for one in inner.entries.values()] == ["1:9", "1:16"]


def test_windows_and_old_mac_line_ends_do_not_move_places(tmp_path: Path) -> None:
    for ends in ("\n", "\r\n", "\r"):
        node = root(tmp_path, f"a: 1{ends}b:{ends}  - c{ends}  - d{ends}")
        assert isinstance(node, MapNode)
        items = node.entries["b"]
        assert isinstance(items, ListNode)
        assert [place(one.span) for one in items.items] == ["3:5", "4:5"]


def test_a_byte_order_mark_at_the_start_is_not_a_character(tmp_path: Path) -> None:
    node = root(tmp_path, b"\xef\xbb\xbfa: 1\n")
    assert isinstance(node, MapNode)
    assert place(node.keys["a"].span) == "1:1"


def test_an_empty_value_is_null_and_located_after_its_colon(tmp_path: Path) -> None:
    node = root(tmp_path, "a:\nb: 1\n")
    assert isinstance(node, MapNode)
    assert node.entries["a"] == Scalar("", "null", node.entries["a"].span)
    assert place(node.entries["a"].span) == "1:3"


def test_a_duplicate_key_is_reported_with_the_place_of_the_first(tmp_path: Path) -> None:
    one = mistake(tmp_path, "a: 1\nb: 2\n'a': 3\n")
    assert (one.code, place(one), one.span.length) == ("Y105", "3:1", 3)
    assert one.message == 'duplicate key "a", first used on line 1'


def test_duplicate_keys_in_one_line_are_told_apart_by_column(tmp_path: Path) -> None:
    node, diagnostics = read(tmp_path, "k: {a: 1, a: 2, a: 3}\n")
    assert node is None
    assert [(place(diagnostic), diagnostic.message) for diagnostic in diagnostics] == [
        ("1:11", 'duplicate key "a", first used at column 5'),
        ("1:17", 'duplicate key "a", first used at column 5'),
    ]


def test_equal_keys_in_different_mappings_are_allowed(tmp_path: Path) -> None:
    assert isinstance(root(tmp_path, "a: {k: 1}\nb: {k: 2}\nk: 3\n"), MapNode)


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("a: &x 1\n", "1:4", "the anchor &x is not supported"),
        ("a: *x\n", "1:4", "the alias *x is not supported"),
        ("a: !!int 1\n", "1:4", "the tag !!int is not supported"),
        ("a: !mine 1\n", "1:4", "the tag !mine is not supported"),
        ("a: !!map {b: 1}\n", "1:4", "the tag !!map is not supported"),
        ("a: &x [1]\n", "1:4", "the anchor &x is not supported"),
        ("<<: {a: 1}\n", "1:1", "merge keys are not supported"),
        ("a: 1\n*x : 2\n", "2:1", "the alias *x is not supported"),
    ],
)
def test_anchors_aliases_merge_keys_and_tags_are_refused(
    tmp_path: Path, text: str, at: str, message: str
) -> None:
    one = mistake(tmp_path, text)
    assert (one.code, place(one), one.message) == ("Y106", at, message)
    assert one.hint


@pytest.mark.parametrize(
    ("text", "at", "shown", "hint"),
    [
        ("200: a\n", "1:1", "200", 'quote it: "200"'),
        ("true: a\n", "1:1", "true", 'quote it: "true"'),
        ("~: a\n", "1:1", "~", 'quote it: "~"'),
        ("?\n: a\n", "1:2", "nothing", ""),
        ("[a]: b\n", "1:1", "a list or a mapping", ""),
        ("? {a: 1}\n: b\n", "1:3", "a list or a mapping", ""),
    ],
)
def test_a_key_that_is_not_text_is_refused(tmp_path: Path, text: str, at: str, shown: str, hint: str) -> None:
    one = mistake(tmp_path, text)
    assert (one.code, place(one), one.hint) == ("Y108", at, hint)
    assert one.message == f"a key: expected text, found {shown}"


def test_a_key_in_quotes_may_look_like_anything(tmp_path: Path) -> None:
    node = root(tmp_path, "'200': a\n\"true\": b\n'': c\non: d\nNO: e\n")
    assert isinstance(node, MapNode)
    assert list(node.entries) == ["200", "true", "", "on", "NO"]


def test_all_mistakes_of_a_file_are_reported_at_once(tmp_path: Path) -> None:
    node, diagnostics = read(tmp_path, "a: 1\na: 2\nb: &x 3\n4: c\nd: {{ x }}\n")
    assert node is None
    assert [diagnostic.code for diagnostic in diagnostics] == ["Y105", "Y106", "Y108", "Y109"]


def test_a_file_inside_the_working_folder_is_named_relative_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert display_name(tmp_path / "configs" / "acme.yaml") == "configs/acme.yaml"
    assert display_name(tmp_path / "configs" / ".." / "acme.yaml") == "acme.yaml"
    assert display_name(tmp_path.parent / "other.yaml") == str(tmp_path.parent / "other.yaml")


def test_a_document_knows_its_name_and_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text("a: 1\n")
    document = read_document(Path("a.yaml"), diagnostics := Diagnostics())
    assert document is not None
    assert (document.file, document.path, diagnostics.reported) == ("a.yaml", Path("a.yaml"), [])
