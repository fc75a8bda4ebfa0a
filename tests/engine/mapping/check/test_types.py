"""What goes where: unknown, read-only and required fields, wrong types, words of an enum."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.mapping.mapping_kit import (
    FRAME,
    field_rule,
    hint_of,
    mapped,
    marked,
    mistakes,
    refused,
    rule_mistakes,
)


@pytest.mark.parametrize(
    ("rule", "marks"),
    [
        ('Reference: "{{ invoice.days }}"', "invoice.days"),
        ('Reference: "{{ invoice.total_ex_vat }}"', "invoice.total_ex_vat"),
        ('Reference: "{{ invoice.date }}"', "invoice.date"),
        ('Reference: "{{ invoice.final }}"', "invoice.final"),
        ('Reference: "{{ invoice.lines }}"', "invoice.lines"),
        ('Reference: "{{ invoice.project }}"', "invoice.project"),
        ('Reference: "{{ invoice.raw }}"', "invoice.raw"),
        ('CurrencyRate: "{{ invoice.number }}"', "invoice.number"),
        ('Days: "{{ invoice.total_ex_vat }}"', "invoice.total_ex_vat"),
        ('Days: "{{ invoice.days / 2 }}"', "invoice.days / 2"),
        ('Date: "{{ invoice.number }}"', "invoice.number"),
        ('Date: "{{ invoice.changed }}"', "invoice.changed"),
        ('Changed: "{{ invoice.date }}"', "invoice.date"),
        ('SentToContact: "{{ invoice.days }}"', "invoice.days"),
        ('Tags: "{{ invoice.lines }}"', "invoice.lines"),
        ('Tags: "{{ invoice.note }}"', "invoice.note"),
        ('Dates: "{{ invoice.tags }}"', "invoice.tags"),
        ('Note: "{{ invoice.project }}"', "invoice.project"),
        ('CurrencyRate: "x {{ invoice.days }}"', '"x {{ invoice.days }}"'),
        ('Reference: {first: ["{{ invoice.note }}", "{{ invoice.days }}"]}', "invoice.days"),
        ('Reference: {value: x, default: "{{ invoice.days }}"}', "invoice.days"),
        ('Tags: {list: ["{{ invoice.days }}"]}', "invoice.days"),
    ],
)
def test_an_expression_of_the_wrong_type_is_a_mistake(tmp_path: Path, rule: str, marks: str) -> None:
    assert rule_mistakes(tmp_path, rule) == [("M224", marks)]


def test_a_number_into_a_text_field_is_told_to_become_text(tmp_path: Path) -> None:
    rule = 'Reference: "{{ invoice.days }}"'
    assert "| text" in hint_of(tmp_path, rule)
    assert mapped(tmp_path, rule.replace("days", "days | text"), days=7) == "7"


def test_a_whole_number_goes_where_a_decimal_goes(tmp_path: Path) -> None:
    assert mapped(tmp_path, 'CurrencyRate: "{{ invoice.days }}"', days=7) == 7


@pytest.mark.parametrize(
    ("rule", "mistake"),
    [
        ("Referense: x", ("M203", "Referense")),
        ("reference: x", ("M203", "reference")),
        ("Note: {fields: {Txt: x}}", ("M203", "Txt")),
        ("InvoiceID: x", ("M206", "InvoiceID")),
        ("SubTotal: 5", ("M206", "SubTotal")),
        ("Status: authorised", ("M207", "authorised")),
        ("Status: Draft", ("M207", "Draft")),
        ("Status: DRAFTED", ("M207", "DRAFTED")),
        ("Status: \"{{ 'draft' }}\"", ("M207", "'draft'")),
        ("Status: \"{{ 'DRAFT' if invoice.final else 'DONE' }}\"", ("M207", "'DONE'")),
        ("Status: {first: [null, Paid]}", ("M207", "Paid")),
        ("Status: {value: DRAFT, default: none}", ("M207", "none")),
    ],
)
def test_the_target_knows_its_fields_and_words(tmp_path: Path, rule: str, mistake: tuple[str, str]) -> None:
    assert rule_mistakes(tmp_path, rule) == [mistake]


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        ("Referense: x", '"Reference"'),
        ("Status: authorised", '"AUTHORISED"'),
        ("Status: Draft", "case matter"),
        ("SubTotal: 5", "computes"),
        ("CurrencyRate: '12.50'", "leave out the quotes"),
        ("Days: 007", "no leading zeros"),
        ("Date: 1-2-2026", "2026-01-31"),
    ],
)
def test_what_does_not_fit_comes_with_what_would(tmp_path: Path, rule: str, hint: str) -> None:
    assert hint in hint_of(tmp_path, rule)


@pytest.mark.parametrize(
    ("rule", "mistake"),
    [
        ('Status: "{{ invoice.status }}"', ("M207", "invoice.status")),
        ('Status: {first: [DRAFT, "{{ invoice.status }}"]}', ("M207", "invoice.status")),
        (
            'Status: "{{ invoice.status if invoice.final else invoice.status }}"',
            ("M207", "invoice.status if invoice.final else invoice.status"),
        ),
        (
            'Reference: "a reference of PSOhub {{ invoice.note }}"',
            ("M208", '"a reference of PSOhub {{ invoice.note }}"'),
        ),
    ],
)
def test_what_can_never_fit_is_a_mistake_whatever_the_record(
    tmp_path: Path, rule: str, mistake: tuple[str, str]
) -> None:
    assert rule_mistakes(tmp_path, rule) == [mistake]


def test_a_text_around_its_expression_may_be_long_where_the_rule_cuts_it(tmp_path: Path) -> None:
    rule = 'Reference: {value: "a reference of PSOhub {{ invoice.number }}", cut: 20}'
    assert mapped(tmp_path, rule) == "a reference of PSOhu"


@pytest.mark.parametrize(
    ("rule", "inner"),
    [
        ('Reference: {each: "{{ invoice.lines }}", as: l, fields: {a: "{{ l.nmae }}"}}', ("M204", "nmae")),
        ('Reference: {each: "{{ invoice.lines }}", use: liens}', ("M213", "liens")),
        ('Reference: {list: ["{{ invoice.nubmer }}"]}', ("M204", "nubmer")),
    ],
)
def test_what_stands_where_it_does_not_belong_is_checked_all_the_same(
    tmp_path: Path, rule: str, inner: tuple[str, str]
) -> None:
    assert sorted(code for code, _ in rule_mistakes(tmp_path, rule)) == sorted([inner[0], "M224"])
    assert inner in rule_mistakes(tmp_path, rule)


@pytest.mark.parametrize(("note", "ok"), [("DRAFT", True), ("draft", False), ("DONE", False)])
def test_a_word_that_only_a_record_knows_is_checked_when_it_is_mapped(
    tmp_path: Path, note: str, ok: bool
) -> None:
    rule = 'Status: "{{ invoice.note }}"'
    if ok:
        assert mapped(tmp_path, rule, note=note) == note
    else:
        (one,) = refused(tmp_path, rule, note=note)
        assert (one.code, one.where.rpartition("/")[2]) == ("mapping.enum", "invoices.yaml:12:11")
        assert f'"{note}"' in one.reason


def test_a_wrong_word_names_the_nearest_and_all_of_few(tmp_path: Path) -> None:
    rule = 'Status: "{{ invoice.note }}"'
    assert 'did you mean "AUTHORISED"?' in refused(tmp_path, rule, note="authorized")[0].reason
    assert "AUTHORISED, DRAFT, PAID, SUBMITTED" in refused(tmp_path, rule, note="???")[0].reason


def test_the_words_of_an_enum_need_no_check_where_they_fit(tmp_path: Path) -> None:
    assert mapped(tmp_path, "Status: \"{{ 'DRAFT' if invoice.final else 'PAID' }}\"") == "PAID"
    assert mapped(tmp_path, 'Status: "{{ invoice.status | upper }}"', status="paid") == "PAID"


def test_required_fields_of_a_new_record_are_filled(tmp_path: Path) -> None:
    bare = (
        "mapping: invoices\nsource: {stream: psohub.invoices, as: invoice}\ntarget: {stream: xero.invoices}\n"
    )
    (one,) = mistakes(tmp_path, invoices=f"{bare}fields: {{Type: ACCREC}}\n")
    assert (one.code, one.span.line, one.span.column) == ("M209", 4, 1)
    assert "Contact and LineItems" in one.message


def test_required_fields_of_objects_in_it_are_filled_too(tmp_path: Path) -> None:
    rule = "LineItems: {list: [{fields: {Quantity: 1}}]}"
    text = FRAME.partition("  LineItems:")[0] + f"  {rule}\n"
    assert [code for code, _ in marked(mistakes(tmp_path, invoices=text))] == ["M209"]


def test_a_mapping_that_creates_nothing_fills_what_it_likes(tmp_path: Path) -> None:
    text = """\
