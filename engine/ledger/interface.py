"""What the engine may ask of its memory, whatever database keeps it.

Every call that writes is durable when it returns. Calls may come from any thread; they take turns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from engine.model.address import Address
from engine.model.change import Part, Receipt
from engine.model.link import Begun, HeldRow, Link


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run: who, what, when, and what came of it. `ended` stays None where it was killed."""

    id: str
    command: str
    holder: str
    started: datetime
    ended: datetime | None = None
    exit_code: int | None = None
    report: Mapping[str, Any] = field(default_factory=dict)


class Ledger(Protocol):
    """Durable memory of one config. `settle` and `begin` belong to the one pass that holds the lock."""

    def close(self) -> None: ...

    def hold_lock(self, holder: str) -> AbstractContextManager[None]:
        """One run at a time: BusyError names who holds it. A holder that dies, however it dies, lets go."""
        ...

    def start_run(self, command: str, holder: str) -> str:
        """Note a run; its id looks like `20260314T093000Z-7f3a`."""
        ...

    def end_run(self, run: str, exit_code: int, report: Mapping[str, Any]) -> None:
        """Note its end. The report holds JSON types and Decimal."""
        ...

    def runs(self, limit: int = 10) -> list[RunRow]:
        """The last runs, newest first."""
        ...

    def link(self, mapping: str, address: Address) -> Link | None: ...

    def links(self, mapping: str) -> Iterator[Link]:
        """Every link, by source key, a page at a time; links may be written while it walks."""
        ...

    def fingerprints(self, mapping: str) -> dict[str, tuple[str, str]]:
        """Source key -> (fingerprint, target key), without the bodies."""
        ...

    def linked_sources(self, mapping: str) -> dict[str, str]:
        """Target key -> source key."""
        ...

    def save_links(self, links: Iterable[Link]) -> None:
        """Insert or replace by source, one transaction per 500. TargetTakenError where another source has a
        target, and nothing of its transaction is written.
        """
        ...

    def saw(self, mapping: str, seen: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Note (target key, the record as seen) on the links that have them, one transaction per 500."""
        ...

    def counts(self) -> dict[str, int]:
        """Links per mapping."""
        ...

    def begin(
        self,
        mapping: str,
        target: str,
        stream: str,
        verb: str,
        parts: Sequence[Part],
        fingerprints: Sequence[str],
    ) -> Begun:
        """Write a batch down before it is sent, under a key drawn here. `target` is the target system's name.

        AlreadyBegunError, and nothing is begun, where a record is in an open batch of the same kind (any
        write, or that action), or where its action was already begun or done.
        """
        ...

    def settle(self, begun: Begun, position: int, receipt: Receipt) -> None:
        """Note what became of one part, all that follows from it in one commit.

        done writes the link, with the verbs that are now wanted, or the action, and takes the record off the
        held desk; refused holds it; doubt changes nothing. What is done stays done whatever comes later.
        TargetTakenError leaves the part open.
        """
        ...

    def begun_batches(self) -> list[Begun]:
        """Batches not settled whole, oldest first, as they were begun: bodies, order and key."""
        ...

    def forget(self, begun: Begun, position: int) -> None:
        """Close a part that surely did not happen: it will be decided anew; an action is wanted again."""
        ...

    def hold(self, row: HeldRow) -> None:
        """Insert or replace by (mapping, address, verb); `since` stays while code and reason do."""
        ...

    def held(self, mapping: str | None = None) -> list[HeldRow]:
        """What waits for a person, longest first within a mapping."""
        ...

    def release(self, mapping: str, address: Address, verb: str | None = None) -> bool:
        """Let it be tried again, a refused action too: it is wanted. False where nothing was held.

        The payload that waited counts as agreed to until it has been written.
        """
        ...

    def unhold(self, mapping: str, address: Address) -> None:
        """Take a record off the desk that is in order by itself: nobody agreed to anything."""
        ...

    def agreed(self, mapping: str) -> dict[str, str]:
        """Source key -> fingerprint of the payload that a person let go and that was not written since."""
        ...

    def forgo(self, mapping: str, address: Address, verb: str) -> bool:
        """Take an action off the desk for good: it is not asked for. False where it was not held."""
        ...

    def actions(self, mapping: str, verb: str) -> dict[str, str]:
        """Source key -> wanted, begun, done or refused."""
        ...

    def cursor(self, name: str) -> datetime | None: ...

    def move_cursor(self, name: str, to: datetime) -> None:
        """Move it forwards; a moment before where it stands changes nothing."""
        ...

    def remember(self, name: str, value: str) -> None:
        """Keep a small fact, such as `xero.tenant`."""
        ...

    def recall(self, name: str) -> str | None: ...
