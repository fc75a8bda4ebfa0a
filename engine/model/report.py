"""What a run tells: the same values become text for people and JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.model.address import Address
from engine.model.change import Change, Held, Part, Receipt
from engine.model.drift import DRIFT, Book, Row

OUTCOMES = ("created", "updated", "unchanged", "adopted", "held", "left_out")


@dataclass(slots=True)
class Flow:
    """What became of one mapping's records. A record counts once, under the last outcome that is news."""

    outcomes: dict[Address, str] = field(default_factory=dict)

    def note(self, address: Address, outcome: str) -> None:
        # A later round meets again what an earlier one made: that it is unchanged now is no news.
        if outcome in ("unchanged", "left_out") and address in self.outcomes:
            return
        self.outcomes[address] = outcome

    def counts(self) -> dict[str, int]:
        found = dict.fromkeys(OUTCOMES, 0)
        for outcome in self.outcomes.values():
            found[outcome] += 1
        return found


@dataclass(slots=True)
class Reconciled:
    rows: list[Row] = field(default_factory=list)
    books: list[Book] = field(default_factory=list)
    documents: int = 0

    @property
    def drifted(self) -> bool:
        return any(row.kind in DRIFT for row in self.rows)


@dataclass(slots=True)
class RunReport:
    """What one run did. Filled while it goes, so that an interrupted run still tells what was done."""

    command: str
    config: str
    run: str = ""
    exit: int = 0
    flows: dict[str, Flow] = field(default_factory=dict)
    actions: dict[str, dict[str, int]] = field(default_factory=dict)
    held: dict[tuple[str, Address], Held] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    requests: dict[str, int] = field(default_factory=dict)
    reconcile: Reconciled | None = None
    changes: list[Change] | None = None  # of a plan
    sides: tuple[str, str] = ("source", "target")  # whose the two books are, for people

    def flow(self, mapping: str) -> Flow:
        return self.flows.setdefault(mapping, Flow())

    def acted(self, verb: str, outcome: str) -> None:
        self.actions.setdefault(verb, {"done": 0, "held": 0})[outcome] += 1

    def hold(self, held: Held) -> None:
        self.held[held.mapping, held.address] = held
        self.flow(held.mapping).note(held.address, "held")

    def refuse(self, mapping: str, where: str, part: Part, receipt: Receipt) -> None:
        """A record that the target refused, in the target's own words."""
        self.hold(Held(part.address, mapping, receipt.code, receipt.reason, where, part.title))

    def say(self, notices: Iterable[str]) -> None:
        self.notices += [one for one in notices if one not in self.notices]
