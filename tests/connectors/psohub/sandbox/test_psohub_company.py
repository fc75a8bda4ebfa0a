"""The company on the wire: what the engine's default run relies on, and every trap of
connectors/psohub/API.md, 3."""

import base64
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from tests.connectors.psohub.sandbox.psohub_sandbox_kit import Caller, Row, Serve

BLANK = (None, "-", " ", 0)
AMOUNTS = ("Quantity", "UnitPrice", "AmountExVAT", "VATAmount", "TotalAmount", "VATPercentage")


def lines_of(invoices: list[Row]) -> list[Row]:
    return [line for invoice in invoices for line in invoice["InvoiceLines"]]


def places(amount: int | Decimal) -> int:
    """How many decimal places an amount is written with."""
    return len(f"{Decimal(amount):f}".partition(".")[2])


def ways_of_nothing(rows: list[Row], name: str) -> set[Any]:
    """In which of the ways of connectors/psohub/API.md, 3 the rows leave `name` out."""
    return {row.get(name, "missing") for row in rows if row.get(name) in BLANK}


def test_a_company_of_64_has_a_few_drafts_and_approved_ones_too_and_half_of_the_drafts_no_number(
    invoices: list[Row],
) -> None:
    assert Counter(invoice["InvoiceStatus"] for invoice in invoices) == {
        "Sent": 64,
        "Draft": 4,
        "Approved": 3,
    }
    numbers = [invoice["InvoiceNumber"] for invoice in invoices]
    assert {"Draft", *numbers} == {"Draft", *(f"INV-2026-{n:04}" for n in range(1, 72))} - {
        f"INV-2026-{n:04}" for n, number in enumerate(numbers, 1) if number == "Draft"
    }
    assert Counter(
        row["InvoiceNumber"] == "Draft" for row in invoices if row["InvoiceStatus"] == "Draft"
    ) == {True: numbers.count("Draft"), False: 4 - numbers.count("Draft")}
    assert 0 < numbers.count("Draft") < 4


def test_what_is_added_leaves_the_rest_of_the_company_as_it_was(psohub: Caller, invoices: list[Row]) -> None:
    """The last ones depend on all numbers that were drawn for those before them."""
    company, contact, project = (
        psohub.get(stream, limit=1000)[-1] for stream in ("companies", "contacts", "projects")
    )
    last = invoices[-1]
    assert (
        (company["CompanyName"], company["City"], contact["Email"], project["ProjectNumber"]),
        (last["InvoiceDate"], last["CustomerName"], last["TotalAmountIncVAT"], len(last["InvoiceLines"])),
    ) == (
        ("Jefferson Foods Corp.", "Boston", "chloe.wright@jeffersonfoodscorp.example", "PRO-2026-37"),
        ("2026-10-26T00:00:00.000Z", "Mulder Packaging B.V.", Decimal("1122.54"), 5),
    ), "draw what is new from a `chance` of its own (company/generate.py)"


def test_no_invoice_has_an_external_id_and_nothing_is_said_in_three_ways(invoices: list[Row]) -> None:
    assert ways_of_nothing(invoices, "ExternalID") == {"-", " ", "missing"}
    assert all(invoice.get("ExternalID") in BLANK for invoice in invoices)


def test_invoices_are_numbered_by_date_and_by_id_within_2026(invoices: list[Row]) -> None:
    dates = [invoice["InvoiceDate"] for invoice in invoices]
    assert dates == sorted(dates)
    assert all(re.fullmatch(r"2026-\d\d-\d\dT00:00:00\.000Z", text) for text in dates)
    assert date(2026, 1, 5) <= date.fromisoformat(dates[0][:10])
    assert date.fromisoformat(dates[-1][:10]) <= date(2026, 10, 31)
    ids = [invoice["InvoiceID"] for invoice in invoices]
    assert ids == sorted(ids)
    assert ids[0] == 41939771881672249


def test_a_float_would_make_one_id_of_several(invoices: list[Row]) -> None:
    ids = {invoice["InvoiceID"] for invoice in invoices}
    assert len({float(number) for number in ids}) < len(ids) / 2


