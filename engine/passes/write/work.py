"""What a delivery has to send, request by request, and in which order once requests fail.

A request that failed without naming a record is sent again in smaller ones, down to one record. First what
never failed; while nothing is accepted any more, one request at a time, so that a system that is down is
recognised after a few requests. Pure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.model.address import Address
from engine.model.change import WRITES, Part
from engine.model.link import Failures
from engine.model.schema import Stream
from engine.sdk.wire import dumps

PARTS = 4  # smaller requests that one failed request becomes: few look-ups, and few requests in all


@dataclass(frozen=True, slots=True)
class PendingWrite:
    """One record to be sent: its part of a batch, and the fingerprint that the ledger is to keep."""

    part: Part
    fingerprint: str = ""


class Work:
    """The requests of one delivery that are not sent yet.

    `failures` holds the records whose last requests failed, here or in an earlier run.
    """

    def __init__(
        self,
        writes: Sequence[PendingWrite],
        failures: Mapping[Address, Failures],
        stream: Stream,
        verb: str,
    ) -> None:
        self._stream, self._verb = stream, verb
        self._fresh = in_batches(
            [write for write in writes if write.part.address not in failures], stream, verb
        )
        self._suspect: deque[Sequence[PendingWrite]] = deque()
        by_size: dict[int, list[PendingWrite]] = {}
        for write in writes:
            if failed := failures.get(write.part.address):
                by_size.setdefault(smaller(failed.last_size), []).append(write)
        for size in sorted(by_size, reverse=True):
            self._suspect += in_batches(by_size[size], stream, verb, size)

    def split(self, writes: Sequence[PendingWrite], size: int) -> None:
        """Send these again in smaller requests: the request that they were in had `size` records."""
        self._suspect += in_batches(writes, self._stream, self._verb, smaller(size))

    def next(self, failed: int, *, alone: bool) -> Sequence[PendingWrite] | None:
        """The records of the next request; None if all are sent.

        `failed` requests came back since one was accepted; `alone`: the last of them held one record.
        """
        if failed < 2 and (fresh := next(self._fresh, None)):
            return fresh
        if not self._suspect:
            return next(self._fresh, None)
        # Down to one record, which may be the cause; then from another place: two causes may be neighbours.
        return self._suspect.popleft() if alone or not failed else self._suspect.pop()


def smaller(size: int) -> int:
    return max(1, size // PARTS)


def in_batches(
    writes: Sequence[PendingWrite], stream: Stream, verb: str, most: int | None = None
) -> Iterator[Sequence[PendingWrite]]:
    """As many records to a request as the stream takes, by number and by size; one for an action."""
    limit = stream.batch_size if verb in WRITES else 1
    limit = min(limit, most or limit)
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
