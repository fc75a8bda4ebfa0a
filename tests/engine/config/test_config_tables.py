"""Tables: CSV as spreadsheets write it, YAML rows, and reference streams."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.config.tables import Table, read_table
from engine.model.diagnostics import Diagnostics
from tests.engine.config.config_kit import node, places, table

ROWS = ({"category": "high", "TaxType": "OUTPUT2"}, {"category": "low", "TaxType": "RROUTPUT"})


def rows(folder: Path, text: str | bytes, name: str = "t.csv") -> tuple[dict[str, str], ...]:
    own, diagnostics = table(folder, name, text)
    assert not diagnostics.reported, "\n".join(str(diagnostic) for diagnostic in diagnostics)
    return own.rows


def wrong(folder: Path, text: str | bytes, name: str = "t.csv") -> list[str]:
    own, diagnostics = table(folder, name, text)
    assert own.name == "t"
    return places(diagnostics)


def test_a_csv_has_its_columns_in_the_first_line_and_all_cells_are_text(tmp_path: Path) -> None:
    own, _ = table(tmp_path, "t.csv", "code,rate,on\n0200,1.10,NO\n200,,true\n")
    assert own.columns == ("code", "rate", "on")
    assert own.rows == ({"code": "0200", "rate": "1.10", "on": "NO"}, {"code": "200", "on": "true"})


@pytest.mark.parametrize(
    "text",
    [
        "category,TaxType\nhigh,OUTPUT2\nlow,RROUTPUT\n",
        "category,TaxType\r\nhigh,OUTPUT2\r\nlow,RROUTPUT\r\n",
        "\ufeffcategory,TaxType\nhigh,OUTPUT2\nlow,RROUTPUT",
        '"category","TaxType"\n"high","OUTPUT2"\n"low","RROUTPUT"\n',
        " category , TaxType \n high , OUTPUT2\nlow,RROUTPUT\t\n",
        "category,TaxType\n\nhigh,OUTPUT2\n , \n,,,\nlow,RROUTPUT\n\n\n",
    ],
)
def test_line_ends_byte_order_mark_quotes_blanks_and_blank_rows_make_no_difference(
    tmp_path: Path, text: str
) -> None:
    assert rows(tmp_path, text) == ROWS


def test_quoted_cells_hold_commas_quotes_and_line_ends(tmp_path: Path) -> None:
    assert rows(tmp_path, 'a,b\n"x, y","say ""hi"""\n"two\nlines",z\n') == (
        {"a": "x, y", "b": 'say "hi"'},
        {"a": "two\nlines", "b": "z"},
    )


def test_a_table_may_have_a_header_and_no_rows(tmp_path: Path) -> None:
    own, diagnostics = table(tmp_path, "t.csv", "a,b\n")
    assert (own.columns, own.rows, diagnostics.reported) == (("a", "b"), (), [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["C212 t.csv:1:1"]),
        ("\n", ["C212 t.csv:1:1"]),
        ("a,\nx,y\n", ["C212 t.csv:1:1"]),
        ("a,b,a\n", ["C212 t.csv:1:5"]),
        ("a;b\nx;y\n", ["C212 t.csv:1:1"]),
        ("a,b\nx\n", ["C212 t.csv:2:1"]),
        ("a,b\nx,y,z\nu,v\nw\n", ["C212 t.csv:2:1", "C212 t.csv:4:1"]),
        ('a,b\n"two\nlines",z\nx\n', ["C212 t.csv:4:1"]),
        ('a,b\nx,"y\n', ["C212 t.csv:2:1"]),
        ('a,b\nu,v\n"x"y,z\n', ["C212 t.csv:3:1"]),
        ("a,b\nx," + "y" * 200_000 + "\n", ["C212 t.csv:2:1"]),
        (b"a,b\n\xe9,y\n", ["Y102 t.csv:2:1"]),
        ("a,b\n" + "x,y\n" * 600_000, ["Y107 t.csv:1:1"]),
    ],
)
def test_an_invalid_csv_is_reported_with_its_line(
    tmp_path: Path, text: str | bytes, expected: list[str]
) -> None:
    assert wrong(tmp_path, text) == expected


