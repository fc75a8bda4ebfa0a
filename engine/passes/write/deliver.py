"""Begin, write, settle: how anything reaches a target. The unit is the request.

A batch is on the disk before it is sent. Requests go out side by side, as many as the connector allows; the
ledger is written from this thread alone, one commit per receipt.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass

from engine.model.change import WRITES, Batch, Part, Receipt
from engine.model.errors import InDoubtError, SignInError, SyncError, UnavailableError
from engine.model.link import BegunBatch
from engine.model.schema import Stream
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.write.receipts import record_receipt, refused_as_a_whole
from engine.sdk.wire import dumps

log = logging.getLogger(__name__)

GRACE = 5.0  # seconds that an interrupted run waits for answers; the next run settles the rest


@dataclass(frozen=True, slots=True)
class PendingWrite:
    """One record to be sent: its part of a batch, and the fingerprint that the ledger is to keep."""

    part: Part
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class _Request:
    """A batch on its way."""

    begun: BegunBatch
    writes: Sequence[PendingWrite]


class Delivery:
    """One verb for many records of a flow, carried out request by request."""

    def __init__(self, context: RunContext, flow: Flow, verb: str) -> None:
        self._context, self._flow, self._verb = context, flow, verb
        system = flow.target.system
        self._send = system.target.write if verb in WRITES else system.actions.act
        self._in_flight: dict[Future[Sequence[Receipt]], _Request] = {}
        self._to_resend: list[PendingWrite] = []  # one by one

    def deliver(self, writes: Sequence[PendingWrite]) -> None:
        """Send them; receipts are recorded in the order in which they arrive.

        Raises what stopped it (UnavailableError, InDoubtError, SignInError) after every request that was
        already on its way has come back and has been settled.
        """
        self._send_all(in_batches(writes, self._flow.target.schema, self._verb))
        if self._to_resend:
            self._send_all([write] for write in self._to_resend)

    def _send_all(self, batches: Iterable[Sequence[PendingWrite]]) -> None:
        try:
            self._keep_sending(iter(batches))
        except KeyboardInterrupt:
            self._await_answers()
            raise
        except BaseException:
            wait(self._in_flight)  # nothing may still be on its way when the caller goes on
            raise

    def _keep_sending(self, batches: Iterator[Sequence[PendingWrite]]) -> None:
        """Keep as many requests on their way as the connector allows, each begun just before it is sent."""
        room = max(1, self._flow.target.connector.in_flight)
        stopped: SyncError | None = None
        while True:
            try:
                while stopped is None and len(self._in_flight) < room and (batch := next(batches, None)):
                    self._begin(batch)
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
        self._in_flight[self._start(begun.batch)] = _Request(begun, writes)

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
        try:
            try:
                receipts = future.result()
            except InDoubtError:
                raise
            except (UnavailableError, SignInError):
                self._forget(request.begun)  # it certainly was not processed: nothing is in doubt
                raise
            self._settle(request, receipts)
        except SyncError as error:
            begun = request.begun
            log.warning("batch %s of %s was not settled: %s", begun.batch.id, begun.mapping, error)
            return error
        return None

    def _settle(self, request: _Request, receipts: Sequence[Receipt]) -> None:
        if refused_as_a_whole(receipts):
            self._forget(request.begun)
            self._to_resend.extend(request.writes)
            return
        for position, receipt in enumerate(receipts):
            record_receipt(self._context, self._flow, request.begun, position, receipt)
            self._context.progress.step()

    def _forget(self, begun: BegunBatch) -> None:
        for position in begun.open:
            self._context.ledger.batches.forget(begun, position)


def in_batches(writes: Sequence[PendingWrite], stream: Stream, verb: str) -> Iterator[Sequence[PendingWrite]]:
    """As many records to a request as the stream takes, by number and by size; one for an action."""
    limit = stream.batch_size if verb in WRITES else 1
    batch: list[PendingWrite] = []
    size = 0
    for write in writes:
        write_size = len(dumps(write.part.body).encode())
        if batch and (len(batch) >= limit or size + write_size > stream.batch_bytes):
            yield batch
            batch, size = [], 0
        batch.append(write)
        size += write_size
    if batch:
        yield batch
