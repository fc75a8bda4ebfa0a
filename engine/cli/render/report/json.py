"""The report as JSON. The README documents its shape, and tests hold it: programs rely on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from engine.cli.render.values import plain_json
from engine.model.change import Adopt, Change, Create, Difference, Held, Skipped, Unchanged, Update
from engine.model.drift import DRIFT, NEWS, Acceptance, BookReading, Row
from engine.model.report import ActionRow, Reconciled, RunReport

NOT_SENT: dict[str, Any] = {"target_id": None, "payload": None, "diff": [], "actions": [], "wanted": []}


def report_json(report: RunReport) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "config": report.config,
        "run": report.run,
        "command": report.command,
        "exit": report.exit,
        "flows": {name: flow.counts() for name, flow in report.flows.items()},
        "actions": {
            verb: {"done": 0, "held": 0, "waiting": 0, "skipped": 0, **counts}
            for verb, counts in report.actions.items()
        },
        "moved": report.moved,
        "actions_not_done": [not_done_json(row) for row in report.not_done.values()],
        "held": held_rows(report),
        "dismissed": report.dismissed,
        "requests": report.requests,
        "outdated": {
            mapping: {"documents": len(records), "fields": outdated_fields(records.values())}
            for mapping, records in report.outdated.items()
        },
        "notices": report.notices,
        "elsewhere": elsewhere_rows(report),
        "reconcile": _reconciled(report.reconcile, len(report.held)) if report.reconcile else None,
    }
    if report.planned is not None:
        shown["planned"] = {"emails": report.planned.emails, "amounts": dict(report.planned.amounts)}
    if report.changes is not None:
        shown["changes"] = [_change(change, report) for change in report.changes]
    return shown


def elsewhere_rows(report: RunReport) -> list[dict[str, Any]]:
    """Records that belong to others, counted by stream and owner."""
    counts = Counter((str(address.stream_ref), owner) for address, owner in report.elsewhere.items())
    return [
        {"stream": stream, "owner": owner, "records": count}
        for (stream, owner), count in sorted(counts.items())
    ]


def outdated_fields(records: Iterable[Sequence[str]]) -> list[str]:
    """The fields of all of them, each once."""
    return list(dict.fromkeys(name for fields in records for name in fields))


def held_rows(report: RunReport) -> list[dict[str, Any]]:
    return [_held(held) for held in report.held.values()]


def not_done_json(row: ActionRow) -> dict[str, Any]:
    return {
        "address": str(row.address),
        "verb": row.verb,
        "outcome": row.outcome,
        "code": row.code,
        "reason": row.reason,
        "mapping": row.mapping,
        "title": row.title,
    }


def _held(held: Held) -> dict[str, Any]:
    return {
        "address": str(held.address),
        "code": held.code,
        "reason": held.reason,
        "where": held.where,
        "mapping": held.mapping,
        "title": held.title,
    }


def _change(change: Change, report: RunReport) -> dict[str, Any]:
    match change:
        case Held(address, mapping, code, reason, where, title):
            shown = {"address": str(address), "change": "held", "mapping": mapping, "title": title}
            return {**shown, **NOT_SENT, "code": code, "reason": reason, "where": where}
        case Skipped(address, mapping, reason):
            shown = {"address": str(address), "change": "skipped", "mapping": mapping, "title": ""}
            return {**shown, **NOT_SENT, "reason": reason}
    kinds = {Create: "create", Update: "update", Adopt: "adopt", Unchanged: "unchanged"}
    payload = change.payload
    differences = () if isinstance(change, Create) else change.differences
    held = change.held if isinstance(change, Adopt) else None  # it is linked, and nothing is sent to it
    wanted = payload.actions if isinstance(change, Create) else ()
    return {
        "address": str(payload.address),
        "change": kinds[type(change)],
        "mapping": payload.mapping,
        "title": payload.title,
        "target_id": None if isinstance(change, Create) else change.target_id,
        "payload": plain_json(payload.body),
        "diff": [] if held else [difference_json(difference) for difference in differences],
        "actions": [action.verb for action in report.requested.get((payload.mapping, payload.address), ())],
        "wanted": [{"do": action.verb, "to": plain_json(action.to)} for action in wanted],
        **({"code": held.code, "reason": held.reason, "where": held.where} if held else {}),
    }


def difference_json(difference: Difference) -> dict[str, Any]:
    return {
        "path": difference.path,
        "before": plain_json(difference.before),
        "after": plain_json(difference.after),
    }


def _reconciled(reconciled: Reconciled, held: int) -> dict[str, Any]:
    open_rows = [row for row in reconciled.rows if row.accepted is None]
    counts = {kind: sum(row.kind == kind for row in open_rows) for kind in (*DRIFT, *NEWS)}
    return {
        "documents": reconciled.documents,
        **counts,
        "accepted": len({row.target for row in reconciled.rows if row.accepted}),
        "held": held,
        "rows": [_row(row) for row in reconciled.rows],
        "totals": [
            {
                "currency": book.currency,
                "documents": book.documents,
                "source": book.source,
                "target": book.target,
                "difference": book.difference,
            }
            for book in reconciled.books
        ],
        "drafts": [
            {"currency": book.currency, "documents": book.documents, "source": book.source}
            for book in reconciled.drafts
        ],
        "read": [_reading(reading) for reading in reconciled.readings],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "title": row.title,
        "source": str(row.source) if row.source else None,
        "target": str(row.target) if row.target else None,
        "note": row.note,
        "diff": [difference_json(difference) for difference in row.differences],
        "link": row.link,
        "currency": row.currency,
        "amount": row.amount,
        "source_title": row.source_title,
        "accepted": acceptance_json(row.accepted) if row.accepted else None,
        "advice": row.advice,
    }


def acceptance_json(acceptance: Acceptance) -> dict[str, str]:
    return {"why": acceptance.why, "who": acceptance.who, "at": acceptance.at.isoformat()}


def _reading(reading: BookReading) -> dict[str, Any]:
    return {
        "stream": reading.stream,
        "records": reading.records,
        "since": reading.since.isoformat() if reading.since else None,
        "complete": reading.complete,
    }
