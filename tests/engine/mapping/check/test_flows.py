"""What a flow says besides fields: where, match, totals, actions, on_change, create, settings and run."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.mapping import Mapper
from engine.model.payload import Payload
from engine.model.record import Record
from tests.engine.mapping.mapping_examples import CONTACTS, INVOICES, PACK
from tests.engine.mapping.mapping_kit import compiled, field_rule, mapper, marked, mistakes, record, verbs

HEAD = "mapping: invoices\nsource: {stream: psohub.invoices, as: invoice}\ntarget: {stream: xero.invoices}\n"


def made_by(run: Mapper, of: Record) -> Payload:
    made = run(of)
    assert isinstance(made, Payload), made
    return made


def with_target(more: str) -> str:
    return field_rule("Reference: x").replace("{stream: xero.invoices}", f"{{stream: xero.invoices, {more}}}")


def test_the_example_of_the_design_maps_as_it_says(tmp_path: Path) -> None:
    run = mapper(compiled(tmp_path, **PACK))
    made = made_by(run, record(number="INV-1"))
    assert made.title == "INV-1"
    assert made.mapping == "invoices"
    assert made.address == record().address
    assert made.match == ({"Reference": "INV-1"},)
    assert made.totals == {"SubTotal": Decimal("100.00"), "Total": Decimal("121.00")}
    assert (made.on_difference, verbs(made)) == ("hold", ("email",))
    body = {key: made.body[key] for key in ("Type", "Date", "DueDate", "CurrencyCode", "LineItems")}
    assert body == {
        "Type": "ACCREC",
        "Date": "2026-01-31",
        "DueDate": "2026-02-14",
        "CurrencyCode": "EUR",
        "LineItems": [
            {"Description": "1 Work", "AccountCode": "200", "TaxType": "OUTPUT2"},
            {"Description": "2 Travel", "AccountCode": "200"},
        ],
    }


@pytest.mark.parametrize(
    ("values", "due"),
    [
        ({"due_date": datetime.date(2026, 5, 1), "project": {"due_days": 3}}, "2026-05-01"),
        ({"project": {"due_days": 3}}, "2026-02-03"),
        ({"project": {"due_days": 0}}, "2026-01-31"),
        ({"project": {}}, "2026-02-14"),
        ({"date": None}, None),
    ],
)
def test_the_due_date_is_the_first_that_is_there(
    tmp_path: Path, values: dict[str, Any], due: str | None
) -> None:
    assert made_by(mapper(compiled(tmp_path, **PACK)), record(**values)).body.get("DueDate") == due


@pytest.mark.parametrize(
    ("values", "mapped"),
    [
        ({}, True),
        ({"status": "draft"}, False),
        ({"status": None}, False),
        ({"total_ex_vat": Decimal("-1")}, False),
        ({"total_ex_vat": None}, False),
        ({"total_ex_vat": Decimal(0)}, True),
    ],
)
def test_where_leaves_records_out(tmp_path: Path, values: dict[str, Any], mapped: bool) -> None:
    made = mapper(compiled(tmp_path, **PACK))(record(**values))
    assert isinstance(made, Payload) if mapped else made is None


@pytest.mark.parametrize("where", ["true", "false"])
def test_where_may_be_plainly_true_or_false(tmp_path: Path, where: str) -> None:
    text = field_rule("Reference: x").replace("as: invoice}", f"as: invoice, where: {where}}}")
    assert (mapper(compiled(tmp_path, invoices=text))(record()) is not None) == (where == "true")


def test_a_record_that_where_leaves_out_is_not_refused_for_its_fields(tmp_path: Path) -> None:
    text = field_rule('Reference: {value: "{{ invoice.note }}", required: true}')
    text = text.replace("as: invoice}", 'as: invoice, where: "{{ invoice.final }}"}')
    assert mapper(compiled(tmp_path, invoices=text))(record()) is None


def test_the_rules_of_match_keep_their_places_and_those_that_lack_a_value_are_empty(tmp_path: Path) -> None:
    rules = """match: [{InvoiceNumber: "{{ invoice.note }}"}, {Reference: "{{ invoice.number }}"}, \
{InvoiceNumber: "{{ invoice.number }}", Reference: "{{ invoice.note }}"}, {Reference: fixed}]"""
    run = mapper(compiled(tmp_path, invoices=with_target(rules)))
    assert made_by(run, record()).match == ({}, {"Reference": "INV-1"}, {}, {"Reference": "fixed"})
    assert made_by(run, record(note="n")).match == (
        {"InvoiceNumber": "n"},
        {"Reference": "INV-1"},
        {"InvoiceNumber": "INV-1", "Reference": "n"},
        {"Reference": "fixed"},
    )


def test_a_match_value_that_is_too_long_is_no_mistake_as_it_is_found_nowhere(tmp_path: Path) -> None:
    run = mapper(compiled(tmp_path, invoices=with_target('match: [{Reference: "{{ invoice.note }}"}]')))
    assert made_by(run, record(note="x" * 50)).match == ({"Reference": "x" * 50},)


@pytest.mark.parametrize(
    ("more", "mistake"),
    [
        ('match: [{Url: "{{ invoice.note }}"}]', ("M221", "Url")),
        ('match: [{Referense: "{{ invoice.note }}"}]', ("M221", "Referense")),
        ('match: [{Reference: "{{ invoice.days }}"}]', ("M224", "invoice.days")),
        ("match: {Reference: x}", ("M103", "{Reference: x}")),
        ("match: [x]", ("M103", "x")),
        ("on_change: hould", ("M103", "hould")),
        ("on_change: true", ("M103", "true")),
        ("create: always", ("M103", "always")),
        ("matches: []", ("M101", "matches")),
    ],
)
def test_what_is_wrong_with_a_target_is_reported_at_its_place(
    tmp_path: Path, more: str, mistake: tuple[str, str]
) -> None:
    ((code, text),) = marked(mistakes(tmp_path, invoices=with_target(more)))
    assert (code, text) == mistake or (code, text) == (mistake[0], mistake[1][:1])


@pytest.mark.parametrize("change", ["hold", "update", "ignore"])
def test_on_change_says_what_a_later_edit_does(tmp_path: Path, change: str) -> None:
    programs = compiled(tmp_path, invoices=with_target(f"on_change: {change}"))
    assert programs.mappings["invoices"].on_change == change


def test_on_change_left_out_holds_new_records_and_updates_linked_ones(tmp_path: Path) -> None:
    programs = compiled(tmp_path, **{**PACK, "invoices": INVOICES.replace("  on_change: hold", "  #")})
    changes = {name: programs.mappings[name].on_change for name in programs.order}
    assert changes == {"contacts": "hold", "invoices": "hold", "invoice-status": "update"}


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("stream: xero.invoices", "stream: xero.invoces", ["M202"]),
        ("psohub.invoices", "psohub.invoce", ["M202"]),
        ("xero.invoices", "xero.accounts", ["M222"]),
        ("{stream: xero.invoices}", "{stream: xero.credit_notes, create: never}", ["M222"]),
    ],
)
def test_a_flow_stands_between_streams_that_can_do_it(
    tmp_path: Path, old: str, new: str, codes: list[str]
) -> None:
    text = field_rule("").replace(old, new, 1)
    found = [code for code, _ in marked(mistakes(tmp_path, invoices=text))]
    assert found[: len(codes)] == codes


def test_totals_are_decimals_and_left_out_where_absent(tmp_path: Path) -> None:
    text = (
        field_rule("Reference: x")
        + 'totals: {SubTotal: "{{ invoice.total_ex_vat }}", Total: "{{ invoice.days }}"}\n'
    )
    run = mapper(compiled(tmp_path, invoices=text))
    assert made_by(run, record()).totals == {"SubTotal": Decimal("100.00")}
    made = made_by(run, record(days=5))
    assert made.totals == {"SubTotal": Decimal("100.00"), "Total": Decimal(5)}
    assert {type(one) for one in made.totals.values()} == {Decimal}
    assert made_by(run, record(total_ex_vat=None)).totals == {}


def test_on_difference_and_tolerance_come_from_settings_or_literals(tmp_path: Path) -> None:
    text = field_rule("Reference: x") + (
        'totals: {Total: 5, on_difference: "{{ settings.rounding }}", '
        'tolerance: "{{ settings.tolerance }}"}\n'
    )
    programs = compiled(tmp_path, invoices=text)
    made = made_by(mapper(programs, rounding="adjust_tax"), record())
    assert (made.on_difference, made.tolerance, made.totals) == (
        "adjust_tax",
        Decimal("0.05"),
        {"Total": Decimal(5)},
    )
    made = made_by(mapper(programs, rounding=None, tolerance=None), record())
    assert (made.on_difference, made.tolerance) == ("hold", Decimal("0.05"))
    plain = text.replace('"{{ settings.rounding }}"', "accept").replace('"{{ settings.tolerance }}"', "1")
    made = made_by(mapper(compiled(tmp_path, invoices=plain)), record())
    assert (made.on_difference, made.tolerance, type(made.tolerance)) == ("accept", Decimal(1), Decimal)


def test_a_tolerance_that_is_left_out_is_the_setting_of_that_name_or_five_cents(tmp_path: Path) -> None:
    programs = compiled(tmp_path, invoices=field_rule("Reference: x") + "totals: {Total: 5}\n")
    assert made_by(mapper(programs, tolerance=Decimal("0.01")), record()).tolerance == Decimal("0.01")
    assert made_by(mapper(programs, tolerance=None), record()).tolerance == Decimal("0.05")


@pytest.mark.parametrize(
    ("totals", "mistake"),
    [
        ("{Sum: 5}", ("M221", "Sum")),
        ("{Reference: 5}", ("M221", "Reference")),
        ("{Total: x}", ("M224", "x")),
        ('{Total: "{{ invoice.note }}"}', ("M224", "invoice.note")),
        ("{Total: 5, on_difference: holdd}", ("M207", "holdd")),
        ("{Total: 5, tolerance: little}", ("M224", "little")),
        ("[Total]", ("M103", None)),
    ],
)
def test_what_is_wrong_with_totals_is_reported_at_its_place(
    tmp_path: Path, totals: str, mistake: tuple[str, str | None]
) -> None:
    ((code, text),) = marked(mistakes(tmp_path, invoices=field_rule("Reference: x") + f"totals: {totals}\n"))
    assert code == mistake[0]
    assert mistake[1] in (None, text)


@pytest.mark.parametrize(
    ("settings", "status", "actions"),
    [
        ({}, "sent", ("email",)),
        ({"psohub_mails": True}, "sent", ()),
        ({"psohub_mails": True}, "paid", ("email",)),
        ({"auto_send": False}, "sent", ()),
        ({"auto_send": None}, "sent", ()),
    ],
)
def test_an_action_is_asked_for_when_it_says(
    tmp_path: Path, settings: dict[str, Any], status: str, actions: tuple[str, ...]
) -> None:
    programs = compiled(tmp_path, **PACK)
    assert programs.mappings["invoices"].actions == ("email",)
    run = mapper(programs, push_statuses=["sent", "paid"], **settings)
    assert verbs(made_by(run, record(status=status))) == actions


def test_actions_stand_in_their_order(tmp_path: Path) -> None:
    text = (
        field_rule("Reference: x")
        + 'actions: [{do: attach}, {do: email, when: "{{ invoice.final }}", doc: why}]\n'
    )
    run = mapper(compiled(tmp_path, invoices=text))
    assert verbs(made_by(run, record())) == ("attach",)
    assert verbs(made_by(run, record(final=True))) == ("attach", "email")


@pytest.mark.parametrize(
    ("actions", "mistake"),
    [
        ("[{do: e-mail}]", ("M220", "e-mail")),
        ("[{do: email}, {do: email}]", ("M105", "email")),
        ("[{when: true}]", ("M102", None)),
        ("[email]", ("M103", "email")),
        ("{do: email}", ("M103", None)),
        ('[{do: email, when: "{{ invoice.note }}"}]', ("M217", "invoice.note")),
        ("[{do: email, if: true}]", ("M101", "if")),
    ],
)
def test_what_is_wrong_with_actions_is_reported_at_its_place(
    tmp_path: Path, actions: str, mistake: tuple[str, str | None]
) -> None:
    ((code, text),) = marked(
        mistakes(tmp_path, invoices=field_rule("Reference: x") + f"actions: {actions}\n")
    )
    assert code == mistake[0]
    assert mistake[1] in (None, text)


def test_the_title_is_what_people_call_the_record_by(tmp_path: Path) -> None:
    run = mapper(compiled(tmp_path, invoices=field_rule("Reference: x")))
    assert made_by(run, record(number="N")).title == "N"
    assert made_by(run, record(number=None)).title == ""
    contacts = mapper(compiled(tmp_path, contacts=CONTACTS), "contacts")
    assert made_by(contacts, record({"id": "1", "name": "Acme"}, "psohub.companies")).title == "Acme"
