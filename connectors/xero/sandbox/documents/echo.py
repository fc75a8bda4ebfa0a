"""What a refused document is answered with: the request as it was read (connectors/xero/API.md, 5.2)."""

from connectors.xero.sandbox.contacts import echo as contact_echo
from connectors.xero.sandbox.documents.kinds import Kind
from connectors.xero.sandbox.documents.shown import days, lines, sums
from connectors.xero.sandbox.protocol.call import Call
from connectors.xero.sandbox.protocol.envelope import NO_ID
from connectors.xero.sandbox.protocol.wire import Json

# Sums that a document shows, but for what is open.
_SUMS = ("SubTotal", "TotalTax", "Total", "CurrencyCode")


def refused(call: Call, kind: Kind, wanted: Json, current: Json | None) -> Json:
    """A refused document. One that exists comes with its lines, days and totals, but without its number, its
    reference and what is due: it can be told apart by its id alone.
    """
    read = _as_read(kind, wanted)
    if current is None:
        return {**read, kind.id: NO_ID}
    stored = {
        **days(current, *(name for name in kind.days if name in ("Date", "DueDate"))),
        "LineItems": lines(current, call.unit_places),
        **{name: value for name, value in sums(current).items() if name in _SUMS},
    }
    return {**stored, **read, kind.id: current[kind.id]}


def _as_read(kind: Kind, wanted: Json) -> Json:
    plain = (*kind.texts, "Type", "Status", "LineAmountTypes", "CurrencyRate", "Total", "SentToContact")
    read: Json = {name: wanted[name] for name in plain if name in wanted}
    read.update(days(wanted, *kind.days))
    if "Contact" in wanted:
        read["Contact"] = {**contact_echo.as_read(wanted["Contact"]), "ValidationErrors": []}
    if "LineItems" in wanted:
        read["LineItems"] = [_line(line) for line in wanted["LineItems"]]
    return read


def _line(line: Json) -> Json:
    tracking = [
        {**{name: value for name, value in part.items() if value is not None}, "ValidationErrors": []}
        for part in line.get("Tracking", [])
    ]
    return {**line, "Tracking": tracking, "ValidationErrors": []}
