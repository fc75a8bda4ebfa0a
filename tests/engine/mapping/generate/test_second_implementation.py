"""The generated code agrees with a second, plain reading of the mapping language on random rules and
records."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.mapping import compile_pack
from engine.mapping.describe.explaining import Explaining
from engine.mapping.describe.tracing import Traced, traced
from engine.model.diagnostics import Diagnostics
from engine.model.payload import Payload
from engine.model.record import Record
from engine.sdk.wire import dumps
from tests.engine.mapping.mapping_catalog import CATALOG
from tests.engine.mapping.mapping_kit import RUN, SETTINGS, TABLES, documents, field_rule, record
from tests.engine.mapping.mapping_random import KINDS, expressions, records
from tests.engine.mapping.mapping_random_rules import as_yaml, rules
from tests.engine.mapping.mapping_reference import Refuses
from tests.engine.mapping.mapping_reference_rules import Template, fields, needed, on_the_wire

OWN = {**SETTINGS, "amounts": [Decimal("1.10"), Decimal("2")], "unset": None}
# The gate tries the same examples every time; MAPPING_EXAMPLES=5000 tries so many new ones.
MANY = os.environ.get("MAPPING_EXAMPLES")
RANDOM = settings(max_examples=int(MANY or 100), deadline=None, derandomize=not MANY, database=None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("random")


def compared(folder: Path, rule: dict[str, Any], own: list[dict[str, Any]]) -> None:
    """Both readings of one rule over several records."""
    same(folder, own, lambda values: reference(rule, values), invoices=f"Anything: {as_yaml(rule)}")


def same(
    folder: Path,
    own: list[dict[str, Any]],
    wanted_of: Callable[[dict[str, Any]], Any],
    invoices: str,
    **more: str,
) -> None:
    diagnostics = Diagnostics()
    docs = documents(diagnostics, folder, invoices=field_rule(invoices), **more)
    programs = compile_pack(docs, CATALOG, diagnostics)
    if diagnostics.errors and {diagnostic.code for diagnostic in diagnostics.errors} <= {"M110", "M105"}:
        return  # too long or too deep, or nothing but null to be cut: said so
    assert not diagnostics.errors, "\n".join(str(diagnostic) for diagnostic in diagnostics)
    run = programs.mappings["invoices"].link(OWN, TABLES, RUN)
    tracing = traced(programs, "invoices").link(OWN, TABLES, RUN)
    explaining = Explaining(tracing, TABLES)
    for values in own:
        made, wanted = run(record(values)), wanted_of(values)
        same_when_traced(tracing, explaining, record(values), made)
        if wanted is Refuses:
            assert isinstance(made, tuple), (values, made)
            assert all(".yaml:" in one.where for one in made)
        else:
            assert isinstance(made, Payload), (values, made, wanted)
            assert (made.body.get("Anything"), values) == (wanted, values)
            # On the wire the digits are the same too, not only the numbers.
            assert dumps(made.body.get("Anything")) == dumps(wanted)


def same_when_traced(tracing: Traced, explaining: Explaining, own: Record, made: Any) -> None:
    """The tracing build makes the same, and what it tells of each field is what stands there."""
    outcome, trace = tracing(own)
    assert outcome == made
    if not isinstance(outcome, Payload):
        return
    explained = explaining.fields(trace)
    assert {*outcome.body} <= {one.path for one in explained}
    for one in explained:
        assert dumps(one.value) == dumps(standing_at(outcome.body, one.path)), one


def standing_at(body: Any, path: str) -> Any:
    for step in path.replace("[", ".[").split("."):
        body = body[int(step[1:-1])] if step.startswith("[") else body.get(step)
    return body


def reference(rule: dict[str, Any], values: dict[str, Any]) -> Any:
    names = {"invoice": values, "settings": OWN, "run": {"date": RUN.date, "id": RUN.id}}
    try:
        return on_the_wire(needed(rule, fields(rule["fields"], names)))
    except Refuses:
        return Refuses


@RANDOM
@given(data=st.data())
def test_expressions_give_the_same(folder: Path, data: st.DataObject) -> None:
    kinds = data.draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4))
    templates = {f"f{n}": Template((data.draw(expressions(kind)),)) for n, kind in enumerate(kinds)}
    compared(folder, {"fields": templates}, data.draw(st.lists(records(), min_size=2, max_size=4)))


@RANDOM
@given(rule=rules("object"), own=st.lists(records(), min_size=2, max_size=4))
def test_rules_give_the_same(folder: Path, rule: dict[str, Any], own: list[dict[str, Any]]) -> None:
    compared(folder, rule, own)


@RANDOM
@given(rule=rules("object"), own=st.lists(records(), min_size=2, max_size=4))
def test_a_shape_comes_to_the_same_as_its_rules_written_out(
    folder: Path, rule: dict[str, Any], own: list[dict[str, Any]]
) -> None:
    shape = "mapping: used\nshape: {from: psohub.invoices, as: invoice, to: xero.invoices}\nfields:\n"
    both = {"fields": {"a": {"fields": {"Anything": rule}}, "b": rule}}
    text = f"Anything: {{fields: {{a: {{use: used}}, b: {as_yaml(rule)}}}}}"
    used = f"{shape}  Anything: {as_yaml(rule)}\n"
    same(folder, own, lambda values: reference(both, values), text, used=used)


@RANDOM
@given(rule=rules("object", True), own=st.lists(records(), min_size=2, max_size=4))
def test_a_shape_of_items_comes_to_the_same_as_its_rules_written_out(
    folder: Path, rule: dict[str, Any], own: list[dict[str, Any]]
) -> None:
    shape = """\
mapping: used
shape: {from: psohub.invoices.lines, as: line, parent: invoice, to: xero.invoices}
fields:
"""
    each = {"each": Template((("path", "invoice.lines"),)), "as": "line", "fields": {"Anything": rule}}
    both = {"fields": {"a": each, "b": each}}
    used = 'Anything: {fields: {a: {each: "{{ invoice.lines }}", use: used}, b: '
    text = f"{used}{as_yaml(each)}}}}}"
    same(
        folder,
        own,
        lambda values: reference(both, values),
        text,
        used=f"{shape}  Anything: {as_yaml(rule)}\n",
    )


def test_the_reference_itself_reads_a_few_rules_as_the_design_does() -> None:
    text = Template(("PO ", ("path", "invoice.note")))
    rule = {
        "fields": {"a": text, "b": {"first": [text, "x"]}, "c": None, "d": {"join": ["p", "", text, "q"]}}
    }
    made = {"b": "x", "c": None, "d": "p q"}
    assert reference(rule, {"note": " "}) == made
    assert reference(rule, {"note": "n"}) == {"a": "PO n", "b": "PO n", "c": None, "d": "p PO n q"}
    day = Template((("call", "plus_days", ("path", "invoice.date"), ("literal", 1)),))
    assert reference({"fields": {"d": day}}, {"date": datetime.date(2026, 1, 31)}) == {"d": "2026-02-01"}
