"""A complete and strict connector whose systems live in memory, for tests of passes and contracts.

It refuses what a real target refuses: creates with a field that is not writable, updates of what is not
there, a key used again with another request. It forgets nothing while the process lives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.model.address import Address
from engine.model.change import Batch, Part, Receipt
from engine.model.drift import Standing
from engine.model.errors import InDoubtError, SpentKeyError, UnavailableError
from engine.model.record import Entry, Record, Unusable, typed, typed_parts
from engine.model.schema import Stream
from engine.sdk.connector import Connector, Context
from engine.sdk.settings import Settings
from engine.sdk.system import Actions, Books, Finding, Source, System, Target
from engine.sdk.wire import dumps
from engine.testing.memory_state import Memory, Values

__all__ = ["Memory", "MemorySystem", "memory_connector"]


class MemorySettings(Settings):
    """Nothing to set."""


class MemorySystem(Source, Target, Actions, Books):
    """An opened memory system: one object that plays all four parts of `engine.sdk.System`."""

    def __init__(self, memory: Memory, streams: Iterable[Stream], context: Context) -> None:
        self.memory, self._context = memory, context
        self._streams = {stream.name: stream for stream in streams}
        self._requests = 0

    @property
    def requests(self) -> int:
        return self._requests

    def quotas(self) -> Mapping[str, str]:
        return {}

    def identity(self) -> str:
        return f"memory {id(self.memory)}"

    def close(self) -> None:
        """Nothing to release."""

    def check(self) -> Sequence[Finding]:
        return []

    def read(
        self,
        stream: str,
        *,
        since: datetime | None = None,
        keys: Sequence[str] | None = None,
        paths: frozenset[str] = frozenset(),
    ) -> Iterator[Entry]:
        del paths  # no field here needs another request
        self._requests += 1
        wanted = None if keys is None else set(keys)
        for key, values in sorted(self.memory.records.get(stream, {}).items()):
            changed = self.memory.changed.get((stream, key))
            old = since is not None and changed is not None and changed < since
            if not old and (wanted is None or key in wanted):
                yield self._entry(stream, key, values)
        yield from self.memory.notices.get(stream, ())

    def find(self, stream: str, rules: Sequence[Values]) -> Sequence[Sequence[Record]]:
        self._requests += 1
        rows = self.memory.records.get(stream, {}).items()
        exist = self.memory.exists
        records = [self._record(stream, key, row) for key, row in rows if exist(stream, row)]
        return [
            [record for record in records if self._satisfies(stream, record.values, rule)] for rule in rules
        ]

    def preflight(self, stream: str, bodies: Sequence[Values]) -> Sequence[Sequence[Finding]]:
        return [self.memory.findings(stream, body) for body in bodies]

    def totals(self, stream: str, body: Values) -> Mapping[str, Decimal]:
        if self.memory.totals is not None:
            return self.memory.totals(stream, body)
        names = self._streams[stream].control_totals
        return {name: body[name] for name in names if isinstance(body.get(name), Decimal)}

    def settle_difference(
        self, stream: str, body: Values, policy: str, totals: Mapping[str, Decimal]
    ) -> Values | None:
        return self.memory.settle(stream, body, policy, totals)

    def write(self, batch: Batch) -> Sequence[Receipt]:
        return self._exchange(batch, lambda part: self._write_one(batch, part))

    def act(self, batch: Batch) -> Sequence[Receipt]:
        return self._exchange(batch, lambda part: self._act_one(batch, part))

    def acted(self, stream: str, verb: str, target_id: str, body: Mapping[str, Any]) -> bool | None:
        del body
        self._requests += 1
        return (stream, verb, target_id) in self.memory.acted if self.memory.reports_acted else None

    def standing(self, stream: str, values: Values) -> Standing | None:
        return self.memory.standing(stream, values)

    def web_link(self, stream: str, key: str) -> str:
        return f"memory:{stream}/{key}"

    def _exchange(self, batch: Batch, do: Callable[[Part], Receipt]) -> Sequence[Receipt]:
        """One request: arrives or not, takes effect once per key, is answered or not."""
        memory = self.memory
        memory.arrived(batch)
        with memory.lock:
            self._requests += 1
            if memory.lose_requests:
                memory.lose_requests -= 1
                raise InDoubtError("the request was lost on its way")
            memory.writes.append(batch)
            self._fail(batch, do)
            receipts = self._answer_once(batch, do)
            if memory.lose_answers:
                memory.lose_answers -= 1
                raise InDoubtError("the answer was lost on its way")
        memory.answered(batch)
        return receipts

    def _fail(self, batch: Batch, do: Callable[[Part], Receipt]) -> None:
        """An error without a record's name, which is repeated under the key."""
        memory = self.memory
        words = memory.failed.get(batch.key) or memory.fail(batch)
        if not words or batch.key in memory.answers:
            return
        if memory.fails_after and batch.key not in memory.failed:
            for part in batch.parts:
                if not memory.fail(replace(batch, parts=(part,))):
                    do(part)
        memory.failed[batch.key] = words
        raise SpentKeyError(f"the request failed: {words}", words)

    def _answer_once(self, batch: Batch, do: Callable[[Part], Receipt]) -> list[Receipt]:
        answers = self.memory.answers
        request = dumps([batch.verb, batch.stream, [[part.target_id, part.body] for part in batch.parts]])
        if batch.key not in answers:
            reason = self.memory.refuse_request(batch)
            whole = Receipt("refused", reason=reason, code="memory.request")
            answers[batch.key] = request, [whole if reason else do(part) for part in batch.parts]
        known, receipts = answers[batch.key]
        if known != request:
            raise InDoubtError(f"the key {batch.key} is used with a different request")
        return receipts

    def _write_one(self, batch: Batch, part: Part) -> Receipt:
        memory, stream = self.memory, self._streams[batch.stream]
        reason = memory.refuse(batch.stream, part.body) or _not_writable(stream, part.body)
        if reason:
            return Receipt("refused", reason=reason, code="memory.refused")
        rows = memory.records.setdefault(batch.stream, {})
        if part.target_id and part.target_id not in rows:
            return Receipt("refused", reason=f"there is no {part.target_id}", code="memory.missing")
        key = part.target_id or memory.new_key(batch.stream)
        memory.put(batch.stream, key, {**rows.get(key, {}), **part.body, stream.key: key})
        return Receipt("done", key, observed=typed(rows[key], stream))

    def _act_one(self, batch: Batch, part: Part) -> Receipt:
        key, reason = part.target_id or "", f"{batch.stream} cannot {batch.verb}"
        action = self._streams[batch.stream].actions.get(batch.verb)
        if action is not None and action.to is None and part.body:
            reason = f"{batch.verb} takes nothing, and was given {', '.join(part.body)}"
        elif action is not None:
            reason = self.memory.refuse_act(batch.stream, batch.verb, key)
        if reason:
            return Receipt("refused", reason=reason, code="memory.verb")
        self.memory.acted.append((batch.stream, batch.verb, key))
        self.memory.acted_to[batch.stream, batch.verb, key] = part.body.get("to")
        return Receipt("done", part.target_id)

    def _entry(self, stream: str, key: str, raw: Values) -> Record | Unusable:
        address, schema = Address(self._context.system, stream, key), self._streams[stream]
        values, problems = typed_parts(dict(raw), schema)
        if problems:
            title = str(values.get(schema.title) or "")
            reason = "; ".join(problems.values())
            return Unusable(address, reason, title, values=values, unknown=frozenset(problems))
        return Record(address, values, self.memory.changed.get((stream, key)))

    def _record(self, stream: str, key: str, raw: Values) -> Record:
        entry = self._entry(stream, key, raw)
        if isinstance(entry, Unusable):
            raise UnavailableError(f"{entry.address} cannot be read: {entry.reason}")
        return entry

    def _satisfies(self, stream: str, values: Values, rule: Values) -> bool:
        """Whether all of the rule's values are there and equal; an empty rule finds nothing."""
        wanted = typed(_nested(rule), self._streams[stream])
        same = (_value_at(values, name) == _value_at(wanted, name) is not None for name in rule)
        return bool(rule) and all(same)


