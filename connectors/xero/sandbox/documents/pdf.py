"""A document on one page, for a read that accepts `application/pdf` (connectors/xero/API.md, 8.1)."""

from connectors.xero.sandbox.documents import store
from connectors.xero.sandbox.documents.kinds import Kind
from connectors.xero.sandbox.protocol.call import NO_SUCH_RECORD, Call, Handler
from engine.sdk.sandbox import Answer, tiny_pdf


def printer(kind: Kind) -> Handler:
    def printed(call: Call) -> Answer:
        record = store.find(call.tx, kind, call.key)
        if record is None:
            return NO_SUCH_RECORD
        title = f"{kind.title} {record.get(kind.number, '')}".strip()
        page = tiny_pdf(f"{title}, {record['Date']}, {record['Total']} {record['CurrencyCode']}")
        return Answer(200, page + b"\n", "application/pdf")

    return printed
