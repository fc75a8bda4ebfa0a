"""The documents of the sources as this run reads them: each that should be in the books, pushed or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.model.address import Address
from engine.model.drift import Control, Document
from engine.model.payload import Payload, Refusal
from engine.model.record import Record, Unusable
from engine.passes.context import RunContext, SeenDocuments
from engine.passes.flow import Flow
from engine.planning.decide import Rules, why_not_created

Mapped = Payload | tuple[Refusal, ...] | None


def start_reading(context: RunContext) -> None:
    """Each round reads the sources again: whether its reading is complete counts."""
    for seen in context.seen.values():
        seen.complete = True


def note_document(
    context: RunContext, flow: Flow, address: Address, values: Mapping[str, Any], mapped: Mapped
) -> None:
    """Remember a record that a flow has read and mapped, with the state in which its source has it."""
    seen = context.seen.setdefault(flow.source.ref, SeenDocuments())
    seen.keys.add(address.key)
    document = seen.fresh.get(address.key) or Document(
        address, flow.source.title(values), flow.source.standing(values)
    )
    standing = document.standing
    if standing is not None and not standing.currency and isinstance(mapped, Payload):
        # Its source does not state the currency: the one in which it is sent counts.
        currency = str(mapped.body.get(flow.target.schema.currency or "") or flow.target.base_currency())
        document = replace(document, standing=replace(standing, currency=currency))
    if mapped is not None:
        document = replace(document, taken={**document.taken, flow.name: _why_waiting(context, flow, mapped)})
    if isinstance(mapped, Payload):
        control = Control(mapped.totals, mapped.on_difference, mapped.tolerance)
        document = replace(document, controls={**document.controls, flow.name: control})
    seen.fresh[address.key] = document


def note_unusable(
    context: RunContext, flow: Flow, unusable: Unusable, *, left_out: bool, why: str = ""
) -> None:
    """Remember a record that cannot be used, as far as it can be read. `why`: what a push skips it for."""
    note_document(context, flow, unusable.address, unusable.values, None)
    if not left_out:
        seen = context.seen[flow.source.ref]
        document = seen.fresh[unusable.address.key]
        seen.fresh[unusable.address.key] = replace(document, taken={**document.taken, flow.name: why})


def note_dismissed(context: RunContext, flow: Flow, entry: Record | Unusable) -> None:
    """Remember a record that is left alone because a person has dismissed it."""
    mapped = flow.mapper(entry) if isinstance(entry, Record) else None
    note_document(context, flow, entry.address, entry.values, mapped)
    seen = context.seen[flow.source.ref]
    document = seen.fresh[entry.address.key]
    seen.fresh[entry.address.key] = replace(document, taken={**document.taken, flow.name: ""})


def end_reading(context: RunContext, flow: Flow, *, complete: bool) -> None:
    """The flow has read its source: completely, or without some of its records."""
    seen = context.seen.setdefault(flow.source.ref, SeenDocuments())
    seen.complete = seen.complete and complete


def save_documents(context: RunContext) -> None:
    """Save what was read so far in the ledger."""
    for seen in context.seen.values():
        context.ledger.documents.save(seen.fresh.values())
        seen.fresh.clear()


def _why_waiting(context: RunContext, flow: Flow, mapped: Mapped) -> str:
    """Why a push leaves the record where it is, if it does so on purpose."""
    if not isinstance(mapped, Payload):
        return ""  # held, with its reason in the held queue
    program, date_field = flow.program, flow.target.schema.date
    rules = Rules(program.on_change, program.create, date_field, context.limits.first_run_since)
    return why_not_created(mapped, rules)
