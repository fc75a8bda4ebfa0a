"""Idempotency-Key (API-FACTS 4): the first answer is kept with the effect, in the same transaction.

So a process killed at any moment leaves both or neither, and a repeated request never finds an effect without
its answer.
"""

import hashlib

from connectors.xero.sandbox.call import Answer, Call, Handler, Refused
from connectors.xero.sandbox.envelope import error

METHODS = frozenset({"POST", "PUT", "PATCH"})
LONGEST_KEY = 128


def perform(handler: Handler, call: Call, key: str | None, address: str) -> Answer:
    """Run a write once per key. Must be called inside a writing transaction.

    The key belongs to the app, not to an organisation or endpoint: `address` is only compared.
    """
    if not key:
        return _run(handler, call)
    if len(key) > LONGEST_KEY:
        return error(
            10, "ValidationException", f"Idempotency Key must not be longer than {LONGEST_KEY} characters."
        )
    request = hashlib.sha256(f"{call.method} {address}\n".encode() + call.body).hexdigest()
    kept = f"{call.client_id}\n{key}"
    oldest = call.now_ms - int(call.options.idempotency_seconds * 1000)
    call.tx.execute("DELETE FROM answers WHERE at_ms <= ?", (oldest,))
    row = call.tx.execute("SELECT * FROM answers WHERE key = ?", (kept,)).fetchone()
    if row is None:
        first = _run(handler, call)
        values = (kept, request, call.now_ms, first.status, first.content_type, first.body)
        call.tx.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?)", values)
        return first
    if row["request"] != request:
        return error(10, "ValidationException", f"Idempotency Key: {key} is used with a different request.")
    return Answer(row["status"], row["body"], row["content_type"])


def _run(handler: Handler, call: Call) -> Answer:
    """A refused request leaves nothing behind; its answer is kept like any other."""
    call.tx.execute("SAVEPOINT request")
    try:
        answer = handler(call)
    except Refused as refusal:
        call.tx.execute("ROLLBACK TO request")
        answer = refusal.answer
    call.tx.execute("RELEASE request")
    return answer


def read(handler: Handler, call: Call) -> Answer:
    try:
        return handler(call)
    except Refused as refusal:
        return refusal.answer