def test_sent_invoices_go_to_15_customers_in_three_currencies_and_stay_below_the_guard(
    sent: list[Row],
) -> None:
    assert len({invoice["CustomerID"] for invoice in sent}) == 15
    assert {invoice["InvoiceCurrencyCode"] for invoice in sent} == {"EUR", "GBP", "USD"}
    assert sum(invoice["TotalAmountIncVAT"] for invoice in sent) < 180_000
    assert all(invoice["TotalAmountIncVAT"] > 0 for invoice in sent)


def test_some_customers_have_no_invoice(psohub: Caller, invoices: list[Row]) -> None:
    companies = {company["CompanyID"] for company in psohub.get("companies", limit=100)}
    assert {invoice["CustomerID"] for invoice in invoices} < companies


def test_a_quarter_of_the_sent_invoices_have_no_email_and_the_others_have_their_contacts(
    psohub: Caller, sent: list[Row]
) -> None:
    emails = {row["ContactID"]: row.get("Email") for row in psohub.get("contacts", limit=1000)}
    mute = [invoice for invoice in sent if invoice.get("InvoiceContactEmail") in BLANK]
    assert 16 <= len(mute) <= 20
    assert ways_of_nothing(sent, "InvoiceContactEmail") == {"-", " ", "missing"}
    mute_customers = {invoice["CustomerID"] for invoice in mute}
    assert len(mute_customers) == 4
    for invoice in sent:
        if invoice["CustomerID"] in mute_customers:
            assert emails[invoice["InvoiceContactID"]] in BLANK
        else:
            assert invoice["InvoiceContactEmail"] == emails[invoice["InvoiceContactID"]]


def test_emails_are_ascii_and_end_in_example_while_names_are_not_ascii(psohub: Caller) -> None:
    contacts = psohub.get("contacts", limit=1000)
    emails = [row["Email"] for row in contacts if row.get("Email") not in BLANK]
    assert all(re.fullmatch(r"[a-z0-9]+\.[a-z0-9]+@[a-z0-9]+\.example", email) for email in emails)
    assert not all(row["FirstName"].isascii() and row["LastName"].isascii() for row in contacts)
    assert psohub.get("companies", name="müller")[0]["CompanyName"] == "Müller & Söhne GmbH"


def test_company_names_are_ones_that_xero_takes_and_none_is_there_twice(psohub: Caller) -> None:
    names = [row["CompanyName"] for row in psohub.get("companies", limit=1000)]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert name == " ".join(name.split())
        assert not set("<>") & set(name)
        assert len(name) <= 255


def test_companies_carry_addresses_and_mostly_their_numbers(psohub: Caller) -> None:
    companies = psohub.get("companies", limit=1000)
    assert {row["CountryCode"] for row in companies} == {"NL", "BE", "DE", "GB", "IE", "US"}
    for row in companies:
        assert row["CompanyID"] > 2**53
        assert all(row[name] not in BLANK for name in ("Address", "PostalCode", "City", "Country"))
        assert "Phonenumber" not in row
    for name in ("TaxNumber", "CompanyRegistrationNumber", "PhoneNumber"):
        assert sum(row.get(name) not in BLANK for row in companies) > len(companies) / 2


def test_contacts_belong_to_companies_by_text_and_spell_their_telephone_otherwise(psohub: Caller) -> None:
    companies = {str(row["CompanyID"]): row["CompanyName"] for row in psohub.get("companies", limit=1000)}
    contacts = psohub.get("contacts", limit=1000)
    per_company = Counter(row["CompanyID"] for row in contacts)
    assert per_company.keys() == companies.keys()
    assert set(per_company.values()) <= {2, 3}
    assert all(row["CompanyName"] == companies[row["CompanyID"]] for row in contacts)
    assert any("Phonenumber" in row for row in contacts)
    assert not any("PhoneNumber" in row for row in contacts)


def test_projects_have_due_days_or_say_in_several_ways_that_they_have_none(psohub: Caller) -> None:
    projects = psohub.get("projects", limit=1000)
    given = {row["DueDays"] for row in projects if row.get("DueDays") not in BLANK}
    assert given == {14, 45, 60}
    assert ways_of_nothing(projects, "DueDays") == {0, "-", "missing"}
    assert all(row["ExternalDealID"] == 0 and isinstance(row["ProjectTypeID"], str) for row in projects)
    assert set(Counter(row["CompanyID"] for row in projects).values()) <= {1, 2, 3}


