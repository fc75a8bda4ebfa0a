"""Warnings of fields that `match` and `agree` name, and that no rule of the mapping can ever fill."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.mapping.mapping_examples import PACK
from tests.engine.mapping.mapping_kit import field_rule, marked, mistakes

NAME = """\
mapping: name
shape: {from: psohub.invoices, as: invoice, to: xero.invoices.Note}
fields: {By: x}
"""


def warned(folder: Path, target: str, rule: str, **files: str) -> list[tuple[str, str]]:
    text = field_rule(rule).replace("{stream: xero.invoices}", f"{{stream: xero.invoices, {target}}}", 1)
    found = mistakes(folder, invoices=text, **files)
    assert not found.errors, "\n".join(str(one) for one in found)
    return marked(found)


@pytest.mark.parametrize(
    ("rule", "filled"),
    [
        ("Reference: x", True),
        ('Reference: "{{ invoice.note }}"', True),
        ('Reference: {value: "{{ invoice.note }}", when: "{{ invoice.final }}"}', True),
        ('Reference: {first: ["", "{{ invoice.note }}"]}', True),
        ("Reference: {value: '', default: x}", True),
        ("Url: x", False),
        ('Reference: ""', False),
        ("Reference: ~", False),
        ("Reference: {value: x, when: false}", False),
        ("Reference: {value: x, default: y, when: false}", False),
        ('Reference: {first: ["", ~]}', False),
    ],
)
def test_a_field_of_match_needs_a_rule_that_can_give_something(
    tmp_path: Path, rule: str, filled: bool
) -> None:
    target = 'match: [{InvoiceNumber: "{{ invoice.number }}"}, {Reference: "{{ invoice.note }}"}]'
    found = warned(tmp_path, target, f"InvoiceNumber: y\n{rule}")
    assert found == ([] if filled else [("M226", "Reference")])


def test_an_override_may_take_the_rule_away_or_bring_it(tmp_path: Path) -> None:
    found = mistakes(tmp_path, 'invoices: {fields: {Reference: ""}}', **PACK)
    assert marked(found) == [("M226", "Reference")]
    pack = {**PACK, "invoices": PACK["invoices"].replace('  Reference: "{{ invoice.number }}"\n', "")}
    assert marked(mistakes(tmp_path, **pack)) == [("M226", "Reference")]
    assert marked(mistakes(tmp_path, "invoices: {fields: {Reference: x}}", **pack)) == []


def test_a_rule_with_a_mistake_is_a_rule(tmp_path: Path) -> None:
    text = field_rule('Reference: "{{ invoice.numbr }}"').replace(
        "{stream: xero.invoices}", '{stream: xero.invoices, match: [{Reference: "{{ invoice.note }}"}]}', 1
    )
    assert marked(mistakes(tmp_path, invoices=text)) == [("M204", "numbr")]


def test_a_mapping_that_creates_nothing_is_not_warned(tmp_path: Path) -> None:
    target = 'create: never, match: [{Reference: "{{ invoice.number }}"}]'
    assert warned(tmp_path, target, "Url: x") == []


@pytest.mark.parametrize(
    ("agree", "rule", "found"),
    [
        ("[Contact, Type, LineItems]", "Url: x", []),
        ("[Contact.Name]", "Url: x", []),
        ("[Contact.ContactID]", "Url: x", [("M225", "Contact.ContactID")]),
        ("[CurrencyCode]", "Url: x", [("M225", "CurrencyCode")]),
        ("[Total, SubTotal]", "Url: x", []),
        ("[AmountPaid]", "Url: x", [("M225", "AmountPaid")]),
        ("[Note.By]", "Note: {use: name}", []),
        ("[Note.Text]", "Note: {use: name}", [("M225", "Note.Text")]),
        ("[Note.Text]", "Note: {use: name, fields: {Text: x}}", []),
        ("[Date, Reference]", "Date: 2026-01-01", []),
    ],
)
def test_a_field_of_agree_needs_a_rule_or_is_a_total(
    tmp_path: Path, agree: str, rule: str, found: list[tuple[str, str]]
) -> None:
    target = f'match: [{{Reference: "{{{{ invoice.number }}}}"}}], agree: {agree}'
    assert warned(tmp_path, target, f"Reference: x\n{rule}", name=NAME) == found
