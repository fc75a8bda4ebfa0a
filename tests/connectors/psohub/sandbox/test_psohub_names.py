"""The sandbox plays every stream, and every field that the settings name."""

from __future__ import annotations

import pytest

from connectors.psohub.sandbox.records import ID_OF
from connectors.psohub.settings import FieldNames
from connectors.psohub.streams import RESOURCES
from tests.connectors.psohub.sandbox.psohub_sandbox_kit import Caller, Row

# Fields that the sandbox leaves out, and why.
NOT_PLAYED = {("invoices", "url"): "it has no web pages that an address could lead to"}


def test_each_stream_is_played() -> None:
    differing = ID_OF.keys() ^ RESOURCES.keys()
    assert sorted(differing) == [], "play these streams in connectors/psohub/sandbox/records.py"


@pytest.fixture(scope="module")
def rows(psohub: Caller, invoices: list[Row]) -> dict[str, list[Row]]:
    """All rows of the default company."""
    lines = [line for invoice in invoices for line in invoice["InvoiceLines"]]
    return {"lines": lines, **{stream: list(psohub.get(stream, limit=1000)) for stream in RESOURCES}}


@pytest.mark.parametrize("stream", FieldNames.model_fields)
def test_each_field_of_the_settings_is_played(rows: dict[str, list[Row]], stream: str) -> None:
    played = {name.casefold() for row in rows[stream] for name in row}
    left_out = {
        field
        for field, names in getattr(FieldNames(), stream).spellings().items()
        if played.isdisjoint(name.casefold() for name in names)
    }
    assert left_out == {field for of, field in NOT_PLAYED if of == stream}, (
        f"no row of {stream} has them: write them in connectors/psohub/sandbox/traps.py, "
        "and fill the table in records.py, `_fill`"
    )
