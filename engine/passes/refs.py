"""Resolve open references over the ledger's links."""

from __future__ import annotations

from typing import Any

from engine.model.payload import Payload, Ref
from engine.passes.desk import Desk
from engine.planning.refs import resolve


def resolved(desk: Desk, payload: Payload) -> dict[str, Any]:
    """The body with each reference exchanged for the target's own, where the ledger has a link for it."""
    return resolve(payload.body, lambda ref: reference(desk, ref))


def reference(desk: Desk, ref: Ref) -> dict[str, str] | None:
    """The target's own reference to a mapped record, e.g. `{"ContactID": …}`; None while it has no link."""
    link = desk.ledger.links.get(ref.mapping, ref.address)
    if link is None:
        return None
    _, stream = desk.target(desk.program(ref.mapping))
    return {stream.key: link.target.key}
