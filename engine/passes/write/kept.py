"""What a target stored of what was sent, by its answer: kept with the link, and reported once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.model.change import Held, Part, Receipt
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.planning.diff import differences_shown
from engine.planning.stored import stored, with_stored

SHOWN = 5  # differences in one sentence


def what_was_kept(
    context: RunContext, flow: Flow, part: Part, receipt: Receipt, held: Held | None
) -> tuple[Mapping[str, Any], list[str]]:
    """What was sent as the target stored it, and sentences about it for people.

    What it changed by itself is not an edit later. If the record is `held` because of it, a person
    has to correct it, so only the ids are kept.
    """
    who, system = part.title or str(part.address), flow.target.system_name
    notes = [f"{who}: {system} warns: {warning}" for warning in receipt.warnings]
    if receipt.outcome != "done" or not receipt.observed:
        return {}, notes
    now = stored(part.body, receipt.observed, flow.target.schema, names=held is not None)
    if now.differences:
        shown = differences_shown(now.differences, SHOWN)
        notes.append(f"{who}: {system} stored it differently by itself: {shown}")
    link = context.ledger.links.get(flow.name, part.address) if part.target_id else None
    before = link.stored if link is not None and link.target.key == part.target_id else {}
    return with_stored(before, part.body, now), notes
