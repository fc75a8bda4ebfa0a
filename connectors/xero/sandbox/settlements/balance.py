"""What payments and allocations do to the documents they settle (connectors/xero/API.md, 9 and 12)."""

from decimal import Decimal

from connectors.xero.sandbox.documents import store
from connectors.xero.sandbox.documents.kinds import Kind
from connectors.xero.sandbox.protocol.call import Call
from connectors.xero.sandbox.protocol.wire import Json

_DAYS = """
    SELECT date FROM payments WHERE document_id = :id AND status = 'AUTHORISED'
    UNION SELECT date FROM allocations WHERE :id IN (invoice_id, credit_id)
"""


def settle(call: Call, kind: Kind, record: Json, name: str, amount: Decimal) -> None:
    """Apply to a document what was saved or removed; `amount` is negative for a removal. `name` is the
    sum that it counts to, one of `kind.settled`."""
    left = record[kind.open] - amount
    changed: Json = {**record, name: record[name] + amount, kind.open: left, "updated_ms": call.now_ms}
    changed["Status"] = "AUTHORISED" if left else "PAID"
    changed.pop("FullyPaidOnDate", None)
    if not left:
        rows = call.tx.execute(_DAYS, {"id": record[kind.id]})
        changed["FullyPaidOnDate"] = max(row["date"] for row in rows)
    store.save(call.tx, kind, changed)
