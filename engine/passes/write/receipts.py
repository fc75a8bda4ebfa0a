"""Record what became of a part of a batch: in the ledger, then in the report."""

from __future__ import annotations

from collections.abc import Sequence

from engine.ledger import TargetTakenError
from engine.model.change import WRITES, Held, Part, Receipt
from engine.model.link import BegunBatch
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.held import report_held_action
from engine.planning.decide import BEGUN

WHOLE_REQUEST = "request"  # last word of the code of a receipt from an error that does not name its record


def record_receipt(
    context: RunContext, flow: Flow, begun: BegunBatch, position: int, receipt: Receipt
) -> None:
    """Settle one part. A target record that is linked to another source record is held, not linked twice."""
    try:
        context.ledger.batches.settle(begun, position, receipt)
    except TargetTakenError as error:
        receipt = Receipt("refused", reason=str(error), code="taken")
        context.ledger.batches.settle(begun, position, receipt)
    part, verb = begun.batch.parts[position], begun.batch.verb
    if verb in WRITES:
        _report_write(context, flow, verb, part, receipt)
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
    if receipt.outcome in ("done", "skipped"):
        context.report.held.pop((f"{flow.name}/{verb}", part.address), None)
        context.report.count_action(verb, receipt.outcome)
        if receipt.reason:
            context.report.add_notices([f"{part.title or part.address}: {verb}: {receipt.reason}"])
        return
    context.report.count_action(verb, "held")
    code, reason = receipt.code, receipt.reason
    if receipt.outcome == "doubt":
        code, reason = BEGUN, f"{reason or 'no usable answer'}; the next run checks whether it was sent"
    held = Held(part.address, flow.name, code, reason, flow.target.system_name, part.title)
    report_held_action(context, held, verb)
