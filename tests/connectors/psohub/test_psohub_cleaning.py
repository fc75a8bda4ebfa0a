from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connectors.psohub import connector
from connectors.psohub.cleaning import Cleaner
from connectors.psohub.settings import FieldNames, Formats, PsohubSettings, WriteCall
from connectors.psohub.streams import STREAMS
from connectors.psohub.writing import wire_body
from engine.sdk import NotTyped, UnreadNumber, loads

CLEANER = Cleaner(Formats())


def clean(stream: str, **row: Any) -> dict[str, Any]:
    return CLEANER.values(stream, row)


@pytest.mark.parametrize("blank", ["-", " ", "", " - ", None])
def test_blank_tokens_are_absent(blank: Any) -> None:
    """(connectors/psohub/API.md, 8.11)"""
    assert clean("companies", CompanyID=7, CompanyName="A", PhoneNumber=blank, TaxNumber=blank) == {
        "id": "7",
        "name": "A",
    }


@pytest.mark.parametrize("zero", [0, "0", "-", None])
def test_zero_is_no_id_and_no_number_of_days(zero: Any) -> None:
    assert clean("projects", ProjectID=5, CompanyID=zero, DueDays=zero) == {"id": "5"}
    assert clean("invoices", InvoiceID=5, CreditedInvoiceID=zero) == {"id": "5"}


def test_project_carries_all_that_the_example_shows() -> None:
    row = {
        "Name": "Rollout", "StartDate": "2024-01-31T00:00:00.000Z", "ProjectTypeID": "13229323923272053",
        "Stage": "Execution", "ProjectNumber": "PRO-1", "ProjectManager": "-", "TotalProjectValue": 0,
        "CurrencyCode": "EUR", "ProjectID": 41939771881672249, "CompanyID": 7, "ExternalDealID": 0,
        "ProjectManagerID": 39406496739494241, "BusinessUnitID": 5,
    }  # fmt: skip
    assert clean("projects", **row) == {
        "id": "41939771881672249", "number": "PRO-1", "name": "Rollout", "company_id": "7",
        "business_unit_id": "5", "currency": "EUR", "stage": "Execution", "type_id": "13229323923272053",
        "manager_id": "39406496739494241", "start_date": date(2024, 1, 31), "total_value": Decimal(0),
    }  # fmt: skip
    row |= {
        "ProjectManager": "Ann Smit",
        "ExternalDealID": 9007199254740993,
        "TotalProjectValue": Decimal("1250.50"),
    }
    found = clean("projects", **row)
    assert (found["manager"], found["external_deal_id"]) == ("Ann Smit", "9007199254740993")
    assert found["total_value"] == Decimal("1250.50")


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e-99999", "9" * 5000])
def test_a_number_beyond_reading_is_the_problem_of_its_field_only(number: str) -> None:
    row = {"InvoiceID": 7, "TotalAmountExVAT": UnreadNumber(number), "InvoiceNumber": "INV-7"}
    cleaned = CLEANER.clean("invoices", row)
    assert (cleaned.values["id"], cleaned.values["number"]) == ("7", "INV-7")
    assert [*cleaned.problems] == ["total_ex_vat"]
    assert "which cannot be processed" in cleaned.problems["total_ex_vat"]
    assert "id" in CLEANER.clean("invoices", {"InvoiceID": UnreadNumber(number)}).problems


@pytest.mark.parametrize("odd", [True, Decimal("1.5"), [1], {}])
def test_id_that_is_none_names_no_row(odd: Any) -> None:
    assert CLEANER.key("invoices", {"InvoiceID": odd}) == ""


@pytest.mark.parametrize(
    ("raw", "text"), [(0, None), ("0", None), ("-", None), (17, "17"), ("INV-7", "INV-7")]
)
def test_external_id_may_be_a_number_and_zero_is_none(raw: Any, text: str | None) -> None:
    assert clean("invoices", ExternalID=raw).get("external_id") == text


def test_zero_is_an_amount() -> None:
    assert clean("lines", VATAmount=0, Quantity="0") == {"vat_amount": Decimal(0), "quantity": Decimal(0)}


@pytest.mark.parametrize("raw", ["41939771881672249", '"41939771881672249"', "41939771881672249.0"])
def test_ids_are_exact_text_beyond_what_a_float_holds(raw: str) -> None:
    assert clean("invoices", InvoiceID=loads(raw))["id"] == "41939771881672249"


def test_text_is_trimmed_and_status_is_lower_case() -> None:
    found = clean(
        "invoices",
        InvoiceID=1,
        InvoiceStatus=" Draft ",
        InvoiceLines=[{"LineNumber": "10.002 ", "GLAccount": "Consulting revenue ", "LineName": "Kürzung"}],
    )
    assert found["status"] == "draft"
    assert found["lines"] == [{"number": "10.002", "gl_account": "Consulting revenue", "name": "Kürzung"}]


