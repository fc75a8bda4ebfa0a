"""Invoices in the state file, and invoices as Xero shows them (API-FACTS 8, "A whole answer")."""

import sqlite3

from connectors.xero.sandbox.dates import wire_day, wire_day_text, wire_moment, wire_moment_text
from connectors.xero.sandbox.money import rounded
from connectors.xero.sandbox.state import remember, remembered
from connectors.xero.sandbox.wire import Json, dumps, loads


def by_id(tx: sqlite3.Connection, invoice_id: str) -> Json | None:
    return _one(tx, "id = ?", invoice_id.lower())


def by_number(tx: sqlite3.Connection, number: str) -> Json | None:
    """The sales invoice of that number, voided and deleted ones included: a number is given once."""
    return _one(tx, "number_key = ? AND type = 'ACCREC'", number.casefold())


def _one(tx: sqlite3.Connection, condition: str, value: str) -> Json | None:
    row = tx.execute(f"SELECT document FROM invoices WHERE {condition}", (value,)).fetchone()
    return None if row is None else loads(row["document"])


def next_number(tx: sqlite3.Connection) -> str:
    """The next free number of the organisation's sequence."""
    at = int(remembered(tx, "next_invoice_number") or "1")
    while by_number(tx, f"INV-{at:04d}") is not None:
        at += 1
    remember(tx, "next_invoice_number", str(at + 1))
    return f"INV-{at:04d}"


def save(tx: sqlite3.Connection, record: Json) -> None:
    number = record.get("InvoiceNumber")
    tx.execute(
        "INSERT OR REPLACE INTO invoices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            record["InvoiceID"],
            record["Type"],
            number,
            number and number.casefold(),
            record.get("Reference"),
            record["ContactID"],
            record["Status"],
            record["Date"],
            record.get("DueDate"),
            str(record["AmountDue"]),
            str(record["AmountPaid"]),
            record["client_id"],
            record["updated_ms"],
            dumps(record),
        ),
    )


def shown(record: Json, contact: Json, places: int, *, lines: bool = True) -> Json:
    """An invoice as the answer to a write carries it."""
    answer: Json = {"Type": record["Type"], "InvoiceID": record["InvoiceID"]}
    _copy(record, answer, "InvoiceNumber", "Reference")
    answer["Prepayments"] = []
    answer["Overpayments"] = []
    for name in ("AmountDue", "AmountPaid", "SentToContact", "CurrencyRate"):
        answer[name] = record[name]
    answer["HasErrors"] = False
    answer["IsDiscounted"] = record["IsDiscounted"]
    _copy(record, answer, "Url")
    if record["IsDiscounted"]:
        answer["TotalDiscount"] = record["TotalDiscount"]
    answer["InvoicePaymentServices"] = []
    answer["Contact"] = contact
    for name in ("Date", "DueDate"):
        if name in record:
            answer[f"{name}String"] = wire_day_text(record[name])
            answer[name] = wire_day(record[name])
    for name in ("ExpectedPaymentDate", "PlannedPaymentDate"):
        if name in record:
            answer[name] = wire_day(record[name])
    for name in ("BrandingThemeID", "Status", "LineAmountTypes"):
        answer[name] = record[name]
    if lines:
        answer["LineItems"] = [_line(line, places) for line in record["LineItems"]]
    for name in ("SubTotal", "TotalTax", "Total"):
        answer[name] = record[name]
    answer["UpdatedDateUTC"] = wire_moment(record["updated_ms"])
    answer["UpdatedDateUTCString"] = wire_moment_text(record["updated_ms"])
    answer["CurrencyCode"] = record["CurrencyCode"]
    if "FullyPaidOnDate" in record:
        answer["FullyPaidOnDate"] = wire_day(record["FullyPaidOnDate"])
    return answer


def reading_adds(tx: sqlite3.Connection, record: Json) -> Json:
    """What a read carries beyond the answer to a write."""
    sql = (
        "SELECT document FROM payments WHERE invoice_id = ? AND status = 'AUTHORISED' ORDER BY updated_ms, id"
    )
    payments = [_payment(loads(row["document"])) for row in tx.execute(sql, (record["InvoiceID"],))]
    added: Json = {"Payments": payments} if payments else {}
    return {
        **added,
        "CreditNotes": [],
        "AmountCredited": record["AmountCredited"],
        "HasAttachments": False,
        "Attachments": [],
    }


def _payment(payment: Json) -> Json:
    stub: Json = {
        "PaymentID": payment["PaymentID"],
        "Date": wire_day(payment["Date"]),
        "Amount": payment["Amount"],
    }
    _copy(payment, stub, "Reference")
    return {
        **stub,
        "CurrencyRate": payment["CurrencyRate"],
        "HasAccount": False,
        "HasValidationErrors": False,
    }


def _line(line: Json, places: int) -> Json:
    answer: Json = {}
    _copy(line, answer, "ItemCode", "Description")
    if "UnitAmount" in line:
        answer["UnitAmount"] = rounded(line["UnitAmount"], places)
    _copy(
        line,
        answer,
        "TaxType",
        "TaxAmount",
        "LineAmount",
        "AccountCode",
        "AccountID",
        "DiscountRate",
        "DiscountAmount",
    )
    answer["Tracking"] = line["Tracking"]
    _copy(line, answer, "Quantity", "LineItemID")
    answer["ValidationErrors"] = []
    return answer


def _copy(record: Json, answer: Json, *names: str) -> None:
    answer.update((name, value) for name in names if (value := record.get(name)) is not None)