def memory_connector(
    streams: Sequence[Stream],
    memory: Memory,
    *,
    name: str = "memory",
    in_flight: int = 2,
    replay_seconds: int = 300,
    opened: Callable[[Memory, Sequence[Stream], Context], MemorySystem] = MemorySystem,
) -> Connector:
    """A connector over `memory`, for a `RunContext` or a contract suite. `opened` may make a subclass."""

    def open_(settings: Any, context: Context) -> System:
        del settings
        parts = opened(memory, streams, context)
        return System(source=parts, target=parts, actions=parts, books=parts)

    return Connector(
        name, MemorySettings, tuple(streams), open_, replay_seconds=replay_seconds, in_flight=in_flight
    )


def _nested(rule: Values) -> dict[str, Any]:
    """`{"Contact.ContactID": "7"}` as the record has it: `{"Contact": {"ContactID": "7"}}`."""
    out: dict[str, Any] = {}
    for path, value in rule.items():
        inner = out
        *steps, last = path.split(".")
        for step in steps:
            inner = inner.setdefault(step, {})
        inner[last] = value
    return out


def _value_at(values: Any, path: str) -> Any:
    for step in path.split("."):
        values = values.get(step) if isinstance(values, Mapping) else None
    return values


def _not_writable(stream: Stream, body: Values) -> str:
    wrong = [name for name in body if name not in stream.fields or not stream.fields[name].writable]
    return f"{stream.name} does not take {', '.join(wrong)}" if wrong else ""