@pytest.mark.parametrize("stream", ["invoices", "projects"])
def test_currency_codes_are_in_capital_letters(stream: str) -> None:
    name = {"invoices": "InvoiceCurrencyCode", "projects": "CurrencyCode"}[stream]
    assert clean(stream, **{name: " eur "})["currency"] == "EUR"


def test_dates_keep_their_day() -> None:
    found = clean("invoices", InvoiceID=1, InvoiceDate="2026-03-31T00:00:00.000Z", InvoiceDueDate="-")
    assert found == {"id": "1", "date": date(2026, 3, 31)}


@pytest.mark.parametrize("name", ["PhoneNumber", "Phonenumber", "phonenumber", "PHONENUMBER"])
def test_names_are_found_in_any_case(name: str) -> None:
    assert clean("contacts", ContactID=1, **{name: "+31 20"})["phone"] == "+31 20"
    assert clean("companies", CompanyID=1, **{name: "+31 20"})["phone"] == "+31 20"


def test_amounts_are_exact_and_may_be_text() -> None:
    """(connectors/psohub/API.md, 8.11)"""
    row = loads(
        '{"AmountExVAT": 991.73553719, "VATAmount": "208.26446281", "TotalAmount": 1200, "Quantity": 1}'
    )
    found = CLEANER.values("lines", row)
    assert found["amount_ex_vat"] + found["vat_amount"] == found["total_amount"]
    assert str(found["amount_ex_vat"]) == "991.73553719"


def test_street_is_read_under_either_name() -> None:
    assert clean("companies", CompanyID=1, Address="A 1")["street"] == "A 1"
    assert clean("companies", CompanyID=1, Address="-", Street="B 2")["street"] == "B 2"


def test_document_is_only_kept_where_it_is_asked_for() -> None:
    row = {"InvoiceID": 1, "InvoicePDF": "JVBERi0="}
    assert CLEANER.values("invoices", row) == {"id": "1"}
    assert CLEANER.values("invoices", row, pdf=True) == {"id": "1", "pdf": "JVBERi0="}


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ({"InvoiceLines": [{}, {"Quantity": "many"}]}, r"lines.quantity: line 2: expected a number"),
        ({"TotalAmountExVAT": "1.234,50"}, "total_ex_vat"),
        ({"InvoiceDate": "soon"}, "date"),
        ({"InvoiceLines": {"a": 1}}, "lines"),
    ],
)
def test_what_does_not_fit_names_its_place(row: dict[str, Any], place: str) -> None:
    with pytest.raises(NotTyped, match=place):
        clean("invoices", InvoiceID=1, **row)


def test_names_and_calls_are_settings() -> None:
    settings = PsohubSettings.model_validate(
        {
            "access_token": "x",
            "fields": {"lines": {"quantity": "Units", "unit_price": ["Rate", "Price"]}},
            "calls": {"write": {"path": "invoices", "id_as": "text", "status_as": "lower"}},
        }
    )
    cleaner = Cleaner(settings)
    assert cleaner.values("lines", {"Units": 2, "Price": 3, "Quantity": 9}) == {
        "quantity": Decimal(2),
        "unit_price": Decimal(3),
    }
    assert settings.calls.write.method == "PATCH"
    with pytest.raises(ValueError, match="quantitiy"):
        PsohubSettings.model_validate({"access_token": "x", "fields": {"lines": {"quantitiy": "Q"}}})


def test_write_back_sends_what_the_mapping_gave_and_no_more() -> None:
    call = WriteCall()
    assert wire_body("41939771881672249", {"external_id": "INV-1"}, call) == {
        "InvoiceID": 41939771881672249,
        "ExternalID": "INV-1",
    }
    assert wire_body("7", {"status": "paid"}, call) == {"InvoiceID": 7, "InvoiceStatus": "Paid"}
    text = WriteCall(id_as="text", status_as="lower", id="Id")
    assert wire_body("7", {"status": "paid"}, text) == {"Id": "7", "InvoiceStatus": "paid"}


def test_every_field_has_a_name_on_the_wire_and_a_doc() -> None:
    names = FieldNames()
    for stream in STREAMS:
        known = set(type(getattr(names, stream.name)).model_fields)
        assert known == set(stream.fields) - set(stream.joins)
        assert all(field.doc for field in stream.fields.values())
    assert connector.stream("invoices") is not None


def test_who_a_customer_is_is_marked_as_personal_and_what_mappings_decide_by_is_not() -> None:
    marked = {f"{one.name}.{name}" for one in STREAMS for name, field in one.fields.items() if field.personal}
    assert {"invoices.customer_name", "invoices.contact_email", "companies.tax_number"} <= marked
    assert {"contacts.last_name", "contacts.phone", "projects.manager"} <= marked
    kept = ("id", "number", "status", "currency", "country", "stage", "reference")
    assert {one for one in marked if one.endswith(kept)} == {
        "companies.registration_number",
        "companies.tax_number",
    }, "declare the field with _texts, or list it here if it says who somebody is"
