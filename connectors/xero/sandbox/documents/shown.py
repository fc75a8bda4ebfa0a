"""What all kinds of documents show in the same way (connectors/xero/API.md, 8.3)."""

import sqlite3

from connectors.xero.sandbox.books.money import rounded
from connectors.xero.sandbox.protocol.dates import wire_day, wire_day_text, wire_moment, wire_moment_text
from connectors.xero.sandbox.protocol.wire import Json
from engine.sdk import loads

_AMOUNTS = (
    "TaxType", "TaxAmount", "LineAmount", "AccountCode", "AccountID", "DiscountRate", "DiscountAmount",
)  # fmt: skip


def copied(record: Json, *names: str) -> Json:
    """Those of the members that are there."""
    return {name: value for name in names if (value := record.get(name)) is not None}


def days(record: Json, *names: str) -> Json:
    shown: Json = {}
    for name in names:
        if name in record:
            shown[f"{name}String"] = wire_day_text(record[name])
            shown[name] = wire_day(record[name])
    return shown


def lines(record: Json, places: int) -> list[Json]:
    return [_line(line, places) for line in record["LineItems"]]


def _line(line: Json, places: int) -> Json:
    shown = copied(line, "ItemCode", "Description")
    if "UnitAmount" in line:
        shown["UnitAmount"] = rounded(line["UnitAmount"], places)
    shown.update(copied(line, *_AMOUNTS))
    shown["Tracking"] = line["Tracking"]
    shown.update(copied(line, "Quantity", "LineItemID"))
    shown["ValidationErrors"] = []
    return shown


def sums(record: Json) -> Json:
    """What ends every document: its totals, when it changed, its currency."""
    shown: Json = {name: record[name] for name in ("SubTotal", "TotalTax", "Total")}
    shown["UpdatedDateUTC"] = wire_moment(record["updated_ms"])
    shown["UpdatedDateUTCString"] = wire_moment_text(record["updated_ms"])
    shown["CurrencyCode"] = record["CurrencyCode"]
    if "FullyPaidOnDate" in record:
        shown["FullyPaidOnDate"] = wire_day(record["FullyPaidOnDate"])
    return shown


def payments(tx: sqlite3.Connection, document_id: str) -> list[Json]:
    """A document's payments, in brief."""
    sql = (
        "SELECT document FROM payments WHERE document_id = ? AND status = 'AUTHORISED' "
        "ORDER BY updated_ms, id"
    )
    return [_payment(loads(row["document"])) for row in tx.execute(sql, (document_id,))]


def _payment(payment: Json) -> Json:
    return {
        "PaymentID": payment["PaymentID"],
        "Date": wire_day(payment["Date"]),
        "Amount": payment["Amount"],
        **copied(payment, "Reference"),
        "CurrencyRate": payment["CurrencyRate"],
        "HasAccount": False,
        "HasValidationErrors": False,
    }
