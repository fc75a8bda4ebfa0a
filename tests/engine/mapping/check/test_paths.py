"""What a program says of itself: the source paths that it reads (those and no more), tables, refs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.mapping.mapping_examples import CONTACTS, INVOICES, LINES, PACK, STATUS
from tests.engine.mapping.mapping_kit import FRAME, compiled, field_rule


def paths_of(folder: Path, rule: str) -> set[str]:
    return set(compiled(folder, invoices=field_rule(rule)).mappings["invoices"].paths)


@pytest.mark.parametrize(
    ("rule", "paths"),
    [
        ("Reference: x", set()),
        ('Reference: "{{ invoice.note }}"', {"note"}),
        ('Reference: "{{ settings.unset }} {{ run.id }}"', set()),
        ('Reference: "{{ invoice.project.number }}"', {"project.number"}),
        ('Days: "{{ invoice.project.due_days + invoice.days }}"', {"project.due_days", "days"}),
        ('Anything: "{{ invoice.project }}"', {"project"}),
        ('Reference: {value: x, when: "{{ invoice.final }}"}', {"final"}),
        ('Reference: {value: x, default: "{{ invoice.note }}"}', {"note"}),
        ('Reference: {first: [x, "{{ invoice.note }}"]}', {"note"}),
        ('Reference: {join: ["{{ invoice.note }}", "{{ invoice.number }}"]}', {"note", "number"}),
        ("Reference: \"{{ 'a' if invoice.final else invoice.note }}\"", {"final", "note"}),
        ('SentToContact: "{{ invoice.note is present }}"', {"note"}),
        ('SentToContact: "{{ invoice.note in invoice.tags }}"', {"note", "tags"}),
        ('Days: "{{ invoice.lines | count }}"', {"lines"}),
        ("CurrencyRate: \"{{ invoice.lines | sum('quantity') }}\"", {"lines", "lines.quantity"}),
        ('CurrencyRate: "{{ invoice.amounts | sum }}"', {"amounts"}),
        (
            'Anything: {each: "{{ invoice.lines }}", as: x, where: "{{ x.position > 1 }}", '
            'fields: {a: "{{ x.name }}"}}',
            {"lines", "lines.position", "lines.name"},
        ),
        (
            'Anything: {each: "{{ invoice.lines }}", as: x, fields: {d: {each: "{{ x.details }}", as: y, '
            'fields: {n: "{{ y.note }}/{{ invoice.note }}"}}}}',
            {"lines", "lines.details", "lines.details.note", "note"},
        ),
        ('Anything: {each: "{{ invoice.note | split(\',\') }}", as: x, fields: {a: "{{ x }}"}}', {"note"}),
    ],
)
def test_the_paths_are_those_that_the_rules_read(tmp_path: Path, rule: str, paths: set[str]) -> None:
    assert paths_of(tmp_path, rule) == paths


def test_the_paths_of_a_flow_are_those_of_all_its_parts(tmp_path: Path) -> None:
    program = compiled(tmp_path, **PACK).mappings["invoices"]
    assert program.paths == {
        "status", "total_ex_vat",  # where
        "number",  # match
        "total_inc_vat",  # totals
        "customer_id", "date", "due_date", "project.due_days", "currency",
        "lines", "lines.number", "lines.name", "lines.description", "lines.gl_account", "lines.tax_category",
    }  # fmt: skip
    assert program.tables == {"accounts", "tax_types"}
    assert (str(program.source), str(program.target), program.create) == (
        "psohub.invoices",
        "xero.invoices",
        True,
    )


def test_the_paths_of_match_totals_and_actions_count(tmp_path: Path) -> None:
    text = field_rule("Url: x").replace(
        "{stream: xero.invoices}", '{stream: xero.invoices, match: [{Reference: "{{ invoice.note }}"}]}'
    )
    text += 'totals: {Total: "{{ invoice.total_inc_vat }}"}\n'
    text += 'actions: [{do: email, when: "{{ invoice.final }}"}]\n'
    program = compiled(tmp_path, invoices=text).mappings["invoices"]
    assert program.paths == {"note", "total_inc_vat", "final"}


def test_the_parent_of_a_shape_is_read_from_the_stream(tmp_path: Path) -> None:
    lines = LINES.replace("  Description:", '  TaxAmount: "{{ invoice.total_ex_vat }}"\n  Description:')
    contacts = {"contacts": CONTACTS, "invoices": INVOICES.replace("total_ex_vat >= 0", "days >= 0")}
    program = compiled(tmp_path, lines=lines, **contacts).mappings["invoices"]
    assert {"total_ex_vat", "days"} <= program.paths


def test_a_field_of_a_shape_that_is_written_anew_is_not_read(tmp_path: Path) -> None:
    own = 'fields: {AccountCode: "1", TaxType: "{{ invoice.note }}"}'
    rule = f'LineItems: {{each: "{{{{ invoice.lines }}}}", use: lines, {own}}}'
    text = FRAME.partition("  LineItems:")[0] + f"  {rule}\n"
    program = compiled(tmp_path, invoices=text, lines=LINES).mappings["invoices"]
    assert program.paths == {"lines", "lines.number", "lines.name", "lines.description", "note"}
    assert program.tables == frozenset()


def test_a_shape_used_twice_is_read_for_what_either_use_needs(tmp_path: Path) -> None:
    rules = """\
LineItems: {each: "{{ invoice.lines }}", use: lines, fields: {AccountCode: "1", TaxType: x}}
Anything: {each: "{{ invoice.lines }}", use: lines, fields: {TaxType: x}}
"""
    text = FRAME.partition("  LineItems:")[0] + "".join(f"  {line}\n" for line in rules.splitlines())
    program = compiled(tmp_path, invoices=text, lines=LINES).mappings["invoices"]
    assert "lines.gl_account" in program.paths
    assert program.tables == {"accounts"}


def test_a_linked_flow_reads_the_other_side(tmp_path: Path) -> None:
    program = compiled(tmp_path, **PACK).mappings["invoice-status"]
    assert program.paths == {"InvoiceNumber", "Status", "AmountPaid"}
    assert STATUS


def test_doc_is_kept(tmp_path: Path) -> None:
    assert compiled(tmp_path, **PACK).mappings["invoices"].doc.startswith("An invoice sent")
