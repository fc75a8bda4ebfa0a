"""A customer's own rules over the pack's, field by field; and what a config must not override."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.model.payload import Payload
from tests.engine.mapping.mapping_examples import PACK
from tests.engine.mapping.mapping_kit import body_of, compiled, mapper, marked, mistakes, record, verbs


def test_a_field_of_the_config_replaces_the_packs(tmp_path: Path) -> None:
    over = 'invoices: {fields: {CurrencyCode: "{{ invoice.reference }}", Url: x}}'
    made = body_of(mapper(compiled(tmp_path, over, **PACK))(record(reference="r")))
    assert (made["CurrencyCode"], made["Url"], made["Type"]) == ("r", "x", "ACCREC")
    plain = list(body_of(mapper(compiled(tmp_path, **PACK))(record(reference="r"))))
    assert list(made) == [*plain, "Url"]  # what is overridden keeps its place


def test_a_shape_is_overridden_like_a_flow(tmp_path: Path) -> None:
    over = 'lines: {fields: {AccountCode: {value: "400"}, Quantity: "{{ line.quantity }}"}}'
    lines = body_of(mapper(compiled(tmp_path, over, **PACK))(record()))["LineItems"]
    assert [one["AccountCode"] for one in lines] == ["400", "400"]
    assert "Quantity" in lines[0]


def test_where_match_and_on_change_are_overridden_one_by_one(tmp_path: Path) -> None:
    over = """\
invoices:
  source: {where: "{{ invoice.final }}"}
  target: {match: [{InvoiceNumber: "{{ invoice.number }}"}], on_change: ignore}
"""
    programs = compiled(tmp_path, over, **PACK)
    assert programs.mappings["invoices"].on_change == "ignore"
    run = mapper(programs)
    assert run(record()) is None
    made = run(record(final=True))
    assert isinstance(made, Payload)
    assert made.match == ({"InvoiceNumber": "INV-1"},)


def test_totals_and_actions_are_replaced_completely(tmp_path: Path) -> None:
    over = 'invoices: {totals: {Total: "{{ invoice.total_inc_vat }}"}, actions: [{do: attach}]}'
    made = mapper(compiled(tmp_path, over, **PACK))(record())
    assert isinstance(made, Payload)
    assert (list(made.totals), made.on_difference, verbs(made)) == (["Total"], "hold", ("attach",))
    none = mapper(compiled(tmp_path, "invoices: {totals: {}, actions: []}", **PACK))(record())
    assert isinstance(none, Payload)
    assert (none.totals, none.actions) == ({}, ())


def test_a_field_is_replaced_completely_and_not_merged(tmp_path: Path) -> None:
    over = "contacts: {fields: {Addresses: {list: [{fields: {City: Here}}]}}}"
    run = mapper(compiled(tmp_path, over, **PACK), "contacts")
    made = body_of(run(record({"id": "1", "name": "A", "city": "There"}, "psohub.companies")))
    assert made["Addresses"] == [{"City": "Here"}]


def test_several_mappings_are_overridden_at_once(tmp_path: Path) -> None:
    over = "invoices: {fields: {Url: x}}\ncontacts: {fields: {EmailAddress: y}}"
    programs = compiled(tmp_path, over, **PACK)
    assert body_of(mapper(programs)(record()))["Url"] == "x"
    contact = mapper(programs, "contacts")(record({"id": "1", "name": "A"}, "psohub.companies"))
    assert body_of(contact)["EmailAddress"] == "y"


def test_a_refusal_points_into_the_config(tmp_path: Path) -> None:
    over = 'invoices:\n  fields:\n    Reference: {value: "{{ invoice.note }}", required: true}\n'
    made = mapper(compiled(tmp_path, over, **PACK))(record())
    assert isinstance(made, tuple)
    assert made[0].where.endswith("config.yaml:3:16")


def test_a_mistake_in_an_override_points_into_the_config(tmp_path: Path) -> None:
    diagnostics = mistakes(tmp_path, 'invoices: {fields: {Reference: "{{ invoice.refrence }}"}}', **PACK)
    assert marked(diagnostics) == [("M204", "refrence")]
    assert diagnostics.errors[0].span.file.endswith("config.yaml")


def test_a_mistake_that_an_override_replaces_is_none(tmp_path: Path) -> None:
    broken = {**PACK, "invoices": PACK["invoices"].replace("invoice.currency", "invoice.curency")}
    assert marked(mistakes(tmp_path, **broken)) == [("M204", "curency")]
    assert marked(mistakes(tmp_path, "invoices: {fields: {CurrencyCode: EUR}}", **broken)) == []


def test_what_an_override_no_longer_reads_is_not_asked_for(tmp_path: Path) -> None:
    before = compiled(tmp_path, **PACK).mappings["invoices"]
    over = (
        "invoices: {fields: {Contact: {fields: {Name: x}}}}\nlines: {fields: {AccountCode: 200, TaxType: x}}"
    )
    after = compiled(tmp_path, over, **PACK).mappings["invoices"]
    assert before.paths - after.paths == {"customer_id", "lines.gl_account", "lines.tax_category"}
    assert (after.refs, after.tables) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    ("over", "mistake"),
    [
        ("invoice: {fields: {Url: x}}", ("C213", "invoice")),
        ("invoices: {field: {Url: x}}", ("M101", "field")),
        ("invoices: {doc: x}", ("M101", "doc")),
        ("invoices: {mapping: x}", ("M101", "mapping")),
        ("invoices: {source: {stream: psohub.companies}}", ("M101", "stream")),
        ("invoices: {source: {as: x}}", ("M101", "as")),
        ("invoices: {target: {stream: xero.contacts}}", ("M101", "stream")),
        ("invoices: {target: {create: never}}", ("M101", "create")),
        ("invoices: {fields: [x]}", ("M103", "[")),
        ("invoices: x", ("M103", "x")),
        ("invoices: {fields: {Urll: x}}", ("M203", "Urll")),
        ("invoices: {fields: {Type: null}}", None),
        ("lines: {totals: {Total: 1}}", ("M105", "totals")),
        ("lines: {fields: {AccountCode: '{{ invoice.days }}'}}", ("M224", "invoice.days")),
    ],
)
def test_what_is_wrong_with_an_override_is_reported_at_its_place(
    tmp_path: Path, over: str, mistake: tuple[str, str] | None
) -> None:
    marks = marked(mistakes(tmp_path, over, **PACK))
    assert marks[:1] == ([mistake] if mistake else [])


def test_an_unknown_mapping_gets_a_did_you_mean(tmp_path: Path) -> None:
    (one,) = mistakes(tmp_path, "invoice: {fields: {Url: x}}", **PACK)
    assert '"invoices"' in one.hint
