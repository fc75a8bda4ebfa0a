"""Short ways to make payloads, links and candidates, and strategies for bodies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from engine.model.address import Address
from engine.model.change import Difference
from engine.model.link import HeldRow, Link
from engine.model.payload import Payload
from engine.model.record import Record
from engine.model.schema import BOOL, DATE, DECIMAL, INSTANT, INT, TEXT, Field, Stream, list_of, obj
from engine.planning.adoption import Candidate, Match
from engine.planning.fingerprint import with_fingerprint

INVOICE = Address("shop", "invoices", "1")
TARGET = Address("books", "invoices", "b1")

LINE = obj(
    {"Text": Field(TEXT), "Amount": Field(DECIMAL), "Tracking": Field(list_of(obj({"Name": Field(TEXT)})))}
)
STREAM = Stream(
    "invoices",
    {
        "Reference": Field(TEXT),
        "Date": Field(DATE),
        "Changed": Field(INSTANT),
        "Days": Field(INT),
        "Sent": Field(BOOL),
        "Total": Field(DECIMAL),
        "Contact": Field(obj({"ContactID": Field(TEXT), "Name": Field(TEXT)})),
        "Lines": Field(list_of(LINE)),
        "Tags": Field(list_of(TEXT)),
    },
)


def payload(**body: Any) -> Payload:
    return with_fingerprint(Payload(INVOICE, "invoices", body, "INV-1"))


def link(**body: Any) -> Link:
    return Link("invoices", INVOICE, TARGET, payload(**body).fingerprint, body)


def row(code: str = "refused", fingerprint: str = "") -> HeldRow:
    return HeldRow(
        "invoices", INVOICE, code, "said no", "books", fingerprint, datetime(2026, 3, 1, tzinfo=UTC)
    )


def candidate(key: str, *differing: str, usable: bool = True) -> Candidate:
    """One that differs in these fields of `agree`."""
    record = Record(Address("books", "invoices", key), {"Reference": "INV-1"})
    return Candidate(record, tuple(Difference(name, "ours", "theirs") for name in differing), usable)


def matches(*found: Sequence[Candidate], decisive: Sequence[int] = ()) -> list[Match]:
    """What each match rule finds; `decisive` are the indexes of those rules."""
    return [Match(tuple(candidates), index in decisive) for index, candidates in enumerate(found)]


# Money as it comes over the wire: any digits, zeros at the end, negative noughts, exponents.
DECIMALS = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30
) | st.sampled_from(
    [
        Decimal("12.50"),
        Decimal("-0.00"),
        Decimal("1E+3"),
        Decimal("0.1234567890123456789012345678901234567890"),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | DECIMALS | st.text(max_size=5)
BODIES = st.dictionaries(
    st.text(max_size=4),
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)
# Bodies of STREAM, as they are sent: JSON types, dates as text.
TEXTS = st.text("abc äß\n", min_size=1, max_size=6).filter(str.strip)
TYPED = st.fixed_dictionaries(
    {},
    optional={
        "Reference": TEXTS,
        "Date": st.dates().map(str),
        "Days": st.integers(0, 99),
        "Sent": st.booleans(),
        "Total": st.decimals(-(10**6), 10**6, places=2),
        "Contact": st.fixed_dictionaries({"ContactID": TEXTS}),
        "Lines": st.lists(
            st.fixed_dictionaries({"Text": TEXTS}, optional={"Amount": st.decimals(-99, 99, places=2)}),
            max_size=3,
        ),
        "Tags": st.lists(TEXTS, max_size=3),
    },
)
