"""What a memory system holds, and what a test can make it do. See `engine.testing.memory`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.model.change import Batch, Receipt
from engine.model.drift import Standing
from engine.model.record import Entry
from engine.sdk.system import Finding

Values = Mapping[str, Any]


def _nothing(*given: Any) -> None:
    del given


@dataclass(slots=True)
class Memory:
    """One system's whole state; several opened systems may share it, as several runs share a real one.

    The functions decide how the system answers; set those that a test is about. `arrived` and `answered` are
    called with every request before and after it takes effect, on the thread that sends it; what they raise
    reaches the sender.
    """

    records: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)  # stream -> id -> values
    changed: dict[tuple[str, str], datetime] = field(default_factory=dict)  # (stream, id) -> when
    answers: dict[str, tuple[str, list[Receipt]]] = field(default_factory=dict)  # key -> (request, answer)
    acted: list[tuple[str, str, str]] = field(default_factory=list)  # (stream, verb, id), in order
    acted_to: dict[tuple[str, str, str], Any] = field(default_factory=dict)  # what each of them went to
    writes: list[Batch] = field(default_factory=list)  # every request that arrived, replays too
    notices: dict[str, list[Entry]] = field(default_factory=dict)  # stream -> given with each reading
    lose_answers: int = 0  # this many of the next requests take effect and are never answered
    lose_requests: int = 0  # this many of the next requests never arrive
    arrived: Callable[[Batch], None] = _nothing
    answered: Callable[[Batch], None] = _nothing
    refuse: Callable[[str, Values], str] = lambda stream, body: ""  # why it refuses one element
    refuse_request: Callable[[Batch], str] = lambda batch: ""  # why it refuses a request as a whole
    fail: Callable[[Batch], str] = lambda batch: ""  # why a request ends in an error that names no record
    fails_after: bool = False  # whether the records that cause no error were written all the same
    failed: dict[str, str] = field(default_factory=dict)  # key -> the error that it is answered with
    refuse_act: Callable[[str, str, str], str] = lambda stream, verb, key: ""
    findings: Callable[[str, Values], Sequence[Finding]] = lambda stream, body: ()
    totals: Callable[[str, Values], Mapping[str, Decimal]] | None = None  # None: as in the body
    settle: Callable[[str, Values, str, Mapping[str, Decimal]], Values | None] = lambda *given: None
    standing: Callable[[str, Values], Standing | None] = lambda stream, values: None
    exists: Callable[[str, Values], bool] = lambda stream, values: True  # False: void, `find` leaves it out
    reports_acted: bool = True  # whether the system shows that a verb was carried out
    lock: threading.RLock = field(default_factory=threading.RLock)
    made: int = 0
    moment: datetime = datetime(2026, 1, 1, tzinfo=UTC)  # of the last change; each one is a second later

    def put(self, stream: str, key: str, values: Values) -> None:
        """Replace a record, as a person in the system would."""
        with self.lock:
            self.records.setdefault(stream, {})[key] = dict(values)
            self.moment += timedelta(seconds=1)
            self.changed[stream, key] = self.moment

    def edit(self, stream: str, key: str, **values: Any) -> None:
        """Change some fields of a record, as a person in the system would."""
        self.put(stream, key, {**self.records[stream][key], **values})

    def drop(self, stream: str, key: str) -> None:
        with self.lock:
            del self.records[stream][key]

    def new_key(self, stream: str) -> str:
        self.made += 1  # never the number of records: an id is not given twice
        return f"{stream}-{self.made}"
