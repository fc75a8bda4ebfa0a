"""Which of the records that exist at the target a new payload describes, if any.

Pure: what each match rule finds goes in, a choice comes out. Nothing is chosen on a guess: what disagrees, or
could be one of several, is left to a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine.model.change import Difference
from engine.model.record import Record

Outcome = Literal["none", "one", "several", "unusable", "disagrees"]
SHOWN = 5  # candidates in a sentence


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that a match rule finds and that no other record is linked to."""

    record: Record
    disagreements: tuple[Difference, ...] = ()  # in the fields of `target.agree`
    usable: bool = True  # False: it takes no writes and no references, such as an archived contact
    shown: str = ""  # for people: title, customer, date, amount
    heir: Record | None = None  # what it was merged into, and another record is linked to

    @property
    def key(self) -> str:
        return self.record.address.key

    def __str__(self) -> str:
        return f"{self.shown} ({self.record.address})" if self.shown else str(self.record.address)


@dataclass(frozen=True, slots=True)
class Match:
    """What one match rule finds."""

    candidates: tuple[Candidate, ...]
    decisive: bool = False  # its fields name one record, so that weaker rules are not asked


@dataclass(frozen=True, slots=True)
class Choice:
    """What the match rules come to. `rank`: the index of the rule that decided; else how many there are."""

    outcome: Outcome
    candidates: tuple[Candidate, ...] = ()
    rank: int = 0


def choose(matches: Sequence[Match]) -> Choice:
    """The record that the rules lead to.

    They are asked in order, and each narrows down what the earlier ones found: a rule that leads elsewhere
    leaves it to a person, except after a decisive one. Only what agrees is considered, and while something
    usable does, nothing else.
    """
    agreeing = [[one for one in match.candidates if not one.disagreements] for match in matches]
    if any(one.usable for found in agreeing for one in found):
        agreeing = [[one for one in found if one.usable] for found in agreeing]
    pool: list[Candidate] = []
    rank = none = len(matches)
    for index, (match, found) in enumerate(zip(matches, agreeing, strict=True)):
        if not found:
            continue
        narrowed = [one for one in found if one in pool] if pool else found
        if not narrowed:
            return Choice("several", _distinct([*pool, *found]), none)
        pool = narrowed
        if len(pool) == 1:
            rank = min(rank, index)
            if match.decisive:
                break
    if not pool:
        others = _distinct([one for match in matches for one in match.candidates])
        return Choice("disagrees" if others else "none", others, none)
    if len(pool) > 1:
        return Choice("several", tuple(pool), none)
    return Choice("one" if pool[0].usable else "unusable", tuple(pool), rank)


def _distinct(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    return tuple({candidate.key: candidate for candidate in candidates}.values())


def listed(candidates: Sequence[Candidate]) -> str:
    shown = ", ".join(str(candidate) for candidate in candidates[:SHOWN])
    return shown + (", …" if len(candidates) > SHOWN else "")
