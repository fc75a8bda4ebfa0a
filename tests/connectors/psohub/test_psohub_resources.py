"""A stream of PSOhub's is one declaration; half of one fails when the connector is imported."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.psohub.resource import Related, Resource
from connectors.psohub.settings import FieldNames, MemberNames
from connectors.psohub.streams import COMPANIES, INVOICES, RESOURCES
from engine.sdk import TEXT, DeclarationError, Field, Stream

API = (Path(__file__).parents[3] / "connectors" / "psohub" / "API.md").read_text("utf-8")
CALLS = API.partition("\n### 3.2 ")[2].partition("\n### ")[0]
MEMBERS = API.partition("\n### 3.4 ")[2].partition("\n### ")[0]
ENTRIES = {
    entry[1]: {*re.findall(r"`(\w+)`", entry[0])}
    for entry in re.finditer(r"^- \*\*(\w+)\*\*.*\n(?:  .*\n?)*", MEMBERS, re.MULTILINE)
}


def test_related_records_come_from_streams_that_exist() -> None:
    for resource in RESOURCES.values():
        assert {related.stream for related in resource.related.values()} <= RESOURCES.keys()


def test_names_are_of_streams_that_exist() -> None:
    unknown = FieldNames.model_fields.keys() - RESOURCES.keys() - {"lines"}
    assert unknown == set(), (
        "declare these streams in connectors/psohub/streams.py, and list them in RESOURCES"
    )


def test_stream_whose_fields_have_no_names_is_refused() -> None:
    with pytest.raises(DeclarationError) as refused:
        Resource(Stream("unicorns", {"id": Field(TEXT)}))
    assert str(refused.value) == (
        "connector psohub: stream unicorns: settings.FieldNames does not say what PSOhub calls its fields"
    )


@pytest.mark.parametrize(
    ("resource", "changes", "missing"),
    [
        (INVOICES, {"queue": {}}, "it is a work queue; declare the parameters that list it"),
        (INVOICES, {"filters": {"nubmer": "n"}}, '"nubmer" is not one of its fields'),
        (COMPANIES, {"people": ("contacts",)}, 'it joins "email"; declare in related or people where it'),
        (COMPANIES, {"related": {"email": Related("contacts", "mail")}}, '"mail" is not one of its fields'),
        (COMPANIES, {"people": ("contacts", "email", "vat")}, '"vat" is joined; add it to joins'),
    ],
)
def test_half_declared_stream_fails_with_what_is_missing(
    resource: Resource, changes: dict[str, Any], missing: str
) -> None:
    with pytest.raises(DeclarationError) as refused:
        replace(resource, **changes)
    assert f"connector psohub: stream {resource.stream.name}: {missing}" in str(refused.value)


def test_field_without_a_name_and_name_without_a_field_are_refused() -> None:
    fields = {name: field for name, field in COMPANIES.stream.fields.items() if name != "city"}
    fields["mayor"] = Field(TEXT, "Its mayor.")
    where = "connector psohub: stream companies: settings.FieldNames.companies"
    with pytest.raises(DeclarationError) as refused:
        replace(COMPANIES, stream=replace(COMPANIES.stream, fields=fields))
    assert str(refused.value) == (
        f'{where} does not say what PSOhub calls "mayor"; '
        f'{where} names "city", which is not one of its fields'
    )


@pytest.mark.parametrize("stream", RESOURCES)
def test_each_stream_has_a_documented_call(stream: str) -> None:
    assert re.search(rf"^\| GET\b[^|]*`{stream}`", CALLS, re.MULTILINE), (
        f"add the call that lists {stream} to connectors/psohub/API.md, 3.2"
    )


@pytest.mark.parametrize("stream", FieldNames.model_fields)
def test_each_documented_member_has_a_name(stream: str) -> None:
    names = getattr(FieldNames(), stream)
    known = {spelling.casefold() for spellings in names.spellings().values() for spelling in spellings}
    left_out = [member for member in ENTRIES.get(_entry(names), ()) if member.casefold() not in known]
    assert sorted(left_out) == [], f"name these members in {type(names).__name__} of settings.py"


def _entry(names: MemberNames) -> str:
    """The entry of connectors/psohub/API.md, 3.4 that lists these members: of `LineNames` it is Line."""
    return type(names).__name__.removesuffix("Names")


@pytest.mark.parametrize("stream", FieldNames.model_fields)
def test_each_name_is_documented_or_marked_as_a_guess(stream: str) -> None:
    names = getattr(FieldNames(), stream)
    undocumented = {
        field
        for field, spellings in names.spellings().items()
        if ENTRIES.get(_entry(names), set()).isdisjoint(spellings)
        and not (type(names).model_fields[field].description or "").startswith(("Guess", "Stated"))
    }
    assert sorted(undocumented) == [], (
        f"add these members to {_entry(names)} in connectors/psohub/API.md, 3.4, "
        'or a docstring """Guess: …""" in settings.py'
    )