mapping: back
source: {stream: psohub.companies, as: company}
target: {stream: xero.contacts, create: never}
fields: {EmailAddress: "{{ company.city }}", Addresses: {list: [{fields: {City: x}}]}}
"""
    assert marked(mistakes(tmp_path, back=text)) == []


def test_all_mistakes_of_all_files_come_out_at_once_in_the_order_of_the_files(tmp_path: Path) -> None:
    first = field_rule('Status: paid\nReference: {value: x, maximum: 3}\nDays: x\nUrl: "{{ invoice.nope }}"')
    second = first.replace("mapping: invoices", "mapping: more")
    diagnostics = mistakes(tmp_path, invoices=first, more=second)
    codes = ["M207", "M101", "M224", "M204"]
    assert [diagnostic.code for diagnostic in diagnostics] == codes * 2
    assert [diagnostic.span.line for diagnostic in diagnostics] == [12, 13, 14, 15] * 2


def test_a_diagnostic_shows_its_line_with_carets_below_the_word(tmp_path: Path) -> None:
    (one,) = mistakes(tmp_path, invoices=field_rule('Reference: "{{ invoice.numbr }}"'))
    head, row, carets, hint = str(one).splitlines()
    assert head.endswith('invoices.yaml:12:26: error[M204] psohub.invoices has no field "numbr"')
    assert row[carets.index("^") :][: carets.count("^")] == "numbr"
    assert "did you mean" in hint
