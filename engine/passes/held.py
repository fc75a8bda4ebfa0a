"""The held queue: records that wait for a person, in the ledger and in the report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from engine.model.address import Address
from engine.model.change import Held
from engine.model.link import WRITE, HeldRow
from engine.model.report import ActionRow
from engine.passes.context import RunContext
from engine.planning.decide import ASKS_A_PERSON, BEGUN


def held_rows(context: RunContext, mapping: str, verb: str = WRITE) -> dict[Address, HeldRow]:
    return {row.address: row for row in context.ledger.held.rows(mapping) if row.verb == verb}


def hold(context: RunContext, records: Iterable[Held], verb: str = WRITE) -> None:
    """Hold records, for one verb, in the ledger and in the report."""
    rows: dict[str, dict[Address, HeldRow]] = {}
    for held in records:
        if held.mapping not in rows:
            rows[held.mapping] = held_rows(context, held.mapping, verb)
        # A begun write is held in the report alone: the ledger has the open batch.
        if held.code != BEGUN:
            _save(context, held, rows[held.mapping].get(held.address), verb)
        if verb == WRITE:
            context.report.hold(held)
        else:
            report_held_action(context, held, verb)


def report_held_action(context: RunContext, held: Held, verb: str) -> None:
    """Report an action as held. Its record is in order, so the flow's counts do not change."""
    reason = f"{verb}: {held.reason}"
    context.report.held[f"{held.mapping}/{verb}", held.address] = replace(held, reason=reason)
    context.report.note_not_done(
        ActionRow(verb, held.address, held.mapping, "held", held.code, held.reason, held.title)
    )


def _save(context: RunContext, held: Held, before: HeldRow | None, verb: str) -> None:
    same_cause = before is not None and (before.code, before.reason, before.where) == (
        held.code,
        held.reason,
        held.where,
    )
    if before is not None and same_cause and held.fingerprint in ("", before.fingerprint):
        return  # keeps the fingerprint that the target refused, so that the same payload is not sent again
    context.ledger.held.save(held_row(held, verb))


def held_row(held: Held, verb: str = WRITE) -> HeldRow:
    """The row of the held queue, held since now."""
    return HeldRow(
        held.mapping,
        held.address,
        held.code,
        held.reason,
        held.where,
        held.fingerprint,
        datetime.now(UTC),
        held.title,
        verb,
    )


def release(context: RunContext, mapping: str, addresses: Iterable[Address]) -> None:
    """Release records that are in order by now, or not wanted any more.

    What is in doubt stays held: it may exist at the target, whatever the source says by now. So does what the
    target made something else of.
    """
    rows = held_rows(context, mapping)
    for address in addresses:
        row = rows.get(address)
        if row is not None and row.code in ASKS_A_PERSON:
            continue
        context.report.held.pop((mapping, address), None)  # an earlier round may have held it
        if row is not None:
            context.ledger.held.release(mapping, address)
