"""Every character of a scalar's text is found again in the file, however it is written there."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.document import Scalar
from engine.document.places import places
from tests.engine.document.document_kit import entry, place, read, scalars

ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip


def where(folder: Path, text: str, needle: str, length: int | None = None) -> tuple[str, int]:
    """Line and column of a piece of the scalar under `k`, and how many characters of it are marked."""
    scalar = entry(folder, text)
    span = scalar.within(scalar.text.index(needle), len(needle) if length is None else length)
    return place(span), span.length


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("k: PO {{ x }}\n", "1:7"),
        ("k: 'PO {{ x }}'\n", "1:8"),
        ('k: "PO {{ x }}"\n', "1:8"),
        ("k:   'PO {{ x }}'   # why\n", "1:10"),
        ("k: 'it''s {{ x }}'\n", "1:11"),
        ("k: '😀 {{ x }}'\n", "1:7"),
        ("é: 1\nk: 漢字 {{ x }}\n", "2:7"),
        ('k: "\\x41\\u00e9\\U0001F600\\\\\\" {{ x }}"\n', "1:30"),
        ('k: "a\\tb\\n{{ x }}"\n', "1:11"),
        ("k: one\n  two {{ x }}\n", "2:7"),
        ("k: one\n\n\n  {{ x }}\n", "4:3"),
        ("k: 'one\n  two {{ x }}'\n", "2:7"),
        ("k: 'one\n\n   {{ x }}'\n", "3:4"),
        ('k: "one \\\n    {{ x }}"\n', "2:5"),
        ('k: "one\n\n  two {{ x }}"\n', "3:7"),
        ("k: >-\n  one\n  two {{ x }}\n", "3:7"),
        ("k: >-\n  one\n\n  two {{ x }}\n", "4:7"),
        ("k: >\n\n   one\n    more {{ x }}\n", "4:10"),
        ("k: |\n  one\n  {{ x }}\n", "3:3"),
        ("k: |\n  one\n    {{ x }}\n", "3:5"),
        ("k: |+\n\n\n  {{ x }}\n\n", "4:3"),
        ("k: |2-\n    {{ x }}\n", "2:5"),
        ("k: >1\n  {{ x }}\n", "2:3"),
        ("k: |  # why\n  {{ x }}\n", "2:3"),
        ("k: |\n    {{ x }}", "2:5"),
    ],
)
def test_an_expression_is_located_in_every_scalar_style(
    tmp_path: Path, ends: str, text: str, at: str
) -> None:
    found, length = where(tmp_path, text.replace("\n", ends), "{{ x }}")
    assert (found, length) == (at, 7)


def test_a_piece_that_spans_lines_is_marked_on_the_first(tmp_path: Path) -> None:
    text = "k: >-\n  {{ invoice.total\n  > 0 }}\n"
    assert where(tmp_path, text, "invoice.total > 0") == ("2:6", len("invoice.total") + 1)


def test_an_escape_is_marked_as_wide_as_it_is_written(tmp_path: Path) -> None:
    assert where(tmp_path, 'k: "a\\u00e9b"\n', "é") == ("1:6", 6)
    assert where(tmp_path, 'k: "a\\u00e9b"\n', "aéb") == ("1:5", 8)
    assert where(tmp_path, "k: 'a''b'\n", "'") == ("1:6", 2)
    assert where(tmp_path, 'k: "a\\\\"\n', "\\") == ("1:6", 2)


def test_a_place_past_the_text_is_its_last_character(tmp_path: Path) -> None:
    scalar = entry(tmp_path, "k: 'abc'\n")
    assert place(scalar.within(3)) == place(scalar.within(99)) == "1:7"


def test_a_place_in_empty_text_is_the_scalar(tmp_path: Path) -> None:
    for text in ("k: ''\n", "k:\n", "k: |\n"):
        scalar = entry(tmp_path, text)
        assert scalar.within(0) == scalar.span


def test_text_of_blanks_only_stays_at_its_head(tmp_path: Path) -> None:
    scalar = entry(tmp_path, "k: >1-\n  \n\n\nz: 1\n")
    assert scalar.text == " "
    assert place(scalar.within(0)) == "1:4"


PIECES = [
    "a", "Z", "0", " ", "  ", "\n", "\n\n", "é", "😀", "e\u0301", "\xa0", "\u200d", "'", '"', "\\", "#", ": ",
    "- ", "{{", "}}", "\t", "%", "@",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)


@st.composite
def written(draw: st.DrawFn) -> str:
    """A text as YAML's own writer writes it: in any style, folded, indented, escaped."""
    text = draw(TEXTS)
    out: str = yaml.dump(
        {"k": {"x": [text, {"y": text}]}, "after": "z"},
        default_style=draw(st.sampled_from([None, "'", '"', "|", ">"])),
        default_flow_style=draw(st.booleans()),
        allow_unicode=draw(st.booleans()),
        width=draw(st.sampled_from([5, 10, 20, 80])),
        indent=draw(st.sampled_from([2, 4, 6])),
    )
    return out.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


