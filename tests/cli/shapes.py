"""Compare JSON with a shape: its keys, nesting and types, all of them and no others."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

NUMBER = (int, Decimal)
COUNTS = {"created": int, "updated": int, "unchanged": int, "adopted": int, "held": int, "skipped": int}
DIFFERENCE = {"path": str, "before": object, "after": object}
HELD = {"address": str, "code": str, "reason": str, "where": str, "mapping": str, "title": str}
HELD_ROW = {
    "address": str, "mapping": str, "verb": str, "code": str, "reason": str, "where": str, "since": str,
    "title": str,
}  # fmt: skip
DISMISSED = {**HELD_ROW, "why": str, "who": str, "at": str}
DIAGNOSTIC = {
    "file": str, "line": int, "column": int, "length": int, "code": str, "severity": str, "message": str,
    "hint": str,
}  # fmt: skip
ROW = {
    "kind": str, "title": str, "source": (str, None), "target": (str, None), "note": str,
    "diff": [DIFFERENCE], "link": str, "currency": str, "amount": NUMBER, "source_title": str,
    "accepted": ({"why": str, "who": str, "at": str}, None), "advice": str,
}  # fmt: skip
KINDS = (
    "missing deleted voided edited cents unpaid paid part_paid credited unallocated"
    " unapproved rounded unknown source_only"
)
RECONCILE = {
    "documents": int,
    **dict.fromkeys(KINDS.split(), int),
    "accepted": int,
    "held": int,
    "rows": [ROW],
    "totals": [{"currency": str, "documents": int, "source": NUMBER, "target": NUMBER, "difference": NUMBER}],
    "drafts": [{"currency": str, "documents": int, "source": NUMBER}],
    "read": [{"stream": str, "records": int, "since": (str, None), "complete": bool}],
}
ACTION = {
    "address": str, "verb": str, "outcome": str, "code": str, "reason": str, "mapping": str, "title": str,
}  # fmt: skip
REPORT = {
    "config": str,
    "run": str,
    "command": str,
    "exit": int,
    "flows": {str: COUNTS},
    "actions": {str: {"done": int, "held": int, "waiting": int, "skipped": int}},
    "moved": {str: {str: NUMBER}},
    "actions_not_done": [ACTION],
    "held": [HELD],
    "dismissed": int,
    "requests": {str: int},
    "outdated": {str: {"documents": int, "fields": [str]}},
    "notices": [str],
    "elsewhere": [{"stream": str, "owner": str, "records": int}],
    "reconcile": (RECONCILE, None),
}
CHANGE = {
    "address": str,
    "change": str,
    "mapping": str,
    "title": str,
    "payload": object,
    "diff": [DIFFERENCE],
}
FAILURE = {"exit": int, "error": str, "diagnostics": [DIAGNOSTIC]}


def misfits(value: Any, shape: Any, path: str = "$") -> Iterator[str]:
    """Where the value is not as the shape says; nothing where it fits."""
    match shape:
        case tuple():
            if all(list(misfits(value, one, path)) for one in shape):
                yield f"{path} is none of {shape}: {value!r}"
        case None:
            if value is not None:
                yield f"{path} is not null: {value!r}"
        case [item]:
            if not isinstance(value, list):
                yield f"{path} is no list: {value!r}"
                return
            for at, one in enumerate(value):
                yield from misfits(one, item, f"{path}[{at}]")
        case dict():
            yield from _members(value, shape, path)
        case type():
            if not isinstance(value, shape) or (isinstance(value, bool) and shape not in (bool, object)):
                yield f"{path} is no {shape.__name__}: {value!r}"


def _members(value: Any, shape: dict[Any, Any], path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path} is no object: {value!r}"
        return
    if list(shape) == [str]:  # any names, all alike
        shape = dict.fromkeys(value, shape[str])
    if set(value) != set(shape):
        yield f"{path} has {sorted(value)} and should have {sorted(shape)}"
    for name in set(value) & set(shape):
        yield from misfits(value[name], shape[name], f"{path}.{name}")


def fits(value: Any, shape: Any) -> bool:
    """Whether the value is as the shape says; a test's assertion shows where it is not."""
    wrong = list(misfits(value, shape))
    assert not wrong, "\n".join(wrong)
    return True
