"""Begin, write, settle: how anything reaches a target. The unit is the request.

A batch is on disk before it is on the wire. Requests go out side by side, as many as the connector allows;
the ledger is written from this thread alone, one commit per receipt.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass

from engine.ledger import TargetTakenError
from engine.mapping import Program
from engine.model.change import Batch, Part, Receipt
from engine.model.errors import InDoubtError, SignInError, SyncError, UnavailableError
from engine.model.link import BegunBatch
from engine.model.schema import Stream
from engine.passes.desk import WRITES, Desk
from engine.sdk.wire import dumps

log = logging.getLogger(__name__)

LAST_CALL = 5.0  # seconds that an interrupted run waits for answers; what stays away is settled by the next
WHOLE_REQUEST = "request"  # the code's last word where a target refused a request without naming an element


@dataclass(frozen=True, slots=True)
class Parcel:
    """One record on its way: its share of a batch, and what the ledger is to remember of it."""

    part: Part
    fingerprint: str = ""


Send = Callable[[Batch], Sequence[Receipt]]
Settled = Callable[[Parcel, Receipt], None]
Settle = Callable[[BegunBatch, Sequence[Parcel], Sequence[Receipt]], None]
UnderWay = dict[Future[Sequence[Receipt]], tuple[BegunBatch, Sequence[Parcel]]]


def deliver(desk: Desk, program: Program, verb: str, parcels: Sequence[Parcel], settled: Settled) -> None:
    """Carry out one verb for many records; `settled` hears of every receipt, in the order of their arrival.

    Raises what stopped it (UnavailableError, InDoubtError, SignInError) after everything that was already
    on its way has come back and has been settled.
    """
    _, stream = desk.target(program)
    again: list[Parcel] = []

    def settle(begun: BegunBatch, batch: Sequence[Parcel], receipts: Sequence[Receipt]) -> None:
        if len(batch) > 1 and all(of_the_request(one) for one in receipts):
            # Refused as a whole, without a word on which element is to blame: find out one by one.
            for at in range(len(batch)):
                desk.ledger.batches.forget(begun, at)
            again.extend(batch)
            return
        for at, (parcel, receipt) in enumerate(zip(batch, receipts, strict=True)):
            settled(parcel, settle_part(desk, begun, at, receipt))

    _in_flight(desk, program, verb, _batches(parcels, stream, verb), settle)
    if again:
        _in_flight(desk, program, verb, ([one] for one in again), settle)


def _in_flight(
    desk: Desk, program: Program, verb: str, batches: Iterable[Sequence[Parcel]], settle: Settle
) -> None:
    """Keep as many requests under way as the connector allows, each begun just before it goes out."""
    under_way: UnderWay = {}
    try:
        _send_all(desk, program, verb, iter(batches), settle, under_way)
    except KeyboardInterrupt:
        _last_call(desk, under_way, settle)
        raise
    except BaseException:
        wait(under_way)  # nothing is written behind the back of whoever comes next
        raise


def _send_all(
    desk: Desk,
    program: Program,
    verb: str,
    waiting: Iterator[Sequence[Parcel]],
    settle: Settle,
    under_way: UnderWay,
) -> None:
    system, stream = desk.target(program)
    target = desk.target_name(program)
    send = system.target.write if verb in WRITES else system.actions.act
    room = max(1, desk.connectors[target].in_flight)
    stopped: SyncError | None = None
    while True:
        try:
            while stopped is None and len(under_way) < room and (batch := next(waiting, None)):
                parts, fingerprints = zip(*((one.part, one.fingerprint) for one in batch), strict=True)
                begun = desk.ledger.batches.begin(
                    program.name, target, stream.name, verb, parts, fingerprints
                )
                under_way[_sent(send, begun.batch)] = begun, batch
        except SyncError as error:
            stopped = error
        if not under_way:
            break
        done, _ = wait(under_way, return_when=FIRST_COMPLETED)
        for future in done:
            failed = _came_back(desk, *under_way.pop(future), future, settle)
            stopped = stopped or failed
    if stopped is not None:
        raise stopped


def _sent(send: Send, batch: Batch) -> Future[Sequence[Receipt]]:
    """Send it from a thread of its own: one that the end of the process does not wait for, as a pool's is."""
    future: Future[Sequence[Receipt]] = Future()

    def carry() -> None:
        try:
            future.set_result(send(batch))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=carry, name=f"write {batch.id}", daemon=True).start()
    return future


def _last_call(desk: Desk, under_way: UnderWay, settle: Settle) -> None:
    """Settle what is still answered in a few seconds; a second interrupt ends even that."""
    desk.watch.stage("interrupted, waiting for answers", len(under_way))
    until = time.monotonic() + LAST_CALL
    while under_way:
        left = max(0.0, until - time.monotonic())
        done, _ = wait(under_way, left, return_when=FIRST_COMPLETED)
        if not done:
            return
        for future in done:
            _came_back(desk, *under_way.pop(future), future, settle)


def _came_back(
    desk: Desk, begun: BegunBatch, batch: Sequence[Parcel], future: Future[Sequence[Receipt]], settle: Settle
) -> SyncError | None:
    """Settle an answered request; gives what stops the others."""
    try:
        try:
            receipts = future.result()
        except InDoubtError:
            raise
        except (UnavailableError, SignInError):
            for at in begun.open:  # it surely was not processed: no doubt is left to anyone
                desk.ledger.batches.forget(begun, at)
            raise
        settle(begun, batch, receipts)
    except SyncError as error:
        log.warning("batch %s of %s was not settled: %s", begun.batch.id, begun.mapping, error)
        return error
    return None


def _batches(parcels: Sequence[Parcel], stream: Stream, verb: str) -> Iterator[Sequence[Parcel]]:
    """As many records to a request as the stream takes, by number and by size; a verb takes one at a time."""
    most = stream.batch_size if verb in WRITES else 1
    batch: list[Parcel] = []
    size = 0
    for parcel in parcels:
        bytes_ = len(dumps(parcel.part.body).encode())
        if batch and (len(batch) >= most or size + bytes_ > stream.batch_bytes):
            yield batch
            batch, size = [], 0
        batch.append(parcel)
        size += bytes_
    if batch:
        yield batch


def settle_part(desk: Desk, begun: BegunBatch, at: int, receipt: Receipt) -> Receipt:
    """Settle one part; what the target gave to two records is held, not linked twice."""
    try:
        desk.ledger.batches.settle(begun, at, receipt)
    except TargetTakenError as error:
        receipt = Receipt("refused", reason=str(error), code="taken")
        desk.ledger.batches.settle(begun, at, receipt)
    return receipt


def of_the_request(receipt: Receipt) -> bool:
    return receipt.outcome == "refused" and receipt.code.rpartition(".")[2] == WHOLE_REQUEST
