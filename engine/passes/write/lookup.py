"""After the replay window: what became of a batch is read from what exists at the target.

A record that exists as it was sent is taken for what was sent. One that is certainly absent is decided again.
If something similar exists that is not the same, a person is asked: nothing is created on a guess.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.model.change import Part, Receipt
from engine.model.link import BegunBatch
from engine.model.record import Record
from engine.passes.context import RunContext
from engine.passes.flow import Flow, OpenStream
from engine.planning.decide import IN_DOUBT
from engine.planning.diff import drift

ACTION_IN_DOUBT = (
    "unknown whether it was sent; ask the recipient, then pass it to `sync held retry` to send it, or to "
    "`sync held drop` if it has arrived"
)
log = logging.getLogger(__name__)


class Lookup:
    """Looks up the open parts of one batch: writes, or actions.

    `target` is the stream that the batch was sent to.
    """

    def __init__(self, context: RunContext, flow: Flow, begun: BegunBatch, target: OpenStream) -> None:
        self._context, self._flow, self._begun, self._target = context, flow, begun, target
        self._parts = begun.batch.parts

    def receipts(self) -> Iterator[tuple[int, Receipt | None]]:
        """The position of each open part with its receipt; None if it certainly did not happen."""
        match self._begun.batch.verb:
            case "create":
                return self._creates()
            case "update":
                return self._updates()
        return self._actions()

    def _updates(self) -> Iterator[tuple[int, Receipt | None]]:
        """An update arrived if the record is as it was sent; else it is decided again."""
        keys = [key for position in self._begun.open if (key := self._parts[position].target_id)]
        answers = [record for record in self._target.read(keys=keys) if isinstance(record, Record)]
        records = {record.address.key: record for record in answers}
        for position in self._begun.open:
            part = self._parts[position]
            record = records.get(part.target_id or "")
            arrived = record is not None and not self._differing(part, record)
            observed = record.values if record is not None else {}
            yield position, Receipt("done", part.target_id, observed=observed) if arrived else None

    def _creates(self) -> Iterator[tuple[int, Receipt | None]]:
        rules = [_natural_key(self._parts[position], self._target) for position in self._begun.open]
        references = _references(self._flow.target)
        # What it refers to may have been merged into another record since: then only the rest still matches.
        wider = [_without(rule, references) for rule in rules]
        answers = self._target.find([*rules, *wider])
        linked = self._context.linked_targets(self._flow)
        for index, position in enumerate(self._begun.open):
            part = self._parts[position]
            matches, similar = answers[index], answers[len(rules) + index]
            free = [record for record in matches if record.address.key not in linked]
            same = next((record for record in free if not self._differing(part, record)), None)
            if same is not None:
                linked.add(same.address.key)
                yield position, Receipt("done", same.address.key, observed=same.values)
                continue
            others = [record for record in similar if record.address.key not in linked and record not in free]
            close = [record for record in others if self._differing(part, record) <= references]
            yield position, _in_doubt(part, [*free, *close], searched=bool(rules[index]))

    def _actions(self) -> Iterator[tuple[int, Receipt | None]]:
        """An action that does not show may have been carried out, and is never requested twice; unless its
        absence is proof that it was not.
        """
        batch, words = self._begun.batch, self._begun.failure if self._begun.spent else ""
        for position in self._begun.open:
            part = self._parts[position]
            acted = self._target.system.actions.acted(
                batch.stream, batch.verb, part.target_id or "", part.body
            )
            if acted:
                yield position, Receipt("done", part.target_id)
            elif acted is False and self._target.schema.actions[batch.verb].certain:
                yield position, None
            else:
                reason = f"{words}; {ACTION_IN_DOUBT}" if words else ACTION_IN_DOUBT
                yield position, Receipt("refused", reason=reason, code=IN_DOUBT)

    def _differing(self, part: Part, record: Record) -> set[str]:
        return {difference.path for difference in drift(part.body, record.values, self._target.schema)}


def _natural_key(part: Part, target: OpenStream) -> dict[str, Any]:
    rule = {}
    for name in target.schema.natural_key:
        value: Any = part.body
        for step in name.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        if value is not None:
            rule[name] = value
    return rule


def _references(target: OpenStream) -> set[str]:
    """Paths of a natural key that name another record of the same system, e.g. `Contact.ContactID`."""
    keys = {stream.key for stream in target.connector.streams}
    return {path for path in target.schema.natural_key if "." in path and path.rpartition(".")[2] in keys}


def _without(rule: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    """The rule without references; empty, so that it matches nothing, if it had none."""
    rest = {name: value for name, value in rule.items() if name not in names}
    return rest if len(rest) < len(rule) else {}


def _in_doubt(part: Part, similar: Sequence[Record], *, searched: bool) -> Receipt | None:
    if searched and not similar:
        return None
    shown = ", ".join(str(record.address) for record in similar[:3])
    problem = f"{shown} is similar but not identical" if similar else "it has no values to search by"
    reason = (
        f"no answer was received when it was sent, and {problem}: "
        "check whether it exists, then pass it to `sync held retry`"
    )
    log.warning("%s: %s", part.address, reason)
    return Receipt("refused", reason=reason, code=IN_DOUBT)
