"""What all kinds of documents show in the same way (connectors/xero/API.md, 8.3)."""

import sqlite3
from typing import Literal

from connectors.xero.sandbox.books.money import rounded
from connectors.xero.sandbox.protocol.call import Call
from connectors.xero.sandbox.protocol.dates import wire_day, wire_day_text, wire_moment, wire_moment_text
from connectors.xero.sandbox.protocol.wire import Json
from engine.sdk import loads

# Which lines a document comes with: those of a read by id or of the answer to a write, those of a paged list,
# an empty list where there may be some, or no such member.
Lines = Literal["complete", "listed", "empty", "none"]
_NAMES = ("AccountCode", "AccountID")
_AMOUNTS = ("TaxType", "TaxAmount", "LineAmount", *_NAMES, "DiscountRate", "DiscountAmount")


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


def line_items(call: Call, record: Json, kind: Lines) -> Json:
    """The member `LineItems` of a document. In lists, a tracking option comes without its id."""
    if kind == "none":
        return {}
    if kind == "empty":
        return {"LineItems": []}
    if kind == "complete":
        return {"LineItems": lines(record, call.unit_places)}
    listed = [_line(line, call.unit_places) for line in record["LineItems"]]
    if call.options.strict:
        listed = [{**line, "Tracking": without_option_ids(line)} for line in listed]
    return {"LineItems": listed}


def lines(record: Json, places: int) -> list[Json]:
    return [{**_line(line, places), "ValidationErrors": []} for line in record["LineItems"]]


def without_option_ids(line: Json) -> list[Json]:
    return [
        {**{name: value for name, value in part.items() if name != "TrackingOptionID"}, "Options": []}
        for part in line["Tracking"]
    ]


def _line(line: Json, places: int) -> Json:
    shown = copied(line, "ItemCode", "Description")
    if "UnitAmount" in line:
        shown["UnitAmount"] = rounded(line["UnitAmount"], places)
    # A line of words alone has no amounts.
    shown.update(copied(line, *(_AMOUNTS if "Quantity" in line else _NAMES)))
    shown["Tracking"] = line["Tracking"]
    shown.update(copied(line, "Quantity", "LineItemID"))
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
