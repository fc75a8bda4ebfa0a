"""The report of a run or a plan as text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from engine.cli.output import counted
from engine.cli.render.held import grouped
from engine.cli.render.report.json import held_rows
from engine.cli.render.report.plan import difference_text, plan_text
from engine.model.drift import DRIFT, Book, Row
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
    "unknown": "only in {target}",
}
PLANNED = {"created": "to create", "updated": "to update", "adopted": "to adopt"}
MOST_ROWS = 20


def report_text(report: RunReport) -> str:
    planned = report.command == "plan"
    lines = [f"{report.config}: " + ("plan" if planned else f"{report.command} {report.run}".strip())]
    if report.changes is not None:
        lines += plan_text(report.changes)
    lines += _counts(report, PLANNED if planned else {})
    lines += _held(report)
    if report.reconcile is not None:
        lines += _reconciled(report.reconcile, report)
    if report.notices:
        lines += ["", *(f"  note: {notice}" for notice in report.notices)]
    if report.requests:
        requests = ", ".join(f"{name} {count:,}" for name, count in report.requests.items())
        lines += ["", f"  requests: {requests}"]
    return "\n".join(lines)


def _counts(report: RunReport, words: dict[str, str]) -> Iterator[str]:
    rows = [(name, _outcomes(flow.counts(), words) or "nothing to do") for name, flow in report.flows.items()]
    rows += [(verb, _outcomes(outcomes, words)) for verb, outcomes in report.actions.items()]
    if rows:
        yield ""
        width = max(len(name) for name, _ in rows)
        for name, outcomes_text in rows:
            yield f"  {name:<{width}}  {outcomes_text}"


def _outcomes(outcomes: dict[str, int], words: dict[str, str]) -> str:
    named = ((words.get(outcome, outcome.replace("_", " ")), count) for outcome, count in outcomes.items())
    return ", ".join(f"{count:,} {name}" for name, count in named if count)


def _held(report: RunReport) -> Iterator[str]:
    if report.held:
        yield from ("", f"  held: {len(report.held):,}, waiting for a person; other records are not affected")
        yield from grouped(held_rows(report), "    ", MOST_ROWS)


def _reconciled(reconciled: Reconciled, report: RunReport) -> Iterator[str]:
    if not reconciled.documents and not reconciled.rows:
        # The pack has no documents, or none was pushed yet. A run has other things to report.
        if report.command == "reconcile":
            yield from ("", "  nothing to reconcile: no documents have been pushed")
        return
    drifted = sum(row.kind in DRIFT for row in reconciled.rows)
    outcome = counted(drifted, "difference") if drifted else "no differences"
    yield from ("", f"  reconciled {counted(reconciled.documents, 'document')}: {outcome}")
    yield from _books(reconciled.books, report.sides)
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in reconciled.rows:
        groups[row.kind].append(row)
    for kind, rows in groups.items():
        yield f"    {KINDS[kind].format(target=report.sides[1])}: {len(rows):,}"
        width = max(len(row.title) for row in rows[:MOST_ROWS])
        for row in rows[:MOST_ROWS]:
            address = row.source or row.target
            yield f"      {row.title:<{width}}  {address}" + (f"  {row.note}" if row.note else "")
            yield from (f"        {difference_text(difference)}" for difference in row.differences)
        if len(rows) > MOST_ROWS:
            yield f"      and {len(rows) - MOST_ROWS:,} more"


def _books(books: Iterable[Book], sides: tuple[str, str]) -> Iterator[str]:
    """The totals of both books by currency, in aligned columns."""
    rows = [["", "documents", *sides, "difference"]]
    for book in books:
        sums = (f"{sum_:,.2f}" for sum_ in (book.source, book.target, book.difference))
        rows.append([book.currency, f"{book.documents:,}", *sums])
    if len(rows) > 1:
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for name, *figures in rows:
            cells = (f"{figure:>{width}}" for figure, width in zip(figures, widths[1:], strict=True))
            yield f"    {name:<{widths[0]}}  " + "  ".join(cells)
