"""The rows of one linked document, and the part of the books' difference that each of them explains.

Pure: the ledger's and the systems' facts come in, rows go out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from engine.model.change import Difference
from engine.model.drift import GONE, Control, Document, Row, Standing
from engine.model.link import Link
from engine.planning import control_totals

# The rows that may explain an amount, the best first.
CARRIERS = ("missing", "deleted", "voided", "unknown", "cents", "rounded", "edited")

LOST = ("missing", "deleted", "voided")  # no longer in the target's books


@dataclass(frozen=True, slots=True)
class Pair:
    """A linked document in both systems, as they were last seen."""

    link: Link
    standing: Standing | None  # at the target, also of what is missing there by now
    values: Mapping[str, Any]  # the target record
    missing: bool  # the target no longer has it
    source: Document | None  # None: never seen since the ledger keeps documents
    edits: tuple[Difference, ...]
    control: Control | None
    title: str
    web_link: Callable[[], str]  # asked only for a row: it may cost a request
    unapproved: str = ""  # why it is not in force at the target, although it was sent, or found, to be
    file: str = "CONFIG"  # the config, as commands name it

    @property
    def target_total(self) -> tuple[str, Decimal]:
        """Currency and amount in the target's books."""
        standing = self.standing
        if standing is None:
            return self.source_total[0], Decimal(0)
        return standing.currency, Decimal(0) if self.missing or standing.state in GONE else standing.total

    @property
    def source_total(self) -> tuple[str, Decimal]:
        """Currency and amount in the source's books. What was never seen there counts as it was pushed."""
        if self.source is None:
            return (self.standing.currency, self.standing.total) if self.standing else ("", Decimal(0))
        ours = self.source.standing
        if ours is None or self.source.absent:
            return (self.standing.currency if self.standing else ""), Decimal(0)
        # A source that does not say the currency means the one in which it was sent.
        return ours.currency or (self.standing.currency if self.standing else ""), ours.total


def pair_rows(pair: Pair) -> list[Row]:
    """The rows of one document. Their amounts add up to the difference that it makes in each currency."""
    rows = [replace(row, currency=pair.target_total[0]) for row in _rows(pair)]
    parts = _difference(pair)
    if not parts:
        return rows
    carrier = next((row for kind in CARRIERS for row in rows if row.kind == kind), None)
    if carrier is None:
        carrier = _unexplained(pair)
        rows.append(carrier)
    # A document whose currency differs is in the books of two currencies, and has a row in each.
    shares = [replace(carrier, currency=currency, amount=part) for currency, part in parts.items()]
    at = rows.index(carrier)
    return [*rows[:at], *shares, *rows[at + 1 :]]


def _difference(pair: Pair) -> dict[str, Decimal]:
    """Target less source by currency, without what is zero."""
    parts: dict[str, Decimal] = {}
    for (currency, total), sign in ((pair.target_total, 1), (pair.source_total, -1)):
        parts[currency] = parts.get(currency, Decimal(0)) + sign * total
    return {currency: part for currency, part in parts.items() if part}


def _rows(pair: Pair) -> Iterator[Row]:
    link, standing, source = pair.link, pair.standing, pair.source
    if pair.missing:
        yield _row(pair, "missing", "no longer there")
        return
    if standing is None:
        return
    if standing.state not in ("open", "draft"):
        yield _row(pair, standing.state, "" if standing.state in GONE else standing.settlement)
    if standing.state in GONE:
        return
    if source is not None and (source.absent or source.standing is None):
        verb = "no longer has" if source.absent else "does not count as a document:"
        yield _row(pair, "unknown", f"{link.address.system} {verb} {link.address}")
    ours = source.standing if source is not None else None
    if ours is not None and ours.state == "paid" and standing.state in ("open", "part_paid"):
        yield _row(pair, "unpaid", f"paid in {link.address.system}, not in {link.target.system}")
    if pair.unapproved:
        yield _row(pair, "unapproved", pair.unapproved)
    if pair.edits:
        yield _row(pair, "edited", "", pair.edits)
    if pair.control is not None and ours is not None:
        yield from _cents(pair, pair.control)


def _cents(pair: Pair, control: Control) -> Iterator[Row]:
    computed = {
        name: Decimal(value)
        for name in control.totals
        if isinstance(value := pair.values.get(name), Decimal | int)
    }
    differing = control_totals.differing(control.totals, computed)
    if not differing:
        return
    pairs = tuple(Difference(name, ours, theirs) for name, (ours, theirs) in differing.items())
    if control.policy == "accept" and control_totals.within(differing, control.tolerance):
        yield _row(pair, "rounded", "accepted by on_difference: accept", pairs)
    elif control.policy != "rounding_line" or [*control.totals][-1] in differing:
        yield _row(pair, "cents", "", pairs)


def _unexplained(pair: Pair) -> Row:
    """The totals of both systems differ, and nothing else does."""
    (ours_in, ours), (theirs_in, theirs) = pair.source_total, pair.target_total
    differences = [Difference("total", ours, theirs)] if ours != theirs else []
    if ours_in != theirs_in:
        differences.append(Difference("currency", ours_in, theirs_in))
    control = pair.control
    accepted = control is not None and control.policy == "accept" and abs(theirs - ours) <= control.tolerance
    if accepted and ours_in == theirs_in:
        return _row(pair, "rounded", "accepted by on_difference: accept", tuple(differences))
    return _row(pair, "cents", "", tuple(differences))


def _row(pair: Pair, kind: str, note: str, differences: tuple[Difference, ...] = ()) -> Row:
    link, source = pair.link, pair.source
    return Row(
        kind,
        pair.title,
        link.address,
        link.target,
        note,
        differences,
        pair.web_link(),
        source_title=source.title if source is not None else "",
        advice=_advice(pair) if kind in LOST else "",
    )


def _advice(pair: Pair) -> str:
    """A void may be meant or a mistake: a person decides."""
    arguments = f"{pair.file} {pair.link.address}"
    return (
        f"`sync unlink {arguments}` lets the next push create it again; "
        f"`sync accept {arguments} --why TEXT` if it is meant"
    )
