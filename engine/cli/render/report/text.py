"""The report of a run or a plan as text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from engine.cli.output import counted
from engine.cli.render.held import grouped
from engine.cli.render.report.books import reconciled_text
from engine.cli.render.report.json import elsewhere_rows, held_rows, outdated_fields
from engine.cli.render.report.plan import plan_text
from engine.model.amounts import amount
from engine.model.report import ActionRow, RunReport

PLANNED = {"created": "to create", "updated": "to update", "adopted": "to adopt"}
MOST_ROWS = 20


def report_text(report: RunReport) -> str:
    planned = report.command == "plan"
    lines = [f"{report.config}: " + ("plan" if planned else f"{report.command} {report.run}".strip())]
    if report.changes is not None:
        lines += plan_text(report.changes, report.requested)
    lines += _counts(report, PLANNED if planned else {})
    lines += _elsewhere(report)
    lines += _held(report)
    lines += _outdated(report)
    lines += _not_done(report)
    if report.reconcile is not None:
        lines += reconciled_text(report.reconcile, report)
    if report.notices:
        lines += ["", *(f"  note: {notice}" for notice in report.notices)]
    if report.requests:
        requests = ", ".join(f"{name} {count:,}" for name, count in report.requests.items())
        lines += ["", f"  requests: {requests}"]
    return "\n".join(lines)


def _counts(report: RunReport, words: dict[str, str]) -> Iterator[str]:
    rows = [(name, _outcomes(flow.counts(), words) or "nothing to do") for name, flow in report.flows.items()]
    rows += [
        (verb, "; ".join(filter(None, (_outcomes(outcomes, words), _amounts(report, verb)))))
        for verb, outcomes in report.actions.items()
    ]
    if rows:
        yield ""
        width = max(len(name) for name, _ in rows)
        for name, outcomes_text in rows:
            yield f"  {name:<{width}}  {outcomes_text}"


def _amounts(report: RunReport, verb: str) -> str:
    """What its actions have moved, or will by a plan: `60.50 EUR`."""
    moved = report.moved.get(verb, {})
    return ", ".join(f"{amount(moved[currency])} {currency}".rstrip() for currency in sorted(moved))


def _outcomes(outcomes: dict[str, int], words: dict[str, str]) -> str:
    named = ((words.get(outcome, outcome.replace("_", " ")), count) for outcome, count in outcomes.items())
    return ", ".join(f"{count:,} {name}" for name, count in named if count)


def _elsewhere(report: RunReport) -> Iterator[str]:
    rows = elsewhere_rows(report)
    if rows:
        yield ""
    for row in rows:
        yield f"  {counted(row['records'], 'record')} of {row['stream']} left out ({row['owner']})"


def _held(report: RunReport) -> Iterator[str]:
    if report.held:
        yield from ("", f"  held: {len(report.held):,}, waiting for a person; other records are not affected")
        yield from grouped(held_rows(report), "    ", MOST_ROWS)
    if report.dismissed:
        yield from ("", f"  dismissed: {report.dismissed:,}, left alone until they change")


def _outdated(report: RunReport) -> Iterator[str]:
    """Documents that were sent by earlier rules: one line for each mapping."""
    for mapping, records in report.outdated.items():
        yield ""
        fields = ", ".join(outdated_fields(records.values()))
        yield f"  {len(records):,} {mapping} would differ under the present rules: {fields}"
        yield "    left as sent; `sync plan --rules` shows them, `sync held retry` sends those that are named"


def _not_done(report: RunReport) -> Iterator[str]:
    """Actions that were wanted and not carried out, by reason; what is held is listed above."""
    rows = [row for row in report.not_done.values() if row.outcome != "held"]
    groups: dict[tuple[str, str, str], list[ActionRow]] = defaultdict(list)
    for row in rows:
        groups[row.verb, row.outcome, row.reason].append(row)
    for (verb, outcome, reason), members in groups.items():
        yield from ("", f"  {verb} {outcome}: {len(members):,}, {reason}")
        for row in members[:MOST_ROWS]:
            yield f"    {row.title}  {row.address}" if row.title else f"    {row.address}"
        if len(members) > MOST_ROWS:
            yield f"    and {len(members) - MOST_ROWS:,} more"