def test_due_dates_are_missing_over_projects_with_and_without_due_days(
    psohub: Caller, sent: list[Row]
) -> None:
    days = {str(row["ProjectID"]): row.get("DueDays") for row in psohub.get("projects", limit=1000)}
    undated = [invoice for invoice in sent if invoice.get("InvoiceDueDate") in BLANK]
    assert 5 < len(undated) < 30
    assert {days[invoice["ProjectID"]] in BLANK for invoice in undated} == {True, False}
    for invoice in sent:
        if invoice not in undated:
            assert invoice["InvoiceDueDate"] > invoice["InvoiceDate"]


def test_lines_carry_the_guessed_names_with_exact_numbers(invoices: list[Row]) -> None:
    lines = lines_of(invoices)
    assert {len(invoice["InvoiceLines"]) for invoice in invoices} >= {1, 2, 3, 8}
    for line in lines:
        assert all(isinstance(line[name], int | Decimal) for name in AMOUNTS)
        assert re.fullmatch(r"\d+\.\d{3} ", line["LineNumber"])
        assert not set("'\"") & set(line["LineName"])
        assert line["AmountExVAT"] == line["Quantity"] * line["UnitPrice"]
        assert line["TotalAmount"] == line["AmountExVAT"] + line["VATAmount"]
        assert line["Quantity"] == 1 or places(line["UnitPrice"]) <= 4
    assert len({line["ContractLineID"] for line in lines}) == len(lines)
    assert any("\n" in line.get("LineDescription", "") for line in lines)
    assert any(places(line["AmountExVAT"]) == 8 for line in lines)
    assert any(line["AmountExVAT"] < 0 for line in lines)
    assert any(line["Quantity"] != 1 for line in lines)


def test_accounts_are_codes_or_names_or_nothing_and_at_times_end_in_a_space(invoices: list[Row]) -> None:
    accounts = {line.get("GLAccount", "missing") for line in lines_of(invoices)}
    assert {"-", " ", "missing", "0200", "210", "220", "230", "240"} <= accounts
    assert {"Consulting revenue", "Consulting revenue ", "Support & maintenance"} <= accounts


def test_taxes_follow_the_customers_country(psohub: Caller, invoices: list[Row]) -> None:
    countries = {row["CompanyID"]: row["CountryCode"] for row in psohub.get("companies", limit=1000)}
    expected = {"NL": {"21% btw", "9% btw"}, "GB": {"0% export"}, "US": {"0% export"}}
    for invoice in invoices:
        for line in invoice["InvoiceLines"]:
            assert line["TaxCategory"] in expected.get(countries[invoice["CustomerID"]], {"0% EU services"})
            assert line["TaxCategory"].startswith(f"{line['VATPercentage']}% ")
    assert {line["TaxCategory"] for line in lines_of(invoices)} >= {"9% btw", "0% EU services"}


def test_tracking_names_a_category_with_one_of_its_options_or_neither(invoices: list[Row]) -> None:
    options = {"Region": {"North", "South", "Benelux"}, "Department": {"Consulting", "Support", "Delivery"}}
    seen = set()
    for line in lines_of(invoices):
        category, option = line.get("TrackingCategory"), line.get("TrackingOption")
        assert (category in BLANK) == (option in BLANK)
        if category not in BLANK:
            assert option in options[category]
            seen.add(category)
    assert seen == options.keys()
    assert ways_of_nothing(lines_of(invoices), "TrackingOption") == {"-", " ", "missing"}


def test_base_currency_totals_drift_in_name_and_differ_for_other_currencies(invoices: list[Row]) -> None:
    for invoice in invoices:
        same = invoice["TotalAmountIncVAT"] == invoice["TotalAmountIncVATBase"]
        assert same == (invoice["InvoiceCurrencyCode"] == "EUR")
        assert "TotalAmountExVATBaseCurrency" in invoice


def test_pdfs_are_valid_and_left_out_of_large_companies(invoices: list[Row], serve: Serve) -> None:
    pdf = base64.b64decode(invoices[0]["InvoicePDF"])
    assert pdf.startswith(b"%PDF-1.4")
    table = int(pdf.split(b"startxref\n")[1].split()[0])
    assert pdf[table:].startswith(b"xref\n")
    for number, entry in enumerate(pdf[table:].split(b"\n")[3:8], start=1):
        assert pdf[int(entry[:10]) :].startswith(b"%d 0 obj" % number)
    assert serve(pdf=False).get("invoices", limit=1)[0]["InvoicePDF"] == "-"
