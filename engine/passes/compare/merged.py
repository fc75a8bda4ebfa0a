"""A reference that the target itself moved, because what it named was merged away, is not an edit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from engine.model.address import StreamRef
from engine.model.change import Difference
from engine.passes.context import RunContext
from engine.passes.flow import Flow, OpenStream
from engine.passes.plan.heirs import find_heirs


@dataclass(slots=True)
class Merged:
    """Knows, for one flow, which records that its documents refer to were merged away. Each is read once."""

    context: RunContext
    flow: Flow
    _heirs: dict[tuple[str, str], str] = field(default_factory=dict)  # (key's member, key) -> heir, or empty

    def without_moves(self, edits: Sequence[Difference]) -> tuple[Difference, ...]:
        """The differences but for references to a record whose place another has taken."""
        return tuple(edit for edit in edits if not self._is_move(edit))

    def _is_move(self, edit: Difference) -> bool:
        member = edit.path.rpartition(".")[2]
        stream = next(self._streams(member), None)
        if stream is None or not isinstance(edit.before, str) or not isinstance(edit.after, str):
            return False
        if (member, edit.before) not in self._heirs:
            heir = find_heirs(stream, {edit.before}).get(edit.before)
            self._heirs[member, edit.before] = heir.address.key if heir is not None else ""
            if heir is not None:
                links = self.context.ledger.links
                links.replace_reference(self.flow.name, member, edit.before, heir.address.key)
        return self._heirs[member, edit.before] == edit.after

    def _streams(self, key: str) -> Iterator[OpenStream]:
        target = self.flow.target
        for stream in target.connector.streams:
            if stream.successor and stream.key == key:
                yield replace(target, ref=StreamRef(target.system_name, stream.name), schema=stream)
