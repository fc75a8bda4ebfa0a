"""The report as text, laid out to be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from engine.cli.report_json import spelled
from engine.model.change import Adopt, Change, Create, Difference, Held, LeftOut, Unchanged, Update
from engine.model.drift import DRIFT
from engine.model.report import Reconciled, RunReport
from engine.sdk.wire import dumps

WORDS = {
    "missing": "not in the target any more",
    "deleted": "deleted in the target",
    "voided": "voided in the target",
    "edited": "edited in the target",
    "cents": "amounts differ",
    "unpaid": "payment taken back",
    "paid": "paid",
    "part_paid": "paid in part",
    "credited": "settled by a credit note",
    "unknown": "only in the target",
}
MOST_ROWS = 20


def report_text(report: RunReport) -> str:
    lines = [
        f"{report.config}: {report.command}" + (f" {report.run}" if report.run not in ("", "plan") else "")
    ]
    if report.changes is not None:
        lines += _plan(report.changes)
    lines += _counts(report)
    lines += _held(list(report.held.values()))
    if report.reconcile is not None:
        lines += _reconciled(report.reconcile)
    lines += [f"  note: {notice}" for notice in report.notices]
    if report.requests:
        asked = ", ".join(f"{name} {count}" for name, count in report.requests.items())
        lines += ["", f"  requests: {asked}"]
    return "\n".join(lines)


def _counts(report: RunReport) -> Iterator[str]:
    rows = []
    for name, flow in report.flows.items():
        said = [f"{count} {word.replace('_', ' ')}" for word, count in flow.counts().items() if count]
        rows.append((name, ", ".join(said) or "nothing to do"))
    for verb, outcomes in report.actions.items():
        rows.append((verb, ", ".join(f"{count} {word}" for word, count in outcomes.items() if count)))
    if rows:
        yield ""
        width = max(len(name) for name, _ in rows)
        for name, said_ in rows:
            yield f"  {name:<{width}}  {said_}"


def _held(held: list[Held]) -> Iterator[str]:
    """Grouped by cause: what a hundred invoices share is said once."""
    if not held:
        return
    yield from ("", f"  held: {len(held)}, each waits for a person; the rest went on")
    groups: dict[tuple[str, str, str], list[Held]] = defaultdict(list)
    for one in held:
        groups[one.code, one.reason, one.where].append(one)
    for (code, reason, where), members in groups.items():
        yield f"    {code}: {reason}" + (f"  [{where}]" if where else "")
        for one in members[:MOST_ROWS]:
            yield f"      {one.address}" + (f"  {one.title}" if one.title else "")
        if len(members) > MOST_ROWS:
            yield f"      and {len(members) - MOST_ROWS} more"


def _reconciled(found: Reconciled) -> Iterator[str]:
    drifted = sum(row.kind in DRIFT for row in found.rows)
    yield from ("", f"  reconciled {found.documents} documents, {drifted or 'none'} of them drifted")
    if found.books:
        yield f"    {'':4}  {'documents':>9}  {'source':>16}  {'target':>16}  {'difference':>11}"
    for book in found.books:
        sums = f"{book.source:>16,.2f}  {book.target:>16,.2f}  {book.difference:>11,.2f}"
        yield f"    {book.currency:<4}  {book.documents:>9}  {sums}"
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in found.rows:
        groups[row.kind].append(row)
    for kind, rows in groups.items():
        yield f"    {WORDS[kind]}: {len(rows)}"
        for row in rows[:MOST_ROWS]:
            at = row.source or row.target
            yield f"      {row.title}  {at}" + (f"  {row.note}" if row.note else "")
            for one in row.differences:
                yield f"        {_difference(one)}"
        if len(rows) > MOST_ROWS:
            yield f"      and {len(rows) - MOST_ROWS} more"


def _plan(changes: list[Change]) -> Iterator[str]:
    for change in changes:
        match change:
            case Create(payload):
                yield f"\n+ create {payload.mapping}  {payload.address}  {payload.title}"
                yield from _fields(payload.body)
                yield from (f"    then {verb}" for verb in payload.actions)
            case Update(payload, target_id, differences):
                yield f"\n~ update {payload.mapping}  {payload.address}  {payload.title}  ({target_id})"
                yield from (f"    {_difference(one)}" for one in differences)
            case Adopt(payload, target_id):
                yield f"\n= adopt {payload.mapping}  {payload.address}  {payload.title}  ({target_id})"
    unchanged = sum(isinstance(one, Unchanged) for one in changes)
    left_out = sum(isinstance(one, LeftOut) for one in changes)
    if unchanged or left_out:
        yield f"\n  {unchanged} unchanged, {left_out} left out"


def _fields(body: Mapping[str, Any]) -> Iterator[str]:
    for path, value in flat(spelled(body)):
        yield f"    {path}: {_value(value)}"


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of a body with its path, e.g. `LineItems[0].AccountCode`."""
    if isinstance(value, Mapping) and "$ref" not in value:
        for name, member in value.items():
            yield from flat(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from flat(item, f"{path}[{at}]")
    else:
        yield path, value


def _difference(one: Difference) -> str:
    return f"{one.path}: {_value(spelled({'': one.before})[''])} -> {_value(spelled({'': one.after})[''])}"


def _value(value: Any) -> str:
    if isinstance(value, Mapping) and "$ref" in value:
        return f"-> {value['$ref']}"
    shown = dumps(value)
    return shown if len(shown) <= 100 else shown[:99] + "…"
