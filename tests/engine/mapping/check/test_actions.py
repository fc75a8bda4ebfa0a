"""`to` of an action: what it goes to, of the type that its verb declares."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.mapping import Catalog, compile_pack
from engine.mapping.describe.coverage import Coverage
from engine.mapping.describe.editor import MappingSchema
from engine.mapping.describe.explaining import Explaining
from engine.mapping.describe.reference import field_reference
from engine.mapping.describe.tracing import traced
from engine.model.address import Address
from engine.model.diagnostics import Diagnostics
from engine.model.payload import ActionRequest, Payload, Ref
from engine.model.schema import DATE, TEXT, Action, Field, Stream, enum, obj
from tests.engine.mapping.mapping_catalog import CATALOG, XERO_INVOICES
from tests.engine.mapping.mapping_examples import CONTACTS
from tests.engine.mapping.mapping_kit import (
    RUN,
    SETTINGS,
    TABLES,
    compiled,
    documents,
    field_rule,
    mapper,
    marked,
    mistakes,
    record,
)

REFERENCE = Field(obj({"ContactID": Field(TEXT)}))


def with_action(action: str) -> str:
    return field_rule("Reference: x") + f"actions:\n  - {action}\n"


def wanted(folder: Path, action: str, **values: Any) -> tuple[ActionRequest, ...]:
    made = mapper(compiled(folder, invoices=with_action(action)))(record(**values))
    assert isinstance(made, Payload), made
    return made.actions


@pytest.mark.parametrize(
    ("to", "values", "address"),
    [
        ('"{{ invoice.reference }}"', {"reference": "a@b.example"}, "a@b.example"),
        ('"{{ invoice.reference }}"', {"reference": " "}, None),
        ("a@b.example", {}, "a@b.example"),
        ('{first: ["{{ invoice.note }}", c@d.example]}', {}, "c@d.example"),
        ('{value: "{{ invoice.note }}", default: c@d.example}', {"note": "e@f.example"}, "e@f.example"),
        ('{value: "{{ invoice.note }}", when: "{{ invoice.final }}"}', {"note": "x"}, None),
    ],
)
def test_to_is_a_rule(tmp_path: Path, to: str, values: dict[str, Any], address: str | None) -> None:
    (request,) = wanted(tmp_path, f"{{do: email, to: {to}}}", **values)
    assert (request.verb, request.to, request.undirected) == ("email", address, "when" in to)


def test_to_is_computed_only_where_the_action_is_wanted(tmp_path: Path) -> None:
    action = """{do: email, when: "{{ invoice.final }}", to: {value: "{{ invoice.note }}", required: true}}"""
    assert wanted(tmp_path, action, final=False) == ()
    assert wanted(tmp_path, action, final=True, note="a@b.example") == (
        ActionRequest("email", "a@b.example"),
    )
    refused = mapper(compiled(tmp_path, invoices=with_action(action)))(record(final=True))
    assert isinstance(refused, tuple)
    assert [refusal.reason.partition(":")[0] for refusal in refused] == ["actions.email.to"]


def test_a_program_knows_which_of_its_actions_go_somewhere(tmp_path: Path) -> None:
    actions = "actions: [{do: email, to: a@b.example}, {do: attach}]\n"
    program = compiled(tmp_path, invoices=field_rule("Reference: x") + actions).mappings["invoices"]
    assert (program.actions, program.directed) == (("email", "attach"), frozenset({"email"}))


def test_what_to_reads_is_read_from_the_source(tmp_path: Path) -> None:
    paths = '["{{ invoice.project.reference }}", "{{ invoice.note }}"]'
    to = f'{{first: {paths}, when: "{{{{ invoice.days > 1 }}}}"}}'
    program = compiled(tmp_path, invoices=with_action(f"{{do: email, to: {to}}}")).mappings["invoices"]
    assert {"project.reference", "note", "days"} <= program.paths


@pytest.mark.parametrize(
    ("action", "mistake"),
    [
        ('{do: email, to: "{{ invoice.days }}"}', ("M224", "invoice.days")),
        ('{do: email, to: "{{ invoice.raegon }}"}', ("M204", "raegon")),
        ('{do: attach, to: "{{ invoice.note }}"}', ("M220", '"{{ invoice.note }}"')),
        ("{do: email, to: {ref: contacts, key: x}}", ("M103", "x")),
        ('{do: email, to: {value: "{{ invoice.note }}", only: create}}', ("M105", "only")),
        ('{do: email, to: {value: "{{ invoice.note }}", clear: true}}', ("M105", "clear")),
        ("{do: email, to: ~}", None),
        ("{do: email, to: }", ("M103", None)),
    ],
)
def test_what_is_wrong_with_to_is_reported_at_its_place(
    tmp_path: Path, action: str, mistake: tuple[str, str | None] | None
) -> None:
    found = marked(mistakes(tmp_path, invoices=with_action(action)))
    assert [code for code, _ in found] == ([mistake[0]] if mistake else [])
    assert not mistake or mistake[1] in (None, found[0][1])


def test_an_action_can_go_to_another_record_and_is_ordered_by_it(tmp_path: Path) -> None:
    stream = replace(XERO_INVOICES, actions={"file": Action("File it with a contact.", to=REFERENCE)})
    text = with_action('{do: file, to: {ref: contacts, key: "{{ invoice.customer_id }}"}}')
    programs = _compiled(tmp_path, stream, invoices=text, contacts=CONTACTS)
    assert programs.order == ("contacts", "invoices")
    assert programs.mappings["invoices"].refs == {"contacts"}
    made = programs.mappings["invoices"].link(SETTINGS, TABLES, RUN)(record())
    assert isinstance(made, Payload)
    ref = Ref("contacts", Address("psohub", "companies", "7"))
    assert made.action("file") == ActionRequest("file", ref)
    assert (list(made.action_refs()), list(made.refs())) == ([ref], [])


def test_a_day_goes_out_as_text_and_a_word_is_one_that_is_allowed(tmp_path: Path) -> None:
    stream = replace(
        XERO_INVOICES,
        actions={"lock": Action(to=Field(DATE)), "mark": Action(to=Field(enum("read", "kept")))},
    )
    text = field_rule("Reference: x") + (
        'actions: [{do: lock, to: "{{ invoice.due_date }}"}, {do: mark, to: "{{ invoice.note }}"}]\n'
    )
    run = _compiled(tmp_path, stream, invoices=text).mappings["invoices"].link(SETTINGS, TABLES, RUN)
    made = run(record(due_date=datetime.date(2026, 2, 1), note="kept"))
    assert isinstance(made, Payload)
    assert made.actions == (ActionRequest("lock", "2026-02-01"), ActionRequest("mark", "kept"))
    absent = run(record())
    assert isinstance(absent, Payload)
    assert absent.actions == (ActionRequest("lock"), ActionRequest("mark"))
    refused = run(record(note="burnt"))
    assert isinstance(refused, tuple)
    assert [refusal.code for refusal in refused] == ["mapping.enum"]


def test_a_verb_may_require_that_it_goes_somewhere(tmp_path: Path) -> None:
    to = Field(TEXT, "the folder that it is filed in", required=True)
    stream = replace(XERO_INVOICES, actions={"file": Action("File it.", to=to)})
    catalog = replace(CATALOG, streams={**CATALOG.streams, "xero.invoices": stream})
    diagnostics = Diagnostics()
    docs = documents(diagnostics, tmp_path, invoices=with_action("{do: file}"))
    compile_pack(docs, catalog, diagnostics)
    ((code, text),) = marked(diagnostics)
    assert (code, text) == ("M102", "file")
    assert next(iter(diagnostics)).hint == "the folder that it is filed in"


def test_a_payload_has_nothing_of_a_verb_that_it_does_not_want(tmp_path: Path) -> None:
    made = mapper(compiled(tmp_path, invoices=with_action("{do: attach}")))(record())
    assert isinstance(made, Payload)
    assert (made.action("attach"), made.action("email")) == (ActionRequest("attach"), None)


@pytest.mark.parametrize("to", ["", ", to: '{{ invoice.note }}'"])
def test_needed_is_a_condition_of_its_own(tmp_path: Path, to: str) -> None:
    action = f"{{do: email{to}, needed: \"{{{{ invoice.reference == 'x' }}}}\"}}"
    made = mapper(compiled(tmp_path, invoices=with_action(action)))
    for reference, needed in (("x", True), ("y", False)):
        payload = made(record(reference=reference, note="a@b.example"))
        assert isinstance(payload, Payload)
        assert payload.actions == (ActionRequest("email", "a@b.example" if to else None, needed),)


def test_to_is_traced_and_described(tmp_path: Path) -> None:
    action = '{do: email, to: {first: ["{{ invoice.note }}", "{{ invoice.reference }}"]}}'
    programs = compiled(tmp_path, invoices=with_action(action))
    program = traced(programs, "invoices").link(SETTINGS, TABLES, RUN)
    made, trace = program(record(reference="a@b.example"))
    assert isinstance(made, Payload)
    labels = {program.probes[number].label: value for (number, _), value in trace.values.items()}
    assert labels["actions.email.to"] == "a@b.example"
    (mapping,) = field_reference(programs.pack, programs.order)
    assert mapping.actions == (("email", "", "the first present of: invoice.note; invoice.reference", ""),)


def test_actions_are_explained(tmp_path: Path) -> None:
    action = '{do: email, when: "{{ invoice.final }}", to: "{{ invoice.note }}"}'
    program = traced(compiled(tmp_path, invoices=with_action(action)), "invoices").link(SETTINGS, TABLES, RUN)
    explaining = Explaining(program, TABLES)
    (wanted,) = explaining.actions(program(record(final=True, note="a@b.example"))[1])
    assert (wanted.verb, wanted.wanted, wanted.why) == ("email", True, "")
    assert wanted.to is not None
    assert (wanted.to.path, wanted.to.value) == ("actions.email.to", "a@b.example")
    (absent,) = explaining.actions(program(record(final=True))[1])
    assert absent.to is not None
    assert absent.to.why == "invoice.note is absent"
    (unwanted,) = explaining.actions(program(record(final=False))[1])
    assert (unwanted.wanted, unwanted.to) == (False, None)
    assert unwanted.why == "when is not true: invoice.final (invoice.final is false)"
    assert [(read.source, read.value) for read in unwanted.reads] == [("psohub.invoices.final", False)]


def test_when_of_an_action_and_its_to_are_points_of_coverage(tmp_path: Path) -> None:
    action = '{do: email, when: "{{ invoice.final }}", to: {first: ["{{ invoice.note }}", x@y.example]}}'
    coverage = Coverage(compiled(tmp_path, invoices=with_action(action)))

    def missing() -> list[str]:
        points = (point for point in coverage.missing if point.label.startswith("actions.email"))
        return [f"{point.label}: {point.what}" for point in points]

    coverage.add("invoices", record(final=False), SETTINGS, TABLES, RUN)
    assert missing() == [
        "actions.email: when is true",
        "actions.email.to: the rule",
        "actions.email.to: branch 1 of 2",
        "actions.email.to: branch 2 of 2",
    ]
    coverage.add("invoices", record(final=True), SETTINGS, TABLES, RUN)
    assert missing() == ["actions.email.to: branch 1 of 2"]


def test_editors_offer_what_each_action_takes(tmp_path: Path) -> None:
    programs = compiled(tmp_path, invoices=field_rule("Reference: x"))
    schema = MappingSchema(programs.pack, CATALOG).mapping()
    (flow,) = [
        part["then"]["properties"]
        for part in schema["allOf"]
        if part["if"]["properties"].get("target", {}).get("properties", {}).get("stream")
        == {"const": "xero.invoices"}
        and "actions" in part["then"]["properties"]
    ]
    email, attach = flow["actions"]["items"]["anyOf"]
    assert (email["properties"]["do"]["const"], attach["properties"]["do"]["const"]) == ("email", "attach")
    assert ("to" in email["properties"], "to" in attach["properties"]) == (True, False)
    agree = flow["target"]["properties"]["agree"]["anyOf"][0]["enum"]
    assert {"Contact", "Contact.ContactID", "Total", "SubTotal"} <= set(agree)
    assert "AmountPaid" not in agree


def _compiled(folder: Path, stream: Stream, **files: str) -> Any:
    catalog = Catalog(
        {**CATALOG.streams, "xero.invoices": stream}, CATALOG.settings, CATALOG.tables, CATALOG.table_streams
    )
    diagnostics = Diagnostics()
    programs = compile_pack(documents(diagnostics, folder, **files), catalog, diagnostics)
    assert not diagnostics.reported, "\n".join(str(one) for one in diagnostics)
    return programs
