"""An explanation as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.cli.render.explain.explanation import Explanation
from engine.cli.render.values import plain_json

if TYPE_CHECKING:
    from engine.mapping.describe.explaining import Branch, Explained, ExplainedAction, Read
    from engine.model.diagnostic import Span


def explanation_json(explanation: Explanation) -> dict[str, Any]:
    return {
        "config": explanation.config.name,
        "address": str(explanation.address),
        "title": explanation.title,
        "mapping": explanation.program.name,
        "outcome": explanation.outcome,
        "where": None
        if explanation.where is None
        else {"value": explanation.where, "reads": _reads(explanation.where_reads)},
        "refused": [
            {"code": refusal.code, "reason": refusal.reason, "where": refusal.where}
            for refusal in explanation.refusals
        ],
        "fields": [_field(explanation, field) for field in explanation.fields],
        "actions": [_action(explanation, action) for action in explanation.actions],
    }


def _action(explanation: Explanation, action: ExplainedAction) -> dict[str, Any]:
    return {
        "do": action.verb,
        "wanted": action.wanted,
        "to": _field(explanation, action.to) if action.to is not None else None,
        "reads": _reads(action.reads),
        "why": action.why,
    }


def _field(explanation: Explanation, field: Explained) -> dict[str, Any]:
    lookup = field.lookup
    return {
        "path": field.path,
        "value": plain_json(field.value),
        "rule": _place(field.rule, field.text),
        "branch": _branch(field.branch) if field.branch else None,
        "passed": [{**_branch(branch), "why": branch.why} for branch in field.passed],
        "reads": _reads(field.reads),
        "lookup": lookup
        and {
            "table": lookup.table,
            "column": lookup.column,
            "key": lookup.key,
            "row": plain_json(lookup.row) if lookup.row is not None else None,
        },
        "layer": explanation.layer(field),
        "why": field.why,
        "doc": field.doc,
    }


def _branch(branch: Branch) -> dict[str, Any]:
    return {"number": branch.number, "of": branch.of, **_place(branch.rule, branch.text)}


def _place(span: Span, text: str) -> dict[str, Any]:
    return {"file": span.file, "line": span.line, "column": span.column, "text": text}


def _reads(reads: Sequence[Read]) -> list[dict[str, Any]]:
    return [{"path": read.path, "source": read.source, "value": plain_json(read.value)} for read in reads]
