"""The report of a run: the same values become text for people and JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from engine.model.address import Address
from engine.model.change import Change, Held
from engine.model.drift import Book, BookReading, Row
from engine.model.payload import ActionRequest

OUTCOMES = ("created", "updated", "unchanged", "adopted", "held", "skipped")


@dataclass(slots=True)
class FlowReport:
    """What became of one mapping's records. A record counts once, under its last outcome that is new."""

    outcomes: dict[Address, str] = field(default_factory=dict)

    def note(self, address: Address, outcome: str) -> None:
        # A later round reads what an earlier one wrote: that it is unchanged now is not new.
        if outcome in ("unchanged", "skipped") and address in self.outcomes:
            return
        # What is sent to an adopted record belongs to its adoption.
        if outcome == "updated" and self.outcomes.get(address) == "adopted":
            return
        self.outcomes[address] = outcome

    def counts(self) -> dict[str, int]:
        counts = dict.fromkeys(OUTCOMES, 0)
        for outcome in self.outcomes.values():
            counts[outcome] += 1
        return counts


NotDone = Literal["held", "waiting", "skipped"]


@dataclass(frozen=True, slots=True)
class ActionRow:
    """An action, such as an e-mail, that was wanted and not carried out, and why.

    outcome `held`: waits for a person. `waiting`: tried again by itself. `skipped`: not wanted on purpose.
    """

    verb: str
    address: Address
    mapping: str
    outcome: NotDone
    code: str
    reason: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """What a plan comes to: the e-mails to send, and the documents to send by currency, taxes included."""

    emails: int
    amounts: Mapping[str, Decimal]


@dataclass(slots=True)
class Reconciled:
    rows: list[Row] = field(default_factory=list)
    books: list[Book] = field(default_factory=list)
    documents: int = 0  # that were pushed, and compared
    # Not issued yet and not pushed, so in no total: drafts of the source.
    drafts: list[Book] = field(default_factory=list)
    readings: list[BookReading] = field(default_factory=list)

    @property
    def drifted(self) -> bool:
        return any(row.is_drift for row in self.rows)


@dataclass(slots=True)
class RunReport:
    """What one run did. Filled as it goes, so that the report of an interrupted run is complete too."""

    command: str
    config: str  # its name
    run: str = ""
    exit: int = 0
    flows: dict[str, FlowReport] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)  # verb -> actions carried out
    # Verb -> currency -> what its actions have moved, or will move by a plan.
    moved: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    not_done: dict[tuple[str, str, Address], ActionRow] = field(default_factory=dict)
    held: dict[tuple[str, Address], Held] = field(default_factory=dict)
    # Per mapping the records that stay as they were sent although the present rules would give something
    # else, with the fields in which they would differ.
    outdated: dict[str, dict[Address, tuple[str, ...]]] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    dismissed: int = 0  # records that a person has dismissed
    elsewhere: dict[Address, str] = field(default_factory=dict)  # records that other configs push -> whose
    requests: dict[str, int] = field(default_factory=dict)
    reconcile: Reconciled | None = None
    changes: list[Change] | None = None  # of a plan
    planned: Planned | None = None  # of a plan
    # Of a plan: the actions to be requested, by mapping and record.
    requested: dict[tuple[str, Address], list[ActionRequest]] = field(default_factory=dict)
    file: str = "CONFIG"  # the config's path, as commands name it
    sides: tuple[str, str] = ("source", "target")  # names of the systems whose books are compared

    def flow(self, mapping: str) -> FlowReport:
        return self.flows.setdefault(mapping, FlowReport())

    def note_moved(self, verb: str, amounts: Mapping[str, Decimal]) -> None:
        """Add up what actions have moved."""
        moved = self.moved.setdefault(verb, {}) if amounts else {}
        for currency, amount in amounts.items():
            moved[currency] = moved.get(currency, Decimal(0)) + amount

    def note_done(self, verb: str, mapping: str, address: Address) -> None:
        """Count an action that was carried out."""
        self.done[verb] = self.done.get(verb, 0) + 1
        self.not_done.pop((verb, mapping, address), None)  # an earlier round could not

    def note_not_done(self, row: ActionRow) -> None:
        """Report why an action that was wanted was not carried out; the last reason counts."""
        self.not_done[row.verb, row.mapping, row.address] = row

    @property
    def actions(self) -> dict[str, dict[str, int]]:
        """Per verb how many were done and held; `waiting` and `skipped` if there are any."""
        counts = {verb: {"done": self.done.get(verb, 0), "held": 0} for verb in {**self.done, **self.moved}}
        for row in self.not_done.values():
            verb = counts.setdefault(row.verb, {"done": 0, "held": 0})
            verb[row.outcome] = verb.get(row.outcome, 0) + 1
        return counts

    def hold(self, held: Held) -> None:
        self.held[held.mapping, held.address] = held
        self.flow(held.mapping).note(held.address, "held")

    def add_notices(self, notices: Iterable[str]) -> None:
        """Sentences for people; each is shown once."""
        known = set(self.notices)
        self.notices += [notice for notice in dict.fromkeys(notices) if notice not in known]
