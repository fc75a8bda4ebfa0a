"""The comparison of both books as text: what both come to, and the rows that explain the difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from engine.cli.output import counted
from engine.cli.render.report.plan import difference_text
from engine.model.amounts import amount
from engine.model.drift import Book, BookReading, Row
from engine.model.report import Reconciled, RunReport

KINDS = {
    "missing": "no longer in {target}",
    "deleted": "deleted in {target}",
    "voided": "voided in {target}",
    "edited": "edited in {target}",
    "cents": "amounts differ",
    "unpaid": "payment removed",
    "paid": "paid",
    "part_paid": "partly paid",
    "credited": "settled by a credit note",
    "unallocated": "credit not used up",
    "unapproved": "not approved in {target}",
    "rounded": "cents accepted",
    "unknown": "only in {target}",
    "source_only": "only in {source}",
}
MOST_ROWS = 20


def reconciled_text(reconciled: Reconciled, report: RunReport) -> Iterator[str]:
    if not reconciled.documents and not reconciled.rows:
        # The pack has no documents, or none was pushed yet. A run has other things to report.
        if report.command == "reconcile":
            yield from ("", "  nothing to reconcile: no documents have been pushed")
        return
    yield from ("", f"  reconciled {counted(reconciled.documents, 'document')}: {_outcome(reconciled)}")
    yield from _books(reconciled.books, report.sides)
    yield from _groups(reconciled.rows, report.sides)
    yield from _drafts(reconciled.drafts, report.sides[0])
    yield from _readings(reconciled.readings)


def _outcome(reconciled: Reconciled) -> str:
    """What the report comes to: `no differences` only if both books agree."""
    counts = {
        "difference": sum(row.is_drift for row in reconciled.rows),
        "in one system only": sum(row.kind in ("unknown", "source_only") for row in reconciled.rows),
        "accepted": len({row.target for row in reconciled.rows if row.accepted}),
        "with accepted cents": sum(row.kind == "rounded" for row in reconciled.rows),
    }
    differences = counts.pop("difference")
    parts = [counted(differences, "difference")] if differences else []
    parts += [f"{count:,} {what}" for what, count in counts.items() if count]
    outcome = ", ".join(parts) or "no differences"
    whole = all(reading.complete for reading in reconciled.readings)
    return outcome if whole else f"{outcome} in what was read"


def _groups(rows: Sequence[Row], sides: tuple[str, str]) -> Iterator[str]:
    groups: dict[tuple[str, bool], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.kind, row.accepted is not None].append(row)
    for (kind, accepted), members in groups.items():
        heading = KINDS[kind].format(source=sides[0], target=sides[1]) + (", accepted" if accepted else "")
        yield f"    {heading}: {len(members):,}{_shares(members)}"
        shown = members[:MOST_ROWS]
        width = max(len(_label(row)) for row in shown)
        for row in shown:
            share = f"  {amount(row.amount)} {row.currency}".rstrip() if row.amount else ""
            why = row.accepted.why if row.accepted else row.note
            note = f"  {why}" if why else ""
            yield f"      {_label(row):<{width}}  {row.source or row.target}{share}{note}"
            yield from (f"        {difference_text(difference)}" for difference in row.differences)
        if len(members) > MOST_ROWS:
            yield f"      and {len(members) - MOST_ROWS:,} more"
        if members[0].advice and not accepted:
            yield f"      {_advice(members)}"


def _advice(rows: Sequence[Row]) -> str:
    """Once for all rows of a group; each has its own in JSON."""
    advice = rows[0].advice
    return advice if len(rows) == 1 else advice.replace(str(rows[0].source), "ADDRESS")


def _label(row: Row) -> str:
    """Both numbers of a document that has two."""
    if not row.source_title or row.source_title == row.title or row.target is None:
        return row.title
    return f"{row.source_title} ({row.target.system} {row.title})"


def _shares(rows: Iterable[Row]) -> str:
    """The part of the difference that a group explains, by currency."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row.currency] += row.amount
    shown = ", ".join(f"{amount(sums[unit])} {unit}".rstrip() for unit in sorted(sums) if sums[unit])
    return f" ({shown})" if shown else ""


def _books(books: Iterable[Book], sides: tuple[str, str]) -> Iterator[str]:
    """The totals of both books by currency, in aligned columns."""
    rows = [["", "documents", *sides, "difference"]]
    for book in books:
        sums = (amount(sum_) for sum_ in (book.source, book.target, book.difference))
        rows.append([book.currency or "?", f"{book.documents:,}", *sums])
    if len(rows) > 1:
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for name, *figures in rows:
            cells = (f"{figure:>{width}}" for figure, width in zip(figures, widths[1:], strict=True))
            yield f"    {name:<{widths[0]}}  " + "  ".join(cells)


def _drafts(drafts: Sequence[Book], source: str) -> Iterator[str]:
    if drafts:
        count = sum(book.documents for book in drafts)
        sums = ", ".join(f"{amount(book.source)} {book.currency}".rstrip() for book in drafts)
        yield f"    not issued in {source} yet, and not in these totals: {count:,} ({sums})"


def _readings(readings: Iterable[BookReading]) -> Iterator[str]:
    """What the report rests on, if that is not a complete reading of both books."""
    shown = [_reading(reading) for reading in readings if reading.since or not reading.complete]
    if shown:
        yield f"    read: {', '.join(shown)}; everything else as it was last seen"


def _reading(reading: BookReading) -> str:
    if reading.since is not None:
        what = f"what changed in {reading.stream} since {reading.since:%Y-%m-%d %H:%M} UTC"
    else:
        what = f"{reading.records:,} {reading.stream}"
    return what if reading.complete else f"{what}, maybe not all"