RAW = ["a", "b ", "  ", "é", "😀", "\n", "\n  ", "\n\n   ", "{{ x }}", "\t"]
IN_QUOTES = {
    "'": [*RAW, "''", '"', "\\"],
    '"': [
        *RAW,
        "'",
        "\\n",
        "\\\\",
        '\\"',
        "\\x41",
        "\\u00e9",
        "\\U0001F600",
        "\\\n ",
        "\\\n",
        "\\ ",
        "\\/",
        "\\t",
    ],
}


@st.composite
def by_hand(draw: st.DrawFn) -> str:
    """Text as people might write it, much of it odd and some of it no YAML."""
    style = draw(st.sampled_from(["'", '"', "", "|", ">"]))
    pieces = IN_QUOTES.get(style, [*RAW, "'", '"', "\\"])
    body = draw(st.lists(st.sampled_from(pieces), max_size=14).map("".join))
    if style in ("'", '"'):
        text = f"k: {style}{body}{style}\nz: 1\n"
    elif not style:
        text = f"k: a{body}\nz: 1\n"
    else:
        head = draw(st.sampled_from(["", "2", "1"])) + draw(st.sampled_from(["", "-", "+"]))
        blanks = draw(st.sampled_from(["", "\n", " \n", "  \n"]))
        rest = draw(st.sampled_from(["", "\n", "\n\n", "\nz: 1\n"]))
        text = f"k: {style}{head}\n{blanks}  " + body.replace("\n", "\n  ") + rest
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@settings(deadline=None, max_examples=400)
@given(st.one_of(written(), by_hand()))
def test_every_place_holds_the_character_that_it_is_the_place_of(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        node, _ = read(Path(folder), text)
    for scalar in scalars(node) if node is not None else ():
        _check(scalar)


def _check(scalar: Scalar) -> None:
    every = list(places(scalar.text, scalar.style, scalar.span, scalar.lines))
    assert len(every) == len(scalar.text)
    for at, (char, (line, column, behind)) in enumerate(zip(scalar.text, every, strict=True)):
        span = scalar.within(at)
        assert (span.line, span.column, span.length) == (line + 1, column + 1, max(1, behind - column))
        row = scalar.lines[line]
        assert char in _meanings(scalar, row[column:], row[column:behind]), (scalar, at, row[column:])


def _meanings(scalar: Scalar, rest: str, piece: str) -> Iterator[str]:
    """What a piece of a row may stand for: itself, an escape, or a line end that became a blank."""
    yield piece
    if scalar.style == "'" and piece == "''":
        yield "'"
    if scalar.style == '"' and piece[:1] == "\\" and len(piece) > 1:
        yield chr(int(piece[2:], 16)) if piece[1] in "xuU" else ESCAPES[piece[1]]
    line_end = not rest.strip(" \t") or rest == "\\"
    if line_end or (scalar.style in ("|", ">") and not scalar.text.strip()):
        yield from " \n\t"
