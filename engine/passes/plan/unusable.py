"""Records that a source has and cannot give: held, unless the mapping would not push them anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from engine.model.address import Address
from engine.model.change import Change, Held, Skipped
from engine.model.link import HeldRow
from engine.model.record import Unusable
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.planning.decide import BEGUN, IN_DOUBT


def held_unusable(unusable: Unusable, flow: Flow) -> Held:
    """Held under its address and title; the system is what refused it."""
    address = unusable.address
    return Held(address, flow.name, unusable.code, unusable.reason, address.system, unusable.title)


def decide_unusable(
    context: RunContext, flow: Flow, records: Sequence[Unusable], rows: Mapping[Address, HeldRow]
) -> tuple[list[Change], list[Address]]:
    """The changes for records that the mapping would push, and the addresses of those that it leaves out."""
    known, begun = context.ledger.links.fingerprints(flow.name), context.unconfirmed(flow.name)
    changes: list[Change] = []
    left_out: list[Address] = []
    for unusable in records:
        address, row = unusable.address, rows.get(unusable.address)
        if address in begun:
            reason = "an earlier write is still unconfirmed; the next run checks it first"
            changes.append(Held(address, flow.name, BEGUN, reason, title=unusable.title))
        elif row is not None and row.code == IN_DOUBT:
            changes.append(Held(address, flow.name, row.code, row.reason, row.where, row.title))
        elif flow.leaves_out(unusable):
            left_out.append(address)
        elif address.key not in known and (old := _too_old(context, flow, unusable)):
            changes.append(Skipped(address, flow.name, old))
        else:
            changes.append(held_unusable(unusable, flow))
    return changes, left_out


def _too_old(context: RunContext, flow: Flow, unusable: Unusable) -> str:
    """Why a record without a link would not be created; empty if it would, or if its date is not known."""
    since, dated = context.limits.first_run_since, unusable.values.get(flow.source.schema.date or "")
    if since is not None and isinstance(dated, date) and dated < since:
        return f"older than the cut-off date {since}"
    return ""
