"""The report as text, laid out to be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from engine.cli.output import counted
from engine.cli.render.held import grouped
from engine.cli.render.report.json import held_rows
from engine.cli.render.report.plan import difference, plan_text
from engine.model.drift import DRIFT, Book
from engine.model.report import Reconciled, RunReport

WORDS = {
    "missing": "not in {target} any more",
    "deleted": "deleted in {target}",
    "voided": "voided in {target}",
    "edited": "edited in {target}",
    "cents": "amounts differ",
    "unpaid": "payment taken back",
    "paid": "paid",
    "part_paid": "paid in part",
    "credited": "settled by a credit note",
    "unknown": "only in {target}",
}
TO_DO = {"created": "to create", "updated": "to update", "adopted": "to adopt"}  # a plan has done nothing
MOST_ROWS = 20


def report_text(report: RunReport) -> str:
    planned = report.changes is not None
    lines = [f"{report.config}: " + ("plan" if planned else f"{report.command} {report.run}".strip())]
    if report.changes is not None:
        lines += plan_text(report.changes)
    lines += _counts(report, TO_DO if planned else {})
    lines += _held(report, planned)
    if report.reconcile is not None:
        lines += _reconciled(report.reconcile, report.sides)
    if report.notices:
        lines += ["", *(f"  note: {notice}" for notice in report.notices)]
    if report.requests:
        asked = ", ".join(f"{name} {count:,}" for name, count in report.requests.items())
        lines += ["", f"  requests: {asked}"]
    return "\n".join(lines)


def _counts(report: RunReport, words: dict[str, str]) -> Iterator[str]:
    rows = []
    for name, flow in report.flows.items():
        rows.append((name, _said(flow.counts(), words) or "nothing to do"))
    for verb, outcomes in report.actions.items():
        rows.append((verb, _said(outcomes, words)))
    if rows:
        yield ""
        width = max(len(name) for name, _ in rows)
        for name, said in rows:
            yield f"  {name:<{width}}  {said}"


def _said(outcomes: dict[str, int], words: dict[str, str]) -> str:
    named = ((words.get(word, word.replace("_", " ")), count) for word, count in outcomes.items())
    return ", ".join(f"{count:,} {word}" for word, count in named if count)


def _held(report: RunReport, planned: bool) -> Iterator[str]:
    if not report.held:
        return
    each = "it waits for a person" if len(report.held) == 1 else "each waits for a person"
    yield from (
        "",
        f"  held: {len(report.held):,}; {each}, the rest " + ("goes on" if planned else "went on"),
    )
    yield from grouped(held_rows(report), "    ", MOST_ROWS)


def _reconciled(found: Reconciled, sides: tuple[str, str]) -> Iterator[str]:
    drifted = sum(row.kind in DRIFT for row in found.rows)
    them = "it has not drifted" if found.documents == 1 else "none of them drifted"
    said = f"{counted(drifted, 'difference')} to look at" if drifted else them
    yield from (
        "",
        f"  reconciled {counted(found.documents, 'document')}" + (found.documents > 0) * f", {said}",
    )
    yield from _books(found.books, sides)
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in found.rows:
        groups[row.kind].append(row)
    for kind, rows in groups.items():
        yield f"    {WORDS[kind].format(target=sides[1])}: {len(rows):,}"
        width = max(len(row.title) for row in rows[:MOST_ROWS])
        for row in rows[:MOST_ROWS]:
            at = row.source or row.target
            yield f"      {row.title:<{width}}  {at}" + (f"  {row.note}" if row.note else "")
            for one in row.differences:
                yield f"        {difference(one)}"
        if len(rows) > MOST_ROWS:
            yield f"      and {len(rows) - MOST_ROWS:,} more"


def _books(books: Iterable[Book], sides: tuple[str, str]) -> Iterator[str]:
    """Both books' sums by currency, in columns as wide as they need to be."""
    rows = [["", "documents", *sides, "difference"]]
    for book in books:
        sums = (f"{sum_:,.2f}" for sum_ in (book.source, book.target, book.difference))
        rows.append([book.currency, f"{book.documents:,}", *sums])
    if len(rows) > 1:
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for name, *figures in rows:
            cells = (f"{one:>{width}}" for one, width in zip(figures, widths[1:], strict=True))
            yield f"    {name:<{widths[0]}}  " + "  ".join(cells)
