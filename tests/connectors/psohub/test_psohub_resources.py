"""A stream of PSOhub's is one declaration; half of one fails when the connector is imported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.psohub.resource import Related, Resource
from connectors.psohub.settings import FieldNames
from connectors.psohub.streams import COMPANIES, INVOICES, RESOURCES
from engine.sdk import TEXT, DeclarationError, Field, Stream

API = (Path(__file__).parents[3] / "connectors" / "psohub" / "API.md").read_text("utf-8")


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
        Resource(Stream("expenses", {"id": Field(TEXT)}))
    assert str(refused.value) == (
        "connector psohub: stream expenses: settings.FieldNames does not say what PSOhub calls its fields"
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


@pytest.mark.parametrize("stream", FieldNames.model_fields)
def test_each_name_is_documented_or_marked_as_a_guess(stream: str) -> None:
    names = getattr(FieldNames(), stream)
    undocumented = {
        field
        for field, spellings in names.spellings().items()
        if not any(f"`{spelling}`" in API for spelling in spellings)
        and not (type(names).model_fields[field].description or "").startswith(("Guess", "Stated"))
    }
    assert undocumented == set(), 'add the member to connectors/psohub/API.md, or a docstring """Guess: …"""'
