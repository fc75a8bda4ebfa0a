"""One file is one mapping: its keys, its name, its two ends; what YAML itself refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.mapping import compile_pack
from engine.model.diagnostics import Diagnostics
from tests.engine.mapping.mapping_catalog import CATALOG
from tests.engine.mapping.mapping_examples import PACK
from tests.engine.mapping.mapping_kit import (
    compiled,
    documents,
    field_rule,
    mapper,
    marked,
    mistakes,
    record,
)

BASE = field_rule("Reference: x")


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("fields:", "feilds:", ("M101", "feilds")),
        ("source: {stream: psohub.invoices, as: invoice}\n", "", ("M102", None)),
        ("target: {stream: xero.invoices}\n", "", ("M102", None)),
        ("mapping: invoices\n", "", ("M102", None)),
        ("stream: psohub.invoices, as: invoice", "stream: psohub.invoices", ("M102", "source")),
        ("stream: psohub.invoices, as: invoice", "as: invoice", ("M102", "source")),
        ("{stream: xero.invoices}", "{}", ("M102", "target")),
        ("{stream: xero.invoices}", "xero.invoices", ("M103", "xero.invoices")),
        ("as: invoice", "as: run", ("M103", "run")),
        ("as: invoice", "as: in", ("M103", "in")),
        ("as: invoice", 'as: "{{ x }}"', ("M103", '"{{ x }}"')),
        ("as: invoice", "as: an invoice", ("M103", "an invoice")),
        ("as: invoice", "as: 7", ("M103", "7")),
        ("as: invoice", "as: invoice, wher: true", ("M101", "wher")),
        ("as: invoice", "as: invoice, where: x", ("M103", "x")),
        ("as: invoice", 'as: invoice, where: "{{ invoice.note }}"', ("M217", "invoice.note")),
        ("as: invoice", "as: invoice, keys: some", ("M103", "some")),
        ("mapping: invoices", "mapping: 7", ("M103", "7")),
        ("mapping: invoices", "mapping: in voices", ("M106", "in voices")),
        ("mapping: invoices", 'mapping: "{{ x }}"', ("M103", '"{{ x }}"')),
        ("mapping: invoices", "mapping: ../invoices", ("M106", "../invoices")),
        ("mapping: invoices", f"mapping: {'x' * 65}", ("M106", "x" * 65)),
        ("mapping: invoices", "mapping: invoices\ndoc: [x]", ("M103", None)),
    ],
)
def test_what_is_wrong_with_a_file_is_reported_at_its_place(
    tmp_path: Path, old: str, new: str, mistake: tuple[str, str | None]
) -> None:
    assert old in BASE
    marks = marked(mistakes(tmp_path, invoices=BASE.replace(old, new, 1)))
    assert mistake[0] in [code for code, _ in marks]
    assert mistake[1] is None or mistake in marks


def test_a_misspelt_key_is_one_mistake_and_gets_a_did_you_mean(tmp_path: Path) -> None:
    (one,) = mistakes(tmp_path, invoices=BASE.replace("fields:", "feilds:", 1))
    assert '"fields"' in one.hint


def test_two_mappings_of_one_name_are_a_mistake_of_the_second(tmp_path: Path) -> None:
    (one,) = mistakes(tmp_path, first=BASE, second=BASE)
    assert one.code == "M106"
    assert one.span.file.endswith("second.yaml")
    assert "first.yaml:1:10" in one.message


def test_of_two_equal_keys_the_second_is_the_mistake(tmp_path: Path) -> None:
    (one,) = mistakes(tmp_path, invoices=field_rule("Reference: x\nReference: y"))
    assert (one.code, one.span.line, one.span.column) == ("Y105", 13, 3)


@pytest.mark.parametrize(
    "text", ["Reference: &a x\nUrl: *a", "Reference: !!str 5", "Note: {<<: {Text: x}}", "Url: !include x"]
)
def test_anchors_aliases_merge_keys_and_tags_are_refused(tmp_path: Path, text: str) -> None:
    assert {code for code, _ in marked(mistakes(tmp_path, invoices=field_rule(text)))} == {"Y106"}


@pytest.mark.parametrize("text", ["[]", "x", "5", "- a\n- b"])
def test_a_file_that_is_no_mapping_is_reported_as_such(tmp_path: Path, text: str) -> None:
    assert [code for code, _ in marked(mistakes(tmp_path, invoices=text))] == ["M103"]


def test_an_unquoted_expression_gets_the_hint_to_quote_it(tmp_path: Path) -> None:
    (one,) = mistakes(tmp_path, invoices=field_rule("Reference: {{ invoice.note }}"))
    assert (one.code, one.span.line) == ("Y109", 12)


def test_with_any_mistake_there_are_no_programs(tmp_path: Path) -> None:
    diagnostics = Diagnostics()
    docs = documents(
        diagnostics, tmp_path, invoices=field_rule("Reference: 5\nDays: x"), good=PACK["contacts"]
    )
    programs = compile_pack(docs, CATALOG, diagnostics)
    assert (dict(programs.mappings), programs.order) == ({}, ())


def test_a_warning_alone_stops_nothing(tmp_path: Path) -> None:
    diagnostics = Diagnostics()
    docs = documents(
        diagnostics, tmp_path, invoices=field_rule("SentToContact: \"{{ invoice.note == '' }}\"")
    )
    assert compile_pack(docs, CATALOG, diagnostics).order == ("invoices",)
    assert [diagnostic.severity for diagnostic in diagnostics] == ["warning"]


def test_what_was_wrong_before_does_not_stop_a_pack_without_mistakes(tmp_path: Path) -> None:
    diagnostics = Diagnostics()
    docs = documents(diagnostics, tmp_path, invoices=BASE)
    diagnostics.error("C201", docs[0].root.span, "somewhere else")
    assert compile_pack(docs, CATALOG, diagnostics).order == ("invoices",)


def test_files_in_any_order_and_compiled_anew_make_the_same_programs(tmp_path: Path) -> None:
    once, again = compiled(tmp_path, **PACK), compiled(tmp_path, **dict(reversed(PACK.items())))
    assert {name: one.code for name, one in once.mappings.items()} == {
        name: one.code for name, one in again.mappings.items()
    }


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    text = "\ufeff" + field_rule('Reference: "{{ invoice.number }}"').replace("\n", "\r\n")
    made = mapper(compiled(tmp_path, invoices=text))(record())
    assert made.body["Reference"] == "INV-1"  # type: ignore[union-attr]


def test_an_expression_may_be_folded_over_lines_and_its_mistakes_keep_their_places(tmp_path: Path) -> None:
    folded = "Reference: >-\n  {{ invoice.number\n  ~ invoice.numbr }}"
    (one,) = mistakes(tmp_path, invoices=field_rule(folded))
    assert (one.code, one.span.line, one.span.column, one.span.length) == ("M204", 14, 15, 5)
    plain = 'Reference:\n  "{{ invoice.number\n  ~ invoice.numbr }}"'
    (one,) = mistakes(tmp_path, invoices=field_rule(plain))
    assert (one.code, one.span.line, one.span.column) == ("M204", 14, 15)


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("source: {stream: psohub.invoices, as: invoice}", "source: psohub.invoices", "source: {stream: "),
        ("target: {stream: xero.invoices}", "target: xero.invoices", "target: {stream: "),
        ("as: invoice}", "as: invoice, where: '{{ true }} {{ true }}'}", "{{ a and b }}"),
    ],
)
def test_a_part_that_is_written_wrong_shows_how_it_is_written(
    tmp_path: Path, old: str, new: str, hint: str
) -> None:
    assert old in BASE
    (one,) = mistakes(tmp_path, invoices=BASE.replace(old, new))
    assert one.code == "M103"
    assert hint in one.hint
