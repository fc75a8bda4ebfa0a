"""ref: references between mappings, the order of flows, circles, and linked mappings."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.model.address import Address
from engine.model.payload import Payload, Ref
from tests.engine.mapping.mapping_examples import CONTACTS, INVOICES, LINES, PACK, STATUS
from tests.engine.mapping.mapping_kit import (
    FRAME,
    body_of,
    compiled,
    field_rule,
    mapped,
    mapper,
    marked,
    mistakes,
    record,
)

REF = 'Contact: {ref: contacts, key: "{{ invoice.customer_id }}"}'
FLOW = FRAME.replace("  Contact:\n    fields: {Name: Acme}\n", "")
COMPANIES = (
    "mapping: companies\nsource: {stream: psohub.companies, as: company}\ntarget: {stream: xero.contacts}\n"
)


def flow(rule: str) -> str:
    return FLOW + f"  {rule}\n"


def test_a_ref_is_an_open_reference_to_the_source_record_that_the_other_mapping_maps(tmp_path: Path) -> None:
    made = mapper(compiled(tmp_path, invoices=flow(REF), contacts=CONTACTS))(record(customer_id="7"))
    assert isinstance(made, Payload)
    assert made.body["Contact"] == Ref("contacts", Address("psohub", "companies", "7"))
    assert list(made.refs()) == [made.body["Contact"]]


@pytest.mark.parametrize("key", [None, "", "  "])
def test_a_ref_without_a_key_is_absent(tmp_path: Path, key: str | None) -> None:
    run = mapper(compiled(tmp_path, invoices=flow(REF), contacts=CONTACTS))
    assert "Contact" not in body_of(run(record(customer_id=key)))


def test_a_ref_without_a_key_that_is_required_refuses_the_record(tmp_path: Path) -> None:
    rule = REF.replace('}}"}', '}}", required: true}')
    made = mapper(compiled(tmp_path, invoices=flow(rule), contacts=CONTACTS))(record(customer_id=None))
    assert isinstance(made, tuple)
    assert [(one.code, "Contact" in one.reason, "invoice.customer_id" in one.reason) for one in made] == [
        ("mapping.required", True, True)
    ]


def test_the_key_may_be_computed(tmp_path: Path) -> None:
    rule = 'Contact: {ref: contacts, key: "{{ invoice.days | text ~ invoice.currency }}"}'
    made = mapper(compiled(tmp_path, invoices=flow(rule), contacts=CONTACTS))(record(days=3))
    assert body_of(made)["Contact"].address.key == "3EUR"


@pytest.mark.parametrize(
    ("rule", "mistake"),
    [
        ('Contact: {ref: contact, key: "{{ invoice.customer_id }}"}', ("M213", "contact")),
        ('Contact: {ref: lines, key: "{{ invoice.customer_id }}"}', ("M213", "lines")),
        ('Contact: {ref: contacts, key: "{{ invoice.days }}"}', ("M224", "invoice.days")),
        ('Contact: {ref: contacts, key: "{{ invoice.custmer_id }}"}', ("M204", "custmer_id")),
        ("Contact: {ref: contacts, key: 7}", ("M103", "7")),
        ("Contact: {ref: contacts}", ("M102", "ref")),
        ('Contact: {ref: status, key: "{{ invoice.customer_id }}"}', ("M213", "status")),
        ('Contact: {ref: invoice-status, key: "{{ invoice.customer_id }}"}', ("M214", "invoice-status")),
        ('Note: {ref: contacts, key: "{{ invoice.customer_id }}"}', ("M214", "contacts")),
        ('Reference: {ref: contacts, key: "{{ invoice.customer_id }}"}', ("M224", None)),
        (
            'Contact: {ref: contacts, key: "{{ invoice.customer_id }}", lookup: {in: accounts, by: Code}}',
            ("M105", None),
        ),
    ],
)
def test_a_ref_that_does_not_fit_is_reported_at_its_place(
    tmp_path: Path, rule: str, mistake: tuple[str, str | None]
) -> None:
    text = field_rule(rule) if not rule.startswith("Contact") else flow(rule)
    pack = {"invoices": text, "lines": LINES, "contacts": CONTACTS, "status": STATUS}
    marks = marked(mistakes(tmp_path, **pack))
    assert mistake[0] in [code for code, _ in marks]
    assert mistake[1] is None or mistake in marks


def test_flows_run_after_those_they_refer_to_and_linked_ones_last(tmp_path: Path) -> None:
    programs = compiled(tmp_path, **PACK)
    assert programs.order == ("contacts", "invoices", "invoice-status")
    assert programs.mappings["invoices"].refs == {"contacts"}
    assert programs.mappings["contacts"].refs == frozenset()


def test_a_ref_inside_a_used_shape_orders_the_flows_too(tmp_path: Path) -> None:
    shape = f"""\
