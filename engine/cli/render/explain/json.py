"""An explanation as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.cli.render.explain.explanation import Explanation
from engine.cli.render.values import plain_json

if TYPE_CHECKING:
    from engine.mapping.describe.explaining import Branch, Explained, Read
    from engine.model.diagnostic import Span


def explanation_json(told: Explanation) -> dict[str, Any]:
    return {
        "config": told.config.name,
        "address": str(told.address),
        "title": told.title,
        "mapping": told.program.name,
        "outcome": told.outcome,
        "where": None if told.where is None else {"value": told.where, "reads": _reads(told.where_reads)},
        "refused": [{"code": one.code, "reason": one.reason, "where": one.where} for one in told.refusals],
        "fields": [_field(told, one) for one in told.fields],
    }


def _field(told: Explanation, one: Explained) -> dict[str, Any]:
    looked = one.lookup
    return {
        "path": one.path,
        "value": plain_json(one.value),
        "rule": _place(one.rule, one.text),
        "branch": _branch(one.branch) if one.branch else None,
        "passed": [{**_branch(branch), "why": branch.why} for branch in one.passed],
        "reads": _reads(one.reads),
        "lookup": looked
        and {
            "table": looked.table,
            "column": looked.column,
            "key": looked.key,
            "row": plain_json(looked.row) if looked.row is not None else None,
        },
        "layer": told.layer(one),
        "why": one.why,
        "doc": one.doc,
    }


def _branch(one: Branch) -> dict[str, Any]:
    return {"number": one.number, "of": one.of, **_place(one.rule, one.text)}


def _place(span: Span, text: str) -> dict[str, Any]:
    return {"file": span.file, "line": span.line, "column": span.column, "text": text}


def _reads(reads: Sequence[Read]) -> list[dict[str, Any]]:
    return [{"path": one.path, "source": one.source, "value": plain_json(one.value)} for one in reads]
