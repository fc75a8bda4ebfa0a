"""Resolve open references through the ledger's links."""

from __future__ import annotations

from typing import Any

from engine.model.payload import Payload, Ref
from engine.passes.context import RunContext
from engine.planning.refs import resolve


def resolved(context: RunContext, payload: Payload) -> dict[str, Any]:
    """The body with each reference replaced by the target's own, if the ledger has a link for it."""
    return resolve(payload.body, lambda ref: reference(context, ref))


def reference(context: RunContext, ref: Ref) -> dict[str, str] | None:
    """The target's own reference to a mapped record, e.g. `{"ContactID": …}`; None while it has no link."""
    move = context.moves.get((ref.mapping, ref.address))
    link = context.ledger.links.get(ref.mapping, ref.address)
    if link is None:
        return None
    key = move.heir.address.key if move is not None else link.referred
    return {context.flow(ref.mapping).target.schema.key: key}
