"""A list whose pages are shorter than those asked for is read to its end."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.cases.harness import Case, opened

CASE = "11-smaller-pages"
COMPANY = 14073748838924991


def psohub_invoice(at: int) -> dict[str, Any]:
    return {
        "InvoiceID": 41939771881672300 + at,
        "InvoiceNumber": f"INV-2026-{at:04}",
        "InvoiceName": f"Invoice {at}",
        "InvoiceStatus": "Sent",
        "InvoiceDate": "2026-09-14T00:00:00.000Z",
        "InvoiceDueDate": "2026-09-28T00:00:00.000Z",
        "CustomerID": COMPANY,
        "CustomerName": "Customer 1 Ltd",
        "InvoiceCurrencyCode": "NZD",
        "TotalAmountExVAT": Decimal("100.00"),
        "TotalAmountIncVAT": Decimal("115.00"),
        "InvoiceLines": [
            {
                "LineNumber": "10.001 ",
                "LineName": "Work",
                "Quantity": 1,
                "UnitPrice": Decimal("100.00"),
                "AmountExVAT": Decimal("100.00"),
                "VATPercentage": 15,
            }
        ],
    }


def fill(case: Case) -> None:
    """140 invoices in Xero; those of PSOhub's sixty are spread over both pages."""
    company = {"CompanyID": COMPANY, "CompanyName": "Customer 1 Ltd"}
    case.systems.load({"companies": [company], "invoices": [psohub_invoice(at) for at in range(1, 61)]})
    for at in range(140):
        number = f"INV-2026-{at // 2 + 1:04}" if at % 2 == 0 and at < 120 else f"OTHER-{at}"
        case.add_invoice(
            {
                "Type": "ACCREC",
                "InvoiceID": f"x{at}",
                "Reference": number,
                "Contact": {"ContactID": "c1", "Name": "Customer 1 Ltd"},
                "Date": "2026-09-14",
                "DueDate": "2026-09-28",
                "CurrencyCode": "NZD",
                "SubTotal": "100.00",
                "Total": "115.00",
            }
        )


def test_nothing_on_a_later_page_is_made_again_or_called_missing(tmp_path: Path) -> None:
    pages = {"largest_page": 100, "reports_pages": False, "minute_limit": 100_000}
    with opened(CASE, tmp_path, xero=pages, load=False) as case:
        fill(case)
        result = case.run()
        assert result.code in (0, 1)
        references = Counter(row.get("Reference") for row in case.systems.pushed())
        assert len(references) == 140
        assert set(references.values()) == {1}
        assert result.json["flows"]["invoices"]["adopted"] == 60
        reconciled = case.command("reconcile").json["reconcile"]
        assert [row for row in reconciled["rows"] if row["kind"] == "missing"] == []
