"""A document on one page, for a read that accepts `application/pdf` (connectors/xero/API.md, 8.1)."""

from collections.abc import Sequence

from connectors.xero.sandbox.documents import store
from connectors.xero.sandbox.documents.kinds import Kind
from connectors.xero.sandbox.protocol.call import NO_SUCH_RECORD, Call, Handler
from engine.sdk.sandbox import Answer


def printer(kind: Kind) -> Handler:
    def printed(call: Call) -> Answer:
        record = store.find(call.tx, kind, call.key)
        if record is None:
            return NO_SUCH_RECORD
        title = f"{kind.title} {record.get(kind.number, '')}".strip()
        total = f"{record['Total']} {record['CurrencyCode']}"
        return Answer(200, _page([title, record["Date"], total]), "application/pdf")

    return printed


def _page(lines: Sequence[str]) -> bytes:
    shown = " ".join(f"({_escaped(line)}) Tj T*" for line in lines)
    text = f"BT /F1 12 Tf 16 TL 72 770 Td {shown} ET".encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + trailer


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
