"""After the replay window: what became of a batch is read from what stands at the target.

What stands there as it was sent is taken for what was sent. What is surely absent is decided anew. Where
something alike stands there that is not the same, a person is asked: nothing is created on a guess.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.mapping import Program
from engine.model.change import Part, Receipt
from engine.model.link import BegunBatch
from engine.model.record import Record
from engine.model.schema import Stream
from engine.passes.desk import Desk
from engine.planning.decide import IN_DOUBT
from engine.planning.diff import drift

log = logging.getLogger(__name__)

Found = Iterator[tuple[int, Receipt | None]]  # None: it surely did not happen


def look_up(desk: Desk, program: Program, begun: BegunBatch, stream: Stream) -> Found:
    """What became of each open part."""
    if begun.batch.verb == "update":
        return _updated(desk, program, begun, stream)
    return _created(desk, program, begun, stream)


def _updated(desk: Desk, program: Program, begun: BegunBatch, stream: Stream) -> Found:
    """It arrived where it stands as sent. What did not is decided anew, against what was sent before it."""
    parts = begun.batch.parts
    keys = [key for at in begun.open if (key := parts[at].target_id)]
    system = desk.systems[desk.target_name(program)]
    read = [one for one in system.source.read(stream.name, keys=keys) if isinstance(one, Record)]
    found = {one.address.key: one for one in read}
    for at in begun.open:
        record = found.get(parts[at].target_id or "")
        arrived = record is not None and not drift(parts[at].body, record.values, stream)
        seen = record.values if record is not None else {}
        yield at, Receipt("done", parts[at].target_id, seen=seen) if arrived else None


def _created(desk: Desk, program: Program, begun: BegunBatch, stream: Stream) -> Found:
    system = desk.systems[desk.target_name(program)]
    parts = begun.batch.parts
    rules = [_natural_key(parts[at], stream) for at in begun.open]
    # What it refers to may have been merged into another one since: it would be found by the rest alone.
    wider = [_without(rule, _references(desk, program)) for rule in rules]
    answers = system.target.find(stream.name, [*rules, *wider])
    taken = desk.taken(program)
    for position, at in enumerate(begun.open):
        named, alike = answers[position], answers[len(rules) + position]
        free = [one for one in named if one.address.key not in taken]
        same = next((one for one in free if not _differing(parts[at], one, stream)), None)
        if same is not None:
            taken.add(same.address.key)
            yield at, Receipt("done", same.address.key, seen=same.values)
            continue
        rest = [one for one in alike if one.address.key not in taken and one not in free]
        close = [one for one in rest if _differing(parts[at], one, stream) <= _references(desk, program)]
        yield at, _in_doubt(parts[at], [*free, *close], bool(rules[position]))


def _natural_key(part: Part, stream: Stream) -> dict[str, Any]:
    rule = {}
    for name in stream.natural_key:
        value: Any = part.body
        for step in name.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        if value is not None:
            rule[name] = value
    return rule


def _references(desk: Desk, program: Program) -> set[str]:
    """Paths of a natural key that name another record of the same system, e.g. `Contact.ContactID`."""
    _, stream = desk.target(program)
    keys = {one.key for one in desk.connectors[desk.target_name(program)].streams}
    return {name for name in stream.natural_key if "." in name and name.rpartition(".")[2] in keys}


def _without(rule: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    """The rule without references; empty, so that it finds nothing, where it had none."""
    rest = {name: value for name, value in rule.items() if name not in names}
    return rest if len(rest) < len(rule) else {}


def _differing(part: Part, record: Record, stream: Stream) -> set[str]:
    return {one.path for one in drift(part.body, record.values, stream)}


def _in_doubt(part: Part, found: Sequence[Record], searched: bool) -> Receipt | None:
    if searched and not found:
        return None
    shown = ", ".join(str(one.address) for one in found[:3])
    what = f"{shown} is similar but not the same" if found else "there is nothing to look it up by"
    reason = (
        f"no answer came when it was sent, and {what}: "
        "check whether it is there, then name it to `sync held retry`"
    )
    log.warning("%s: %s", part.address, reason)
    return Receipt("refused", reason=reason, code=IN_DOUBT)