mapping: aaa
shape: {{from: psohub.invoices, as: invoice, to: xero.invoices}}
fields:
  {REF}
"""
    programs = compiled(
        tmp_path, invoices=field_rule("Anything: {fields: {x: {use: aaa}}}"), aaa=shape, zzz=CONTACTS
    )
    assert programs.order == ("contacts", "invoices")
    assert programs.mappings["invoices"].refs == {"contacts"}


def test_flows_that_know_nothing_of_each_other_run_in_the_order_of_their_names(tmp_path: Path) -> None:
    names = ("b", "a", "c")
    files = {name: COMPANIES.replace("companies\ns", f"{name}\ns") + "fields: {Name: x}\n" for name in names}
    assert compiled(tmp_path, **files).order == ("a", "b", "c")


def test_the_order_does_not_hang_on_the_order_of_the_files(tmp_path: Path) -> None:
    orders = {compiled(tmp_path, **dict(files)).order for files in (PACK.items(), reversed(PACK.items()))}
    assert len(orders) == 1


def test_a_flow_that_refers_to_itself_is_a_circle(tmp_path: Path) -> None:
    rule = 'Anything: {fields: {other: {ref: invoices, key: "{{ invoice.reference }}"}}}'
    assert marked(mistakes(tmp_path, invoices=field_rule(rule))) == [("M216", "invoices")]


def test_a_circle_of_two_flows_is_reported_once(tmp_path: Path) -> None:
    rule = 'Anything: {{fields: {{other: {{ref: {}, key: "{{{{ invoice.reference }}}}"}}}}}}'
    first = field_rule(rule.format("second"))
    second = field_rule(rule.format("invoices")).replace("mapping: invoices", "mapping: second")
    (one,) = mistakes(tmp_path, invoices=first, second=second)
    assert one.code == "M216"
    assert "invoices refers to second refers to invoices" in one.message


@pytest.mark.parametrize("length", [1, 2, 5])
def test_shapes_that_use_each_other_in_a_circle_are_a_mistake(tmp_path: Path, length: int) -> None:
    shape = """\
mapping: s{}
shape: {{from: psohub.invoices, as: invoice, to: xero.invoices}}
fields: {{Anything: {{use: s{}}}}}
"""
    files = {f"s{at}": shape.format(at, (at + 1) % length) for at in range(length)}
    assert [
        code
        for code, _ in marked(mistakes(tmp_path, **files, invoices=INVOICES, lines=LINES, contacts=CONTACTS))
    ] == ["M216"]


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("linked: invoices", "linked: invoice", ("M213", "invoice")),
        ("linked: invoices", "linked: lines", ("M213", "lines")),
        ("linked: invoices", "linked: contacts", ("M219", "contacts")),
        (", create: never", "", ("M222", "psohub.invoices")),
    ],
)
def test_a_link_leads_back_over_another_flow(
    tmp_path: Path, old: str, new: str, mistake: tuple[str, str]
) -> None:
    marks = marked(mistakes(tmp_path, **{**PACK, "status": STATUS.replace(old, new)}))
    assert mistake in marks


def test_a_linked_mapping_maps_the_other_way_round(tmp_path: Path) -> None:
    programs = compiled(tmp_path, **PACK)
    status = programs.mappings["invoice-status"]
    assert (status.linked, status.create, status.on_change) == ("invoices", False, "update")
    values = {"InvoiceID": "x", "InvoiceNumber": "XI-9", "Status": "PAID", "AmountPaid": 5}
    run = mapper(programs, "invoice-status")
    assert body_of(run(record(values, "xero.invoices"))) == {"external_id": "XI-9", "status": "paid"}
    assert body_of(run(record({**values, "AmountPaid": 0}, "xero.invoices"))) == {"external_id": "XI-9"}


def test_only_what_others_refer_to_is_read_where_another_stream_refers_to_it(tmp_path: Path) -> None:
    programs = compiled(tmp_path, **PACK)
    assert {name: programs.mappings[name].keys for name in programs.order} == {
        "contacts": "referenced",
        "invoices": "all",
        "invoice-status": "all",
    }


@pytest.mark.parametrize("keys", ["all", "referenced"])
def test_keys_says_otherwise(tmp_path: Path, keys: str) -> None:
    contacts = CONTACTS.replace("as: company}", f"as: company, keys: {keys}}}")
    assert compiled(tmp_path, **{**PACK, "contacts": contacts}).mappings["contacts"].keys == keys


def test_a_plain_object_needs_no_ref(tmp_path: Path) -> None:
    assert mapped(tmp_path, "Note: {fields: {Text: x}}") == {"Text": "x"}
