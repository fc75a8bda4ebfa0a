"""Begin, write, settle: how anything reaches a target. The unit is the request.

A batch is on the disk before it is sent. Requests go out side by side, as many as the connector allows; the
ledger is written from this thread alone, one commit per receipt.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace

from engine.model.change import WRITES, Batch, Part, Receipt
from engine.model.errors import InDoubtError, SignInError, SpentKeyError, SyncError, UnavailableError
from engine.model.link import WRITE, BegunBatch
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.write.failed import DOWN, FailedRequests, down, note_failure, record_answer
from engine.passes.write.work import PendingWrite, Work

log = logging.getLogger(__name__)

DECLINED = 2  # actions declined one after the other: the rest is left for a later run
GRACE = 5.0  # seconds that an interrupted run waits for answers; the next run settles the rest


@dataclass(frozen=True, slots=True)
class _Request:
    """A batch on its way."""

    begun: BegunBatch
    writes: Sequence[PendingWrite]
    number: int  # of this delivery's requests


class Delivery:
    """One verb for many records of a flow, carried out request by request."""

    def __init__(self, context: RunContext, flow: Flow, verb: str) -> None:
        self._context, self._flow, self._verb = context, flow, verb
        system = flow.target.system
        self._send = system.target.write if verb in WRITES else system.actions.act
        self._in_flight: dict[Future[Sequence[Receipt]], _Request] = {}
        self._failed: list[_Request] = []  # to be looked up as soon as nothing is on its way
        self._failures = 0  # requests that failed since the last that was accepted
        self._begun = self._last_done = 0  # requests so far; the number of the last that was done
        self.declined: list[tuple[Part, Receipt, int]] = []  # `waiting`, after so many requests had begun

    def deliver(self, writes: Sequence[PendingWrite]) -> None:
        """Send them; receipts are recorded in the order in which they arrive.

        Raises what stopped it (UnavailableError, InDoubtError, SignInError) after every request that was
        already on its way has come back and has been settled.
        """
        kind = WRITE if self._verb in WRITES else self._verb
        earlier = self._context.ledger.failures.all(self._flow.name, kind)
        work = Work(writes, earlier, self._flow.target.schema, self._verb)
        failed = FailedRequests(self._context, self._flow, self._verb, work)
        try:
            self._keep_sending(work, failed)
        except SyncError:
            failed.close(finished=False)
            raise
        except KeyboardInterrupt:
            self._await_answers()
            raise
        except BaseException:
            wait(self._in_flight)  # nothing may still be on its way when the caller goes on
            raise
        failed.close(finished=True)

    def _keep_sending(self, work: Work, failed: FailedRequests) -> None:
        """Keep as many requests on their way as the connector allows, each begun just before it is sent."""
        stopped: SyncError | None = None
        alone = False
        while True:
            try:
                while stopped is None and not self._pauses() and len(self._in_flight) < self._room():
                    batch = work.next(self._failures, alone=alone)
                    if batch is None:
                        break
                    self._begin(batch)
                if self._failed and not self._in_flight and stopped is None:
                    alone = len(self._failed[-1].writes) == 1
                    self._work_off(failed)
                    continue
            except SyncError as error:
                stopped = error
            if not self._in_flight:
                break
            done, _ = wait(self._in_flight, return_when=FIRST_COMPLETED)
            for future in done:
                error_ = self._receive(future)
                stopped = stopped or error_
        if stopped is not None:
            raise stopped

    def _pauses(self) -> bool:
        """Whether nothing more is to be begun: a failure is looked up first; and what was declined again and
        again, with nothing done meanwhile, is not requested for the rest.
        """
        recent = [begun for _, _, begun in self.declined if begun >= self._last_done]
        return bool(self._failed) or len(recent) >= DECLINED

    def passing(self) -> list[tuple[Part, Receipt]]:
        """What was declined for a reason that may pass: nothing that was requested later was done."""
        return [(part, receipt) for part, receipt, begun in self.declined if begun >= self._last_done]

    def lasting(self) -> list[tuple[Part, Receipt]]:
        """What was declined although others, requested later, were done: the reason is its own."""
        return [(part, receipt) for part, receipt, begun in self.declined if begun < self._last_done]

    def _room(self) -> int:
        """One request at a time while none is accepted, and where one depends on the one before."""
        action = self._flow.target.schema.actions.get(self._verb)
        alone = self._failures or (action is not None and action.in_turn)
        return 1 if alone else max(1, self._flow.target.connector.in_flight)

    def _work_off(self, failed: FailedRequests) -> None:
        while self._failed:
            request = self._failed[0]
            failed.work_off(request.begun, request.writes)
            del self._failed[0]
            if self._verb not in WRITES and self._failures >= DOWN:
                raise down(self._flow, request.begun)

    def _begin(self, writes: Sequence[PendingWrite]) -> None:
        target = self._flow.target.ref
        begun = self._context.ledger.batches.begin(
            self._flow.name,
            target.system,
            target.stream,
            self._verb,
            [write.part for write in writes],
            [write.fingerprint for write in writes],
        )
        self._begun += 1
        self._in_flight[self._start(begun.batch)] = _Request(begun, writes, self._begun)

    def _start(self, batch: Batch) -> Future[Sequence[Receipt]]:
        """Send it from a daemon thread: the end of the process waits for the threads of a pool."""
        future: Future[Sequence[Receipt]] = Future()

        def send() -> None:
            try:
                future.set_result(self._send(batch))
            except BaseException as error:
                future.set_exception(error)

        threading.Thread(target=send, name=f"write {batch.id}", daemon=True).start()
        return future

    def _await_answers(self) -> None:
        """Settle what is answered within a few seconds; a second interrupt ends even that."""
        self._context.progress.stage("interrupted, waiting for answers", len(self._in_flight))
        deadline = time.monotonic() + GRACE
        while self._in_flight:
            left = max(0.0, deadline - time.monotonic())
            done, _ = wait(self._in_flight, left, return_when=FIRST_COMPLETED)
            if not done:
                return
            for future in done:
                self._receive(future)

    def _receive(self, future: Future[Sequence[Receipt]]) -> SyncError | None:
        """Settle an answered request; returns the error that stops the others."""
        request = self._in_flight.pop(future)
        begun = request.begun
        try:
            try:
                receipts = future.result()
            except SpentKeyError as error:
                log.warning("batch %s of %s failed: %s", begun.batch.id, begun.mapping, error)
                self._failures += 1
                failed = note_failure(self._context, begun, error.words, spent=True)
                self._failed.append(replace(request, begun=failed))
                return None
            except InDoubtError as error:
                note_failure(self._context, begun, error.words, spent=False)
                raise
            except (UnavailableError, SignInError):
                self._forget(begun)  # it certainly was not processed: nothing is in doubt
                raise
            self._settle(request, receipts)
        except SyncError as error:
            log.warning("batch %s of %s was not settled: %s", begun.batch.id, begun.mapping, error)
            return error
        return None

    def _settle(self, request: _Request, receipts: Sequence[Receipt]) -> None:
        step = self._context.progress.step
        for part, receipt in zip(request.begun.batch.parts, receipts, strict=True):
            if receipt.outcome == "waiting":
                self.declined.append((part, receipt, self._begun))
            elif receipt.outcome == "done":
                self._last_done = max(self._last_done, request.number)
        left = record_answer(self._context, self._flow, request.begun, receipts, step)
        if left is None:
            self._failures = 0
        else:
            self._failed.append(replace(request, begun=left))

    def _forget(self, begun: BegunBatch) -> None:
        for position in begun.open:
            self._context.ledger.batches.forget(begun, position)
