"""Requests that failed without naming a record: what they did is looked up, never guessed.

A system may carry out a part of a request and answer an error. So before the rest is sent again, under a new
key, each record of the request is looked up at the target. A record that fails alone while others are
accepted is the cause, and is held; while nothing is accepted, the system itself may be down. Where a run had
few records to send, they are held once each of them has failed often enough.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from engine.model.change import WRITES, Held, Receipt
from engine.model.errors import UnavailableError
from engine.model.link import WRITE, BegunBatch
from engine.passes.context import RunContext
from engine.passes.flow import Flow, OpenStream
from engine.passes.held import hold, report_held_action
from engine.passes.write.lookup import Lookup
from engine.passes.write.receipts import record_receipt, unnamed_by
from engine.passes.write.work import PendingWrite, Work

DOWN = 3  # records that fail alone, with nothing accepted meanwhile: the system is down
OFTEN = 3  # failures with one record alone after which it is held, although nothing else was accepted


def note_failure(context: RunContext, begun: BegunBatch, words: str, *, spent: bool) -> BegunBatch:
    """The batch, noted as failed in the ledger. `spent`: its key must not be used again."""
    context.ledger.failures.note(begun, words, spent=spent)
    return replace(begun, failure=words, spent=begun.spent or spent)


def record_answer(
    context: RunContext,
    flow: Flow,
    begun: BegunBatch,
    receipts: Sequence[Receipt],
    step: Callable[[], None] = lambda: None,
) -> BegunBatch | None:
    """Settle what an answer says of each record; returns what an error left unsaid, for `look_up`.

    `step` is called for each record that was settled.
    """
    unnamed = unnamed_by(receipts, begun.open)
    for position in begun.open:
        if position not in unnamed:
            record_receipt(context, flow, begun, position, receipts[position])
            step()
    if not unnamed:
        return None
    return note_failure(context, replace(begun, open=unnamed), receipts[unnamed[0]].reason, spent=True)


def look_up(context: RunContext, flow: Flow, begun: BegunBatch, target: OpenStream) -> tuple[int, ...]:
    """Settle what a request did after all. Returns the positions of what it certainly did not do, open."""
    absent = []
    for position, receipt in Lookup(context, flow, begun, target).receipts():
        if receipt is None:
            absent.append(position)
        else:
            record_receipt(context, flow, begun, position, receipt)
    return tuple(absent)


def held_alone(context: RunContext, begun: BegunBatch) -> Receipt | None:
    """Why a record whose request of its own failed is held; None while the target may just be down.

    A failure may pass: two are needed, and another record must have been accepted since the first.
    """
    part, kind = begun.batch.parts[0], _kind(begun)
    failures = context.ledger.failures.of(begun.mapping, part.address, kind)
    if failures is None or failures.count < 2:
        return None
    if not context.ledger.failures.others_accepted(begun, kind, failures.first):
        return None
    reason = f"{begun.failure} (each time this record is sent, even alone; others are accepted)"
    return Receipt("refused", part.target_id, reason, _code(context, begun))


def hold_repeated(context: RunContext) -> None:
    """Hold what fails alone run after run, though nothing else is accepted: the run had no more to send.

    Called where all is sent; with `DOWN` of them, the system may be down.
    """
    for mapping in {begun.mapping for begun in context.unexplained}:
        failing = {
            begun.batch.parts[0].address: begun
            for begun in context.unexplained
            if begun.mapping == mapping and _kind(begun) == WRITE
        }
        if len(failing) >= DOWN:
            continue
        repeated = [begun for begun in failing.values() if _often(context, begun)]
        hold(context, [_held(context, begun, _repeated(begun), kept=True) for begun in repeated])


class FailedRequests:
    """Those of one delivery, worked off one after the other while nothing else is on its way."""

    def __init__(self, context: RunContext, flow: Flow, verb: str, work: Work) -> None:
        self._context, self._flow, self._work = context, flow, work
        self._kind = WRITE if verb in WRITES else verb
        self._unexplained: list[BegunBatch] = []  # failed alone, and nothing was accepted since

    def work_off(self, begun: BegunBatch, writes: Sequence[PendingWrite]) -> None:
        """Look up one failed request; what it did not do is sent again in smaller ones.

        Raises UnavailableError if the target is down, or does not answer the look-up.
        """
        size = len(begun.batch.parts)
        absent = look_up(self._context, self._flow, begun, self._flow.target)
        if not absent:
            return
        if size == 1 and (receipt := held_alone(self._context, begun)):
            record_receipt(self._context, self._flow, begun, 0, receipt)
        elif size == 1 and self._failed_before(begun):
            self._unexplained.append(begun)
            self._raise_if_down(begun)
        else:
            for position in absent:
                self._context.ledger.batches.forget(begun, position)
            self._work.split([writes[position] for position in absent], size)

    def close(self, *, finished: bool) -> None:
        """Hold what turned out to be a cause of its own; the rest is decided again by the next run."""
        self._explain()
        for begun in self._unexplained:
            # An action has this one delivery in a run; of writes there may be more to come.
            if finished and self._kind != WRITE and _often(self._context, begun):
                receipt = Receipt("refused", None, _repeated(begun), _code(self._context, begun))
                record_receipt(self._context, self._flow, begun, 0, receipt)
                continue
            self._context.ledger.batches.forget(begun, 0)
            self._context.unexplained.append(begun)
            self._report(begun)
        self._unexplained.clear()

    def _report(self, begun: BegunBatch) -> None:
        system = self._flow.target.system_name
        reason = f"{begun.failure}; nothing else was accepted since, so {system} may be down: run again"
        held = _held(self._context, begun, reason)
        if self._kind == WRITE:
            self._context.report.hold(held)
        else:
            report_held_action(self._context, held, self._kind)

    def _failed_before(self, begun: BegunBatch) -> bool:
        address = begun.batch.parts[0].address
        failures = self._context.ledger.failures.of(begun.mapping, address, _kind(begun))
        return failures is not None and failures.count > 1

    def _explain(self) -> None:
        """Hold those after which others were accepted, also those of earlier deliveries of this run."""
        for begun in list(self._unexplained):
            if receipt := held_alone(self._context, begun):
                record_receipt(self._context, self._flow, begun, 0, receipt)
                self._unexplained.remove(begun)
        for begun in self._earlier():
            if receipt := held_alone(self._context, begun):
                held = _held(self._context, begun, receipt.reason, kept=True)
                hold(self._context, [held], self._kind)
                self._context.unexplained.remove(begun)

    def _earlier(self) -> list[BegunBatch]:
        kind = self._kind
        return [
            begun
            for begun in self._context.unexplained
            if (begun.mapping, _kind(begun)) == (self._flow.name, kind)
        ]

    def _raise_if_down(self, begun: BegunBatch) -> None:
        if self._failing() >= DOWN:
            self._explain()
        if self._failing() >= DOWN:
            raise down(self._flow, begun)

    def _failing(self) -> int:
        """Records, not requests: one may have failed in several rounds of a run."""
        return len({one.batch.parts[0].address for one in (*self._unexplained, *self._earlier())})


def down(flow: Flow, begun: BegunBatch) -> UnavailableError:
    """The error for a target that fails every request."""
    return UnavailableError(
        f"{flow.target}: every request to {begun.batch.verb} fails, even for one record alone "
        f"({begun.failure}); nothing was lost, run again"
    )


def _often(context: RunContext, begun: BegunBatch) -> bool:
    failures = context.ledger.failures.of(begun.mapping, begun.batch.parts[0].address, _kind(begun))
    return failures is not None and failures.alone >= OFTEN


def _repeated(begun: BegunBatch) -> str:
    return f"{begun.failure} ({OFTEN} times, with this record alone)"


def _held(context: RunContext, begun: BegunBatch, reason: str, *, kept: bool = False) -> Held:
    """`kept`: with the fingerprint, so that the same payload is not sent again."""
    part, system = begun.batch.parts[0], context.flow(begun.mapping).target.system_name
    fingerprint = begun.fingerprints[0] if kept else ""
    return Held(part.address, begun.mapping, _code(context, begun), reason, system, part.title, fingerprint)


def _kind(begun: BegunBatch) -> str:
    return WRITE if begun.batch.verb in WRITES else begun.batch.verb


def _code(context: RunContext, begun: BegunBatch) -> str:
    target = context.programs.mappings[begun.mapping].target
    return f"{target.system}.failed" if target else "failed"
