"""Idempotency-Key as Xero treats it (connectors/xero/API.md, 4)."""

from connectors.xero.sandbox.protocol.call import Call, Handler
from connectors.xero.sandbox.protocol.envelope import error
from engine.sdk.sandbox import Answer, KeyReusedError, perform, perform_once

METHODS = frozenset({"POST", "PUT", "PATCH"})
LONGEST_KEY = 128


def write(handler: Handler, call: Call, key: str | None, address: str) -> Answer:
    """Carry out a write, once per key. Must be called inside a writing transaction.

    The key belongs to the app, not to an organisation or endpoint: `address` is only compared.
    """
    if not key:
        return perform(call.tx, lambda: handler(call))
    if len(key) > LONGEST_KEY:
        return error(
            10, "ValidationException", f"Idempotency Key must not be longer than {LONGEST_KEY} characters."
        )
    try:
        return perform_once(
            call.tx,
            lambda: handler(call),
            key=f"{call.client_id}\n{key}",
            request=f"{call.method} {address}\n".encode() + call.body,
            now_ms=call.now_ms,
            keep_seconds=call.options.idempotency_seconds,
        )
    except KeyReusedError:
        return error(10, "ValidationException", f"Idempotency Key: {key} is used with a different request.")
