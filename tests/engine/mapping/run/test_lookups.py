"""lookup: columns in their order, ambiguous hits, what is nearest, blanks, types."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.mapping import Catalog, Run, compile_pack
from engine.model.diagnostics import Diagnostics
from engine.model.payload import Payload
from tests.engine.mapping.mapping_catalog import CATALOG
from tests.engine.mapping.mapping_kit import (
    compiled,
    documents,
    field_rule,
    hint_of,
    mapped,
    mapper,
    record,
    refused,
    rule_mistakes,
)

LEFT_OUT = ...
RULE = 'Reference: {value: "{{ invoice.note }}", lookup: {in: accounts, by: [Code, Name], give: Code}MORE}'
PLAIN = RULE.replace("MORE", "")
SOFT = RULE.replace("MORE", ", optional: true")


@pytest.mark.parametrize(
    ("note", "made"),
    [
        ("200", "200"),
        ("Sales", "200"),
        (" Sales ", "200"),
        ("Other Revenue", "260"),
        ("Twice", "500"),
        (None, LEFT_OUT),
        ("  ", LEFT_OUT),
    ],
)
def test_a_value_is_exchanged_through_a_table(tmp_path: Path, note: str | None, made: Any) -> None:
    assert mapped(tmp_path, PLAIN, note=note) == made


def test_the_columns_are_tried_in_order_and_the_first_with_a_hit_decides(tmp_path: Path) -> None:
    rows = [{"Code": "1", "Name": "2"}, {"Code": "2", "Name": "1"}, {"Code": "3", "Name": "x"}, {"Name": "3"}]
    programs = compiled(tmp_path, invoices=field_rule(PLAIN))
    run = mapper(programs, tables={"accounts": rows})
    assert [run(record(note=key)).body["Reference"] for key in ("1", "2", "3", "x")] == ["1", "2", "3", "3"]  # type: ignore[union-attr]
    names = compiled(tmp_path, invoices=field_rule(PLAIN.replace("[Code, Name]", "[Name, Code]")))
    run = mapper(names, tables={"accounts": rows})
    assert run(record(note="1")).body["Reference"] == "2"  # type: ignore[union-attr]


@pytest.mark.parametrize("rule", [PLAIN, SOFT])
def test_two_hits_that_differ_refuse_the_record_even_where_a_miss_is_soft(tmp_path: Path, rule: str) -> None:
    (one,) = refused(tmp_path, rule, note="Advertising")
    assert one.code == "mapping.ambiguous"
    assert '"400" and "401"' in one.reason


def test_an_ambiguous_hit_is_not_softened_by_a_later_column(tmp_path: Path) -> None:
    rule = PLAIN.replace("[Code, Name], give: Code", "[Name, Code], give: Type")
    rows = [{"Code": "a", "Name": "x", "Type": "1"}, {"Code": "x", "Name": "x", "Type": "2"}]
    run = mapper(compiled(tmp_path, invoices=field_rule(rule)), tables={"accounts": rows})
    made = run(record(note="x"))
    assert isinstance(made, tuple)
    assert made[0].code == "mapping.ambiguous"


def test_two_hits_that_agree_are_one(tmp_path: Path) -> None:
    rule = 'Reference: {value: "{{ invoice.note }}", lookup: {in: accounts, by: Name, give: Type}}'
    assert mapped(tmp_path, rule, note="Advertising") == "EXPENSE"


def test_a_miss_refuses_the_record_and_names_the_nearest(tmp_path: Path) -> None:
    (one,) = refused(tmp_path, PLAIN, note="Salles")
    assert one.code == "mapping.lookup"
    assert one.where.endswith("invoices.yaml:12:14")
    assert 'accounts has no row whose Code or Name is "Salles"' in one.reason
    assert '"200" (Sales)' in one.reason


@pytest.mark.parametrize(("note", "near"), [("2OO", '"200"'), ("26o", '"260"')])
def test_letters_that_look_like_digits_are_near(tmp_path: Path, note: str, near: str) -> None:
    assert near in refused(tmp_path, PLAIN, note=note)[0].reason


def test_a_miss_with_nothing_near_lists_what_a_small_table_has(tmp_path: Path) -> None:
    rule = 'Reference: {value: "{{ invoice.note }}", lookup: {in: tax_types, by: category}}'
    assert "High, None" in refused(tmp_path, rule, note="Zzzzzzz")[0].reason


def test_a_miss_in_an_empty_table_says_so(tmp_path: Path) -> None:
    made = mapper(compiled(tmp_path, invoices=field_rule(PLAIN)), tables={"accounts": []})(record(note="200"))
    assert isinstance(made, tuple)
    assert "empty" in made[0].reason


def test_optional_makes_a_miss_absent(tmp_path: Path) -> None:
    assert mapped(tmp_path, SOFT, note="Nobody") is LEFT_OUT
    assert mapped(tmp_path, RULE.replace("MORE", ", optional: true, default: x"), note="Nobody") == "x"
    assert mapped(tmp_path, f"Anything: {{first: [{SOFT[11:]}, other]}}", note="Nobody") == "other"


def test_optional_false_refuses_a_miss(tmp_path: Path) -> None:
    rule = RULE.replace("MORE", ", optional: false")
    assert [one.code for one in refused(tmp_path, rule, note="Nobody")] == ["mapping.lookup"]


def test_a_default_does_not_soften_a_miss_and_is_not_looked_up(tmp_path: Path) -> None:
    rule = RULE.replace("MORE", ", default: Nobody")
    assert [one.code for one in refused(tmp_path, rule, note="Nobody")] == ["mapping.lookup"]
    assert mapped(tmp_path, rule) == "Nobody"


def test_give_may_be_left_out_if_one_column_remains(tmp_path: Path) -> None:
    rule = 'Reference: {value: "{{ invoice.note }}", lookup: {in: tax_types, by: [category]}}'
    assert mapped(tmp_path, rule, note="High") == "OUTPUT2"
    assert [code for code, _ in rule_mistakes(tmp_path, PLAIN.replace(", give: Code", ""))] == ["M102"]


@pytest.mark.parametrize(("note", "made"), [("None", LEFT_OUT), ("High", "OUTPUT2")])
def test_a_row_that_gives_blank_is_a_hit_and_absent(tmp_path: Path, note: str, made: Any) -> None:
    rule = 'Reference: {value: "{{ invoice.note }}", lookup: {in: tax_types, by: category}}'
    assert mapped(tmp_path, rule, note=note) == made


def test_blank_cells_are_no_keys(tmp_path: Path) -> None:
    rows = [{"Code": " ", "Name": "x", "Type": "1"}, {"Code": None, "Name": "y", "Type": "2"}, {"Name": "z"}]
    run = mapper(compiled(tmp_path, invoices=field_rule(SOFT)), tables={"accounts": rows})
    made = run(record(note="x"))
    assert isinstance(made, Payload)
    assert "Reference" not in made.body


def test_what_a_producer_makes_of_several_is_looked_up_as_one(tmp_path: Path) -> None:
    lookup = "lookup: {in: accounts, by: Name, give: Code}"
    first = f'Reference: {{first: ["{{{{ invoice.note }}}}", "Sales"], {lookup}}}'
    assert mapped(tmp_path, first) == "200"
    joined = f'Reference: {{join: ["{{{{ invoice.note }}}}", Revenue], {lookup}}}'
    assert mapped(tmp_path, joined, note="Other") == "260"
    around = f'Reference: {{value: "{{{{ invoice.note }}}} Revenue", {lookup}}}'
    assert mapped(tmp_path, around, note="Other") == "260"


def test_a_literal_is_typed_by_the_column_it_is_looked_up_in(tmp_path: Path) -> None:
    rule = "Anything: {value: 200, lookup: {in: accounts, by: Code, give: Rate}}"
    assert mapped(tmp_path, rule) == Decimal("21")
    by_number = "Reference: {value: 21.0, lookup: {in: accounts, by: Rate, give: Code}}"
    assert mapped(tmp_path, by_number) == "200"
    assert rule_mistakes(tmp_path, by_number.replace("21.0", "many")) == [("M224", "many")]


def test_what_comes_out_must_fit_the_field(tmp_path: Path) -> None:
    rule = "Days: {value: Sales, lookup: {in: accounts, by: Name, give: Code}}"
    assert [code for code, _ in rule_mistakes(tmp_path, rule)] == ["M224"]
    rates = (
        'CurrencyRate: {value: "{{ invoice.note }}", lookup: {in: accounts, by: Name, give: Rate}, round: 2}'
    )
    assert str(mapped(tmp_path, rates, note="Sales")) == "21.00"


def test_what_comes_out_is_held_against_the_words_of_the_field(tmp_path: Path) -> None:
    rule = "Status: {value: Sales, lookup: {in: accounts, by: Name, give: Type}}"
    assert [one.code for one in refused(tmp_path, rule)] == ["mapping.enum"]


@pytest.mark.parametrize(
    ("lookup", "mistake"),
    [
        ("{in: acounts, by: Code, give: Name}", ("M215", "acounts")),
        ("{in: accounts, by: Coed, give: Name}", ("M215", "Coed")),
        ("{in: accounts, by: [Code, Nmae], give: Name}", ("M215", "Nmae")),
        ("{in: accounts, by: Code, give: Nam}", ("M215", "Nam")),
        ("{in: accounts, by: [Code, Rate], give: Name}", ("M215", "Rate")),
        ("{in: accounts, give: Name}", ("M102", None)),
        ("{by: Code, give: Name}", ("M102", None)),
        ("{in: accounts, by: Code, giv: Name}", ("M101", "giv")),
        ("{in: accounts, by: [], give: Name}", ("M103", None)),
        ("accounts", ("M103", "accounts")),
    ],
)
def test_what_is_wrong_with_a_lookup_is_reported_at_its_place(
    tmp_path: Path, lookup: str, mistake: tuple[str, str | None]
) -> None:
    marks = rule_mistakes(tmp_path, f'Reference: {{value: "{{{{ invoice.note }}}}", lookup: {lookup}}}')
    assert marks[0][0] == mistake[0]
    assert mistake[1] in (None, marks[0][1])


def test_unknown_tables_and_columns_get_a_did_you_mean(tmp_path: Path) -> None:
    assert '"accounts"' in hint_of(tmp_path, PLAIN.replace("in: accounts", "in: acounts"))
    assert '"Code"' in hint_of(tmp_path, PLAIN.replace("[Code,", "[Coed,"))


@pytest.mark.parametrize(
    "producer", ["list: [x]", "fields: {a: b}", 'each: "{{ invoice.lines }}", as: x, fields: {a: b}']
)
def test_a_lookup_exchanges_a_single_value(tmp_path: Path, producer: str) -> None:
    rule = f"Anything: {{{producer}, lookup: {{in: accounts, by: Code, give: Name}}}}"
    assert [code for code, _ in rule_mistakes(tmp_path, rule)] == ["M105"]


def test_a_number_is_looked_up_as_text_only_where_the_mapping_says_so(tmp_path: Path) -> None:
    rule = 'Reference: {value: "{{ invoice.days }}", lookup: {in: accounts, by: Code, give: Name}}'
    assert rule_mistakes(tmp_path, rule) == [("M224", "invoice.days")]
    assert mapped(tmp_path, rule.replace("days", "days | text"), days=200) == "Sales"


def test_a_date_is_looked_up_and_given_as_iso_text(tmp_path: Path) -> None:
    from engine.sdk import DATE, Field, obj

    days = obj({"day": Field(DATE), "shifted": Field(DATE)})
    catalog = Catalog(
        CATALOG.streams, CATALOG.settings, {**CATALOG.tables, "days": days}, CATALOG.table_streams
    )
    diagnostics = Diagnostics()
    rule = field_rule('Date: {value: "{{ invoice.date }}", lookup: {in: days, by: day}}')
    programs = compile_pack(documents(diagnostics, tmp_path, invoices=rule), catalog, diagnostics)
    diagnostics.raise_if_errors()
    rows = [{"day": datetime.date(2026, 1, 31), "shifted": datetime.date(2026, 2, 2)}]
    run = programs.mappings["invoices"].link({}, {"days": rows}, Run(datetime.date(2026, 3, 1), "r"))
    made = run(record())
    assert isinstance(made, Payload)
    assert made.body["Date"] == "2026-02-02"


def test_a_miss_in_a_table_without_a_single_key_calls_it_empty(tmp_path: Path) -> None:
    made = mapper(compiled(tmp_path, invoices=field_rule(PLAIN)), tables={"accounts": [{"Type": "x"}]})(
        record(note="200")
    )
    assert isinstance(made, tuple)
    assert made[0].reason.endswith("the table is empty")


def test_row_that_a_stream_does_not_suggest_is_found_but_not_suggested(tmp_path: Path) -> None:
    streams = dict(CATALOG.streams)
    accounts = streams["xero.accounts"]
    streams["xero.accounts"] = replace(accounts, suggestable=lambda row: row.get("Type") != "ARCHIVED")
    catalog = Catalog(streams, CATALOG.settings, CATALOG.tables, CATALOG.table_streams)
    diagnostics = Diagnostics()
    programs = compile_pack(
        documents(diagnostics, tmp_path, invoices=field_rule(PLAIN)), catalog, diagnostics
    )
    diagnostics.raise_if_errors()
    rows = [
        {"Code": "4001", "Name": "Old sales", "Type": "ARCHIVED"},
        {"Code": "4100", "Name": "New sales", "Type": "REVENUE"},
    ]
    run = mapper(programs, tables={"accounts": rows})

    def reason(note: str) -> str:
        refusals = run(record(note=note))
        assert isinstance(refusals, tuple)
        return refusals[0].reason

    assert isinstance(run(record(note="4001")), Payload)
    assert "nearest: " in reason("4002")
    assert "4100" in reason("4002")
    assert "Old sales" not in reason("4002")
    assert "it has 4100, New sales;" in reason("nothing like it")


@pytest.mark.parametrize(
    "note", ["Other  Revenue", "Other\u00a0Revenue", "Other Rev\u200benue", " Other Revenue\ufeff"]
)
def test_a_value_is_found_however_its_blanks_are_typed(tmp_path: Path, note: str) -> None:
    rule = 'Reference: {value: "{{ invoice.note }}", lookup: {in: accounts, by: Name, give: Code}}'
    assert mapped(tmp_path, rule, note=note) == "260"
