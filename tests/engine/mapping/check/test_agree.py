"""`agree`: the fields in which what `match` finds must be equal before it is adopted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.mapping.mapping_examples import PACK
from tests.engine.mapping.mapping_kit import compiled, field_rule, marked, mistakes

MATCH = 'match: [{Reference: "{{ invoice.number }}"}]'


def with_target(target: str) -> str:
    return field_rule('Reference: "{{ invoice.number }}"').replace(
        "{stream: xero.invoices}", f"{{stream: xero.invoices, {target}}}", 1
    )


def agreed(folder: Path, target: str) -> tuple[str, ...]:
    return compiled(folder, invoices=with_target(target)).mappings["invoices"].agree


def test_agree_names_fields_in_the_order_in_which_they_are_written(tmp_path: Path) -> None:
    assert agreed(tmp_path, f"{MATCH}, agree: [Total, Contact.ContactID, Date]") == (
        "Total",
        "Contact.ContactID",
        "Date",
    )
    assert agreed(tmp_path, f"{MATCH}, agree: Contact") == ("Contact",)
    assert agreed(tmp_path, MATCH) == ()


@pytest.mark.parametrize(
    ("target", "mistake", "hint"),
    [
        (f"{MATCH}, agree: [Contact, Totel]", ("M203", "Totel"), 'did you mean "Total"?'),
        (f"{MATCH}, agree: [Contact.ContactId]", ("M203", "Contact.ContactId"), '"ContactID"'),
        (f"{MATCH}, agree: [LineItems.Quantity]", ("M203", "LineItems.Quantity"), "LineItems"),
        (f"{MATCH}, agree: [Date.Year]", ("M203", "Date.Year"), "Date"),
        (f"{MATCH}, agree: []", ("M103", "["), ""),
        (f"{MATCH}, agree: {{Total: 1}}", ("M103", None), ""),
        ("agree: [Total]", ("M105", "Total"), "match"),
        ("match: [], agree: [Total]", ("M105", "Total"), "match"),
        (f"{MATCH}, agre: [Total]", ("M101", "agre"), '"agree"'),
    ],
)
def test_what_is_wrong_with_agree_is_reported_at_its_place(
    tmp_path: Path, target: str, mistake: tuple[str, str | None], hint: str
) -> None:
    found = mistakes(tmp_path, invoices=with_target(target))
    ((code, text),) = marked(found)
    assert code == mistake[0]
    assert mistake[1] in (None, text)
    assert hint in next(iter(found)).hint


def test_a_config_may_have_another_agree(tmp_path: Path) -> None:
    programs = compiled(tmp_path, "invoices: {target: {agree: [Total]}}", **PACK)
    assert programs.mappings["invoices"].agree == ("Total",)
