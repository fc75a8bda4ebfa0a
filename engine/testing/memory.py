"""A connector whose systems live in memory: whole and strict, for tests of passes and of the contract suites.

It refuses what a real target refuses: creates with a field that is not writable, updates of what is not
there, a key used again with another request. It forgets nothing while the process lives.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from engine.model.address import Address
from engine.model.change import Batch, Part, Receipt
from engine.model.drift import Standing
from engine.model.errors import InDoubtError
from engine.model.record import Notice, Record, typed
from engine.model.schema import Stream
from engine.sdk.connector import Connector, Context, Finding
from engine.sdk.settings import Settings
from engine.sdk.wire import dumps

Refuse = Callable[[str, Mapping[str, Any]], str]


class MemorySettings(Settings):
    """Nothing to set."""


@dataclass(slots=True)
class Memory:
    """One system's whole state; several opened systems may share it, as several runs share a real one."""

    records: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)  # stream -> id -> values
    answers: dict[str, tuple[str, list[Receipt]]] = field(default_factory=dict)  # key -> (request, answer)
    acted: list[tuple[str, str, str]] = field(default_factory=list)  # (stream, verb, id), in order
    writes: list[Batch] = field(default_factory=list)  # every request that arrived, replays too
    refuse: Refuse = lambda stream, body: ""
    lose_answers: int = 0  # so many coming requests take effect and are never answered
    lose_requests: int = 0  # so many coming requests never arrive
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, stream: str, key: str, values: Mapping[str, Any]) -> None:
        self.records.setdefault(stream, {})[key] = dict(values)


class MemorySystem:
    """An opened memory system; see `engine.sdk.System` for what each verb promises."""

    def __init__(self, memory: Memory, streams: Iterable[Stream], context: Context) -> None:
        self._memory, self._context = memory, context
        self._streams = {stream.name: stream for stream in streams}
        self._requests = 0

    @property
    def requests(self) -> int:
        return self._requests

    def quotas(self) -> Mapping[str, str]:
        return {}

    def identity(self) -> str:
        return f"memory {id(self._memory)}"

    def close(self) -> None:
        """Nothing to give back."""

    def check(self) -> Sequence[Finding]:
        return []

    def read(
        self,
        stream: str,
        *,
        since: datetime | None = None,
        keys: Sequence[str] | None = None,
        paths: frozenset[str] = frozenset(),
    ) -> Iterator[Record | Notice]:
        del since, paths  # it cannot tell what changed when, so it reads all
        self._requests += 1
        wanted = None if keys is None else set(keys)
        for key, values in sorted(self._memory.records.get(stream, {}).items()):
            if wanted is None or key in wanted:
                yield self._record(stream, key, values)

    def find(self, stream: str, rules: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Record]]:
        self._requests += 1
        rows = self._memory.records.get(stream, {}).items()
        return [
            [self._record(stream, key, values) for key, values in rows if _satisfies(values, rule)]
            for rule in rules
        ]

    def preflight(self, stream: str, bodies: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Finding]]:
        del stream
        return [[] for _ in bodies]

    def totals(self, stream: str, body: Mapping[str, Any]) -> Mapping[str, Decimal]:
        names = self._streams[stream].compared
        return {name: body[name] for name in names if isinstance(body.get(name), Decimal)}

    def settle_difference(
        self, stream: str, body: Mapping[str, Any], policy: str, totals: Mapping[str, Decimal]
    ) -> Mapping[str, Any] | None:
        del stream, body, policy, totals
        return None

    def write(self, batch: Batch) -> Sequence[Receipt]:
        return self._answered(batch, lambda part: self._write_one(batch, part))

    def act(self, batch: Batch) -> Sequence[Receipt]:
        return self._answered(batch, lambda part: self._act_one(batch, part))

    def acted(self, stream: str, verb: str, target_id: str) -> bool | None:
        self._requests += 1
        return (stream, verb, target_id) in self._memory.acted

    def standing(self, stream: str, values: Mapping[str, Any]) -> Standing | None:
        del stream, values
        return None

    def address_for_people(self, stream: str, key: str) -> str:
        return f"memory:{stream}/{key}"

    def _answered(self, batch: Batch, do: Callable[[Part], Receipt]) -> Sequence[Receipt]:
        """One request: arrives or not, takes effect once per key, is answered or not."""
        memory = self._memory
        request = dumps([batch.verb, batch.stream, [[part.target_id, part.body] for part in batch.parts]])
        with memory.lock:
            self._requests += 1
            if memory.lose_requests:
                memory.lose_requests -= 1
                raise InDoubtError("the request was lost on its way")
            memory.writes.append(batch)
            if batch.key not in memory.answers:
                memory.answers[batch.key] = request, [do(part) for part in batch.parts]
            known, receipts = memory.answers[batch.key]
            if known != request:
                raise InDoubtError(f"the key {batch.key} is used with a different request")
            if memory.lose_answers:
                memory.lose_answers -= 1
                raise InDoubtError("the answer was lost on its way")
        return receipts

    def _write_one(self, batch: Batch, part: Part) -> Receipt:
        stream = self._streams[batch.stream]
        reason = self._memory.refuse(batch.stream, part.body) or _not_writable(stream, part.body)
        if reason:
            return Receipt("refused", reason=reason, code="memory.refused")
        rows = self._memory.records.setdefault(batch.stream, {})
        key = part.target_id or f"{batch.stream}-{len(rows) + 1}"
        if part.target_id and key not in rows:
            return Receipt("refused", reason=f"there is no {key}", code="memory.missing")
        rows[key] = {**rows.get(key, {}), **part.body, stream.key: key}
        return Receipt("done", key, seen=dict(rows[key]))

    def _act_one(self, batch: Batch, part: Part) -> Receipt:
        if batch.verb not in self._streams[batch.stream].actions:
            return Receipt("refused", reason=f"{batch.stream} cannot {batch.verb}", code="memory.verb")
        self._memory.acted.append((batch.stream, batch.verb, part.target_id or ""))
        return Receipt("done", part.target_id)

    def _record(self, stream: str, key: str, values: Mapping[str, Any]) -> Record:
        address = Address(self._context.system, stream, key)
        return Record(address, typed(dict(values), self._streams[stream]), datetime.now(UTC))


def memory_connector(
    streams: Sequence[Stream],
    memory: Memory,
    *,
    name: str = "memory",
    in_flight: int = 2,
    replay_seconds: int = 300,
) -> Connector:
    """A connector over `memory`, e.g. for `Desk` or a contract suite."""

    def open_(settings: Any, context: Context) -> MemorySystem:
        del settings
        return MemorySystem(memory, streams, context)

    return Connector(
        name, MemorySettings, tuple(streams), open_, replay_seconds=replay_seconds, in_flight=in_flight
    )


def _satisfies(values: Mapping[str, Any], rule: Mapping[str, Any]) -> bool:
    return all(_at(values, name.split(".")) == wanted for name, wanted in rule.items())


def _at(values: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        values = values.get(step) if isinstance(values, Mapping) else None
    return values


def _not_writable(stream: Stream, body: Mapping[str, Any]) -> str:
    wrong = [name for name in body if name not in stream.fields or not stream.fields[name].writable]
    return f"{stream.name} does not take {', '.join(wrong)}" if wrong else ""