def test_the_line_that_is_shown_is_the_line_that_is_counted(tmp_path: Path) -> None:
    _, diagnostics = table(tmp_path, "t.csv", "a,b\rx,y\r\nonly one\n")
    (diagnostic,) = diagnostics
    assert (diagnostic.span.line, diagnostic.excerpt) == (3, "only one")


def test_line_ends_that_only_some_programs_know_are_refused(tmp_path: Path) -> None:
    for character in "\u2028\u2029\x0c\x85":
        assert wrong(tmp_path, f"a,b\nx{character},y\n") == ["C212 t.csv:2:2"]


def test_as_many_columns_as_a_file_can_hold_are_compared_fast(tmp_path: Path) -> None:
    header = ",".join(f"c{at}" for at in range(200_000))
    own, _ = table(tmp_path, "t.csv", header)
    assert len(own.columns) == 200_000
    assert wrong(tmp_path, header + ",c7") == [f"C212 t.csv:1:{len(header) + 2}"]


def test_yaml_rows_are_text_too(tmp_path: Path) -> None:
    text = (
        "- {category: high, TaxType: OUTPUT2}\n- {category: 0200, rate: 1.10, on: NO, none: ~, blank: ''}\n"
    )
    assert rows(tmp_path, text, "t.yaml") == (
        {"category": "high", "TaxType": "OUTPUT2"},
        {"category": "0200", "rate": "1.10", "on": "NO"},
    )
    assert table(tmp_path, "t.yml", text)[0].columns == (
        *("category", "TaxType", "rate", "on"),
        *("none", "blank"),  # what no row fills is a column, too: a lookup may name it
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\n", ["C212 t.yaml:1:1"]),
        ("- a\n- {b: 1}\n", ["C212 t.yaml:1:3"]),
        ("- {a: [1]}\n- {a: {b: 1}}\n", ["C212 t.yaml:1:7", "C212 t.yaml:2:7"]),
        ("[]\n", ["C212 t.yaml:1:1"]),
        ("- {}\n", ["C212 t.yaml:1:1"]),
        ("- {a: 1, a: 2}\n", ["Y105 t.yaml:1:10"]),
        ("", ["Y103 t.yaml:1:1"]),
    ],
)
def test_a_yaml_table_that_is_not_a_list_of_rows_is_located(
    tmp_path: Path, text: str, expected: list[str]
) -> None:
    assert wrong(tmp_path, text, "t.yaml") == expected


def named(folder: Path, written: str) -> tuple[Table, Diagnostics]:
    diagnostics = Diagnostics()
    return read_table("t", node(folder, written), folder, diagnostics), diagnostics


@pytest.mark.parametrize("name", ["xero.accounts", "left.some_stream"])
def test_a_name_without_a_file_suffix_is_a_reference_stream(tmp_path: Path, name: str) -> None:
    own, diagnostics = named(tmp_path, name)
    assert (own.stream, own.columns, diagnostics.reported) == (name, (), [])


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("[a]", ""),
        ("{a: b}", ""),
        ("~", ""),
        ("''", ""),
        ("t.xlsx", "save it as CSV"),
        ("tables/t.txt", "save it as CSV"),
        ("tables/t", ""),
        ("none.csv", "paths are relative to pack.yaml"),
        ("tables/taxtypes.csv", 'did you mean "tables/tax_types.csv"?'),
    ],
)
def test_an_invalid_table_is_refused_at_its_place(tmp_path: Path, written: str, hint: str) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "tax_types.csv").write_text("a\n")
    own, diagnostics = named(tmp_path, written)
    assert (own.stream, own.columns) == ("", ())
    assert [
        (diagnostic.code, diagnostic.span.line, diagnostic.span.column, diagnostic.hint)
        for diagnostic in diagnostics
    ] == [("C212", 1, 1, hint)]


def test_a_folder_is_not_a_table(tmp_path: Path) -> None:
    (tmp_path / "t.csv").mkdir()
    _, diagnostics = named(tmp_path, "t.csv")
    assert places(diagnostics) == ["C212 node.yaml:1:1"]
    assert [diagnostic.message.rpartition("/")[2] for diagnostic in diagnostics] == [
        "t.csv is a folder, not a file"
    ]
