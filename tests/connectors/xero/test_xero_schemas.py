"""The streams' schemas, held against Xero's OpenAPI file and against connectors/xero/API.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from connectors.xero.streams import STREAMS
from connectors.xero.streams.documents import LINE, TRACKING
from engine.sdk import Field, Stream, Type
from tests.connectors.xero.openapi_kit import read_schemas, resolved

SCHEMAS = {stream.name: stream for stream in STREAMS}
OF = {
    "contacts": "Contact",
    "invoices": "Invoice",
    "credit_notes": "CreditNote",
    "payments": "Payment",
    "prepayments": "Prepayment",
    "overpayments": "Overpayment",
    "accounts": "Account",
    "tax_rates": "TaxRate",
    "tracking": "TrackingCategory",
    "currencies": "Currency",
    "organisation": "Organisation",
}
# Ours, or seen in answers though in no schema of the file (connectors/xero/API.md, 8 and 9).
BEYOND = {"tracking.OptionStatus", "credit_notes.ID", "invoices.settled_by"}
KINDS = {
    "string": {"text", "date", "instant"},
    "number": {"decimal"},
    "boolean": {"bool"},
    "array": {"list"},
    "object": {"object"},
}


def fields(type_: Type, schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, Field, dict[str, Any]]]:
    """Every field at every depth with what the file says of it; {} where it knows no such field."""
    known = schema.get("properties", {})
    for name, field in type_.fields.items():
        found = {**resolved(known[name]), **known[name]} if name in known else {}
        yield f"{path}.{name}", field, found
        inner, inside = (field.type.of or field.type), resolved(found.get("items", found))
        if inner.kind == "object" and found:
            yield from fields(inner, inside, f"{path}.{name}")


def all_fields() -> list[tuple[str, Field, dict[str, Any]]]:
    schemas = read_schemas()
    return [one for stream in STREAMS for one in fields(stream.type, schemas[OF[stream.name]], stream.name)]


def test_every_field_is_one_of_xeros_and_of_its_type() -> None:
    for path, field, found in all_fields():
        if path in BEYOND or path.endswith(".LineItems.AccountID"):
            continue
        assert found, f"{path} is not in the file"
        kind = found.get("type", "object" if "properties" in found else "string")
        assert field.type.kind in KINDS[kind], path


def test_lengths_and_words_are_within_those_of_the_file() -> None:
    for path, field, found in all_fields():
        if most := found.get("maxLength"):
            assert field.type.max is not None, path
            assert field.type.max <= most, path
        if found.get("enum") and field.type.values:
            assert set(field.type.values) <= set(found["enum"]), path


def test_what_xero_computes_is_not_written() -> None:
    read_only = [path for path, field, found in all_fields() if found.get("readOnly") and field.writable]
    assert read_only == []


@pytest.mark.parametrize("stream", STREAMS, ids=lambda one: one.name)
def test_every_field_at_every_depth_has_a_sentence(stream: Stream) -> None:
    for path, field, _ in fields(stream.type, {}, stream.name):
        assert field.doc[0].isupper() or field.doc[0] in "0123456789", path
        assert field.doc.endswith("."), path
        for inner in (field.type, field.type.of):
            for name, member in inner.fields.items() if inner else ():
                assert member.doc.endswith("."), f"{path}.{name}"


# What connectors/xero/API.md, 6 and 9 state: field -> kind, length, may be written, is needed.
STATED: dict[str, tuple[str, int | None, bool, bool]] = {
    "CreditNoteID": ("text", None, False, False),
    "ID": ("text", None, False, False),
    "Type": ("text", None, True, True),
    "CreditNoteNumber": ("text", 255, True, False),
    "Reference": ("text", 255, True, False),
    "Contact": ("object", None, True, True),
    "Date": ("date", None, True, False),
    "LineAmountTypes": ("text", None, True, False),
    "LineItems": ("list", None, True, True),
    "CurrencyCode": ("text", 3, True, False),
    "CurrencyRate": ("decimal", None, True, False),
    "Status": ("text", None, True, False),
    "BrandingThemeID": ("text", None, True, False),
    "SentToContact": ("bool", None, False, False),
    "SubTotal": ("decimal", None, False, False),
    "TotalTax": ("decimal", None, False, False),
    "Total": ("decimal", None, False, False),
    "RemainingCredit": ("decimal", None, False, False),
    "FullyPaidOnDate": ("date", None, False, False),
    "Allocations": ("list", None, False, False),
    "Payments": ("list", None, False, False),
    "HasAttachments": ("bool", None, False, False),
    "UpdatedDateUTC": ("instant", None, False, False),
    "UpdatedDateUTCString": ("instant", None, False, False),
}


def test_credit_notes_have_the_fields_that_are_stated() -> None:
    found = {
        name: (field.type.kind, field.type.max, field.writable, field.required)
        for name, field in SCHEMAS["credit_notes"].fields.items()
    }
    assert found == STATED


def test_words_of_credit_notes_are_those_stated() -> None:
    known = SCHEMAS["credit_notes"].fields
    assert known["Type"].type.values == ("ACCRECCREDIT", "ACCPAYCREDIT")
    assert known["LineAmountTypes"].type.values == ("Exclusive", "Inclusive", "NoTax")
    assert set(known["Status"].type.values) == {
        "DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED",
    }  # fmt: skip
    assert not any(
        known[name].nullable for name in ("CreditNoteID", "Type", "Status", "Contact", "LineItems")
    )


def test_lines_of_credit_notes_are_those_of_invoices_without_discounts() -> None:
    lines = {name: SCHEMAS[name].fields["LineItems"].type.of for name in ("invoices", "credit_notes")}
    assert lines["invoices"] is not None
    assert lines["credit_notes"] is not None
    theirs, ours = lines["invoices"].fields, lines["credit_notes"].fields
    assert set(theirs) - set(ours) == {"DiscountRate", "DiscountAmount"}
    # The same types: one shape of a pack can make lines for both.
    assert all(theirs[name] is field for name, field in ours.items())
    assert (LINE["Description"].type.max, LINE["AccountCode"].type.max) == (4000, 10)
    assert [TRACKING.fields[name].type.max for name in ("Name", "Option")] == [100, 100]


@pytest.mark.parametrize(
    ("stream", "name", "most"),
    [
        ("invoices", "InvoiceNumber", 255), ("invoices", "Reference", 255), ("contacts", "Name", 255),
        ("contacts", "ContactNumber", 50), ("contacts", "AccountNumber", 50),
        ("contacts", "EmailAddress", 255), ("contacts", "TaxNumber", 50), ("contacts", "CompanyNumber", 50),
        ("accounts", "Code", 10), ("accounts", "Name", 150), ("tracking", "Name", 100),
        ("tracking", "Option", 100),
    ],
)  # fmt: skip
def test_stated_lengths_are_in_the_schemas(stream: str, name: str, most: int) -> None:
    assert SCHEMAS[stream].fields[name].type.max == most


def test_read_only_members_of_invoices_and_payments_are_all_there() -> None:
    computed = {
        "SubTotal", "TotalTax", "Total", "TotalDiscount", "AmountDue", "AmountPaid", "AmountCredited",
        "FullyPaidOnDate", "IsDiscounted", "HasAttachments", "Payments", "CreditNotes", "Prepayments",
        "Overpayments", "UpdatedDateUTC", "UpdatedDateUTCString",
    }  # fmt: skip
    invoices = SCHEMAS["invoices"].fields
    assert computed <= {name for name, field in invoices.items() if not field.writable}
    assert {"Invoice", "CreditNote", "Prepayment", "Overpayment"} <= SCHEMAS["payments"].fields.keys()
    assert SCHEMAS["payments"].fields["Status"].type.values == ("AUTHORISED", "DELETED")


def test_who_a_customer_is_is_marked_as_personal() -> None:
    marked = {path for path, field, _ in all_fields() if field.personal}
    assert {
        f"contacts.{name}" for name in ("Name", "EmailAddress", "TaxNumber", "BankAccountDetails")
    } <= marked
    assert {"contacts.Addresses.AddressLine1", "contacts.Phones.PhoneNumber"} <= marked
    assert {f"{name}.Contact.Name" for name in ("invoices", "credit_notes")} <= marked
    kept = ("ID", "Status", "Type", "AccountCode", "InvoiceNumber", "CreditNoteNumber", "Reference")
    assert not [path for path in marked if path.endswith(kept)]
