"""Record what became of a part of a batch: in the ledger, then in the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from engine.ledger import TargetTakenError
from engine.model.change import WRITES, Held, Part, Receipt
from engine.model.link import BegunBatch
from engine.model.report import ActionRow
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.held import held_row, report_held_action
from engine.passes.write.answer import differing_answer
from engine.passes.write.kept import what_was_kept
from engine.planning.decide import BEGUN

WHOLE_REQUEST = "request"  # last word of the code of a receipt from an error that does not name its record


def record_receipt(
    context: RunContext,
    flow: Flow,
    begun: BegunBatch,
    position: int,
    receipt: Receipt,
) -> None:
    """Settle one part. A target record that is linked to another source record is held, not linked twice."""
    part, verb = begun.batch.parts[position], begun.batch.verb
    if receipt.outcome == "waiting":
        context.ledger.batches.forget(begun, position)
        context.report.note_not_done(_action_row(flow, verb, part, receipt, "waiting"))
        return
    if receipt.outcome == "skipped" and flow.target.schema.actions[verb].reopens:
        context.ledger.batches.forget(begun, position)  # it stays wanted
        _report_action(context, flow, verb, part, receipt)
        return
    payload, fingerprint = context.sent.get((flow.name, part.address)), begun.fingerprints[position]
    held = differing_answer(flow, part, fingerprint, receipt, payload) if verb in WRITES else None
    kept, notes = what_was_kept(context, flow, part, receipt, held) if verb in WRITES else ({}, [])
    try:
        context.ledger.batches.settle(begun, position, receipt, held_row(held) if held else None, kept)
        context.report.add_notices(notes)
    except TargetTakenError as error:
        receipt, held = Receipt("refused", reason=str(error), code="taken"), None
        context.ledger.batches.settle(begun, position, receipt)
    if verb in WRITES:
        _report_write(context, flow, verb, part, receipt)
        if held is not None:  # the record counts as written all the same
            context.report.held[flow.name, part.address] = held
    else:
        _report_action(context, flow, verb, part, receipt)


def unnamed_by(receipts: Sequence[Receipt], positions: Sequence[int]) -> tuple[int, ...]:
    """The positions of which an error says nothing: all of them if a request for several records was refused
    without naming one as the cause, or those that it leaves in doubt.
    """
    outcomes = {receipt.outcome for receipt in receipts if _of_the_request(receipt)}
    whole = len(receipts) > 1 and outcomes == {"refused"} and all(map(_of_the_request, receipts))
    return tuple(
        position
        for position in positions
        if whole or (receipts[position].outcome == "doubt" and _of_the_request(receipts[position]))
    )


def _of_the_request(receipt: Receipt) -> bool:
    return receipt.code.rpartition(".")[2] == WHOLE_REQUEST


def _report_write(context: RunContext, flow: Flow, verb: str, part: Part, receipt: Receipt) -> None:
    report, target = context.report, flow.target.system_name
    if receipt.outcome == "done":
        # An earlier round may have held it, e.g. for want of what this round has created.
        report.held.pop((flow.name, part.address), None)
        context.written += 1
        report.flow(flow.name).note(part.address, "created" if verb == "create" else "updated")
    elif receipt.outcome == "refused":
        report.hold(Held(part.address, flow.name, receipt.code, receipt.reason, target, part.title))
    else:
        reason = (
            f"{receipt.reason or 'no usable answer'}; unknown whether it arrived, the next run checks first"
        )
        report.hold(Held(part.address, flow.name, BEGUN, reason, target, part.title))


def _report_action(context: RunContext, flow: Flow, verb: str, part: Part, receipt: Receipt) -> None:
    report = context.report
    if receipt.outcome in ("done", "skipped"):
        report.held.pop((f"{flow.name}/{verb}", part.address), None)
        if receipt.outcome == "done":
            report.note_done(verb, flow.name, part.address)
            report.note_moved(verb, receipt.amounts)
        else:
            report.note_not_done(_action_row(flow, verb, part, receipt, "skipped"))
        if receipt.reason:
            link = context.ledger.links.get(flow.name, part.address)
            name = flow.target.both_titles(link) if link is not None else part.title or str(part.address)
            report.add_notices([f"{name}: {verb}: {receipt.reason}"])
        return
    code, reason = receipt.code, receipt.reason
    if receipt.outcome == "doubt":
        code, reason = BEGUN, f"{reason or 'no usable answer'}; the next run checks whether it was sent"
    held = Held(part.address, flow.name, code, reason, flow.target.system_name, part.title)
    report_held_action(context, held, verb)


def _action_row(
    flow: Flow, verb: str, part: Part, receipt: Receipt, outcome: Literal["waiting", "skipped"]
) -> ActionRow:
    return ActionRow(verb, part.address, flow.name, outcome, receipt.code, receipt.reason, part.title)
