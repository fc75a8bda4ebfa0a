"""No text of a mapping gets into the generated code but as an escaped constant, and none is changed by it."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.mapping import Run, compile_pack
from engine.model.diagnostics import Diagnostics
from engine.sdk import TEXT, Field, Stream, obj
from tests.engine.mapping.mapping_catalog import CATALOG
from tests.engine.mapping.mapping_kit import compiled, documents, field_rule, mapped, mapper, record

NASTY = [
    '"',
    "'",
    "\\",
    "\n",
    "\r\n",
    '"""',
    "'''",
    "\\n",
    "\\'",
    "\\\\'); import os; ('",
    "'); raise SystemExit; ('",
    "# comment",
    "%s {0} {x}",
    "\u00a0\u3000",
    "\t",
    "é 😀 \u200d",
    "${x}",
    "{ } } { % #",
    "\N{ZERO WIDTH SPACE}x",
    "None",
    "v1",
]


def yaml_text(text: str) -> str:
    """The text as a double-quoted YAML scalar."""
    return (
        '"'
        + "".join(f"\\U{ord(one):08x}" if ord(one) > 0xFFFF else json.dumps(one)[1:-1] for one in text)
        + '"'
    )


@pytest.mark.parametrize("nasty", NASTY)
def test_a_literal_comes_out_as_it_is_written(tmp_path: Path, nasty: str) -> None:
    assert mapped(tmp_path, f"Url: {yaml_text('x' + nasty)}") == "x" + nasty
    assert mapped(tmp_path, f"Anything: {{fields: {{a: {yaml_text('x' + nasty)}}}}}") == {"a": "x" + nasty}
    assert mapped(tmp_path, f"Tags: {{list: [{yaml_text('x' + nasty)}, y]}}") == ["x" + nasty, "y"]


@pytest.mark.parametrize("nasty", NASTY)
def test_glue_and_text_around_expressions_come_out_as_they_are_written(tmp_path: Path, nasty: str) -> None:
    assert mapped(tmp_path, f"Url: {{join: [a, b], with: {yaml_text(nasty)}}}") == f"a{nasty}b"
    rule = f"Url: {yaml_text(nasty + '{{ invoice.number }}' + nasty)}"
    assert mapped(tmp_path, rule) == f"{nasty}INV-1{nasty}"


@pytest.mark.parametrize("nasty", NASTY)
def test_a_text_in_an_expression_comes_out_as_it_is_written(tmp_path: Path, nasty: str) -> None:
    # Inside an expression a text has Python's escapes; a line end stands in it as it is.
    written = "'x" + nasty.replace("\\", "\\\\").replace("'", "\\'") + "'"
    assert mapped(tmp_path, f"Url: {yaml_text('{{ ' + written + ' }}')}") == "x" + nasty
    choice = yaml_text("{{ " + written + " if invoice.final else " + written + " ~ 'y' }}")
    assert mapped(tmp_path, f"Url: {choice}") == f"x{nasty}y"


@pytest.mark.parametrize("nasty", NASTY)
def test_a_field_name_below_a_field_of_any_type_comes_out_as_it_is_written(
    tmp_path: Path, nasty: str
) -> None:
    rule = f'Anything: {{fields: {{{yaml_text("k" + nasty)}: "{{{{ invoice.number }}}}", "b": 1}}}}'
    assert mapped(tmp_path, rule) == {"k" + nasty: "INV-1", "b": 1}
    missing = '{value: "{{ invoice.note }}", required: true}'
    required = f"Anything: {{fields: {{{yaml_text('k' + nasty)}: {missing}}}}}"
    made = mapper(compiled(tmp_path, invoices=field_rule(required)))(record())
    assert made[0].reason.startswith(f"Anything.k{nasty}: ")  # type: ignore[index]


@pytest.mark.parametrize("nasty", NASTY)
def test_a_word_of_a_comparison_is_compared_as_it_is_written(tmp_path: Path, nasty: str) -> None:
    written = "'x" + nasty.replace("\\", "\\\\").replace("'", "\\'") + "'"
    for expression in (f"invoice.note == {written}", f"invoice.note in [{written}, 'y']"):
        rule = f"SentToContact: {yaml_text('{{ ' + expression + ' }}')}"
        assert mapped(tmp_path, rule, note="x" + nasty) is True
        assert mapped(tmp_path, rule, note="x") is (nasty == "")


def test_the_folder_and_file_of_a_mapping_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "a \"b\" 'c' \n # d \u2028 é"
    folder.mkdir()
    made = mapper(
        compiled(folder, invoices=field_rule('Reference: {value: "{{ invoice.note }}", required: true}'))
    )
    (one,) = made(record())  # type: ignore[misc]
    assert one.where.endswith("invoices.yaml:12:14")
    assert mapped(folder, 'Url: "{{ invoice.number }}"') == "INV-1"


def test_names_of_streams_tables_columns_and_settings_are_escaped_too(tmp_path: Path) -> None:
    name = 'it\'s "a" \\ \n'
    odd = Stream(name, {"id": Field(TEXT), name: Field(TEXT)})
    catalog = replace(
        CATALOG,
        streams={**CATALOG.streams, f"s.{name}": odd},
        tables={name: obj({name: Field(TEXT), "b": Field(TEXT)})},
    )
    text = f"""\
mapping: odd
source: {{stream: {yaml_text("s." + name)}, as: one}}
target: {{stream: xero.credit_notes}}
fields:
  Type: ACCRECCREDIT
  LineItems:
    list:
      - fields:
          Description:
            value: "{{{{ one.id }}}}"
            lookup: {{in: {yaml_text(name)}, by: [{yaml_text(name)}]}}
"""
    diagnostics = Diagnostics()
    made = compile_pack(documents(diagnostics, tmp_path, odd=text), catalog, diagnostics)
    diagnostics.raise_if_errors()
    own = record({"id": "1"}, "psohub.invoices")
    run = made.mappings["odd"].link(
        {}, {name: [{name: "1", "b": "found"}]}, Run(datetime.date(2026, 1, 1), "r")
    )
    assert run(own).body["LineItems"] == [{"Description": "found"}]  # type: ignore[union-attr]


def test_the_code_is_plain_ascii(tmp_path: Path) -> None:
    text = field_rule(f"Url: {yaml_text('é😀 ' + chr(0x200B))}")
    program = compiled(tmp_path, invoices=text).mappings["invoices"]
    assert program.code.isascii()
    assert all(character.isprintable() or character == "\n" for character in program.code)
