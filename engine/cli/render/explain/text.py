"""An explanation as text for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from engine.cli.render.explain.explanation import Explanation
from engine.cli.render.values import plain_json
from engine.sdk.wire import dumps

if TYPE_CHECKING:
    from engine.mapping.describe.explaining import Branch, Explained

LONGEST = 90  # characters of a value


def explanation_text(explanation: Explanation) -> str:
    lines = [
        f"{explanation.address}  {explanation.title}".rstrip(),
        f"  mapping {explanation.program.name}, {explanation.program.file}",
    ]
    if explanation.where is False:
        values = ", ".join(
            f"{read.path} is {'absent' if read.value is None else _value(read.value)}"
            for read in explanation.where_reads
        )
        lines.append(f"  skipped: its `where` is not true ({values})")
        return "\n".join(lines)
    for refusal in explanation.refusals:
        lines.append(f"  refused: {refusal.reason}  [{refusal.where}]")
    for field in explanation.fields:
        lines += ["", *_field(explanation, field)]
    for action in explanation.actions:
        lines += ["", f"  action {action.verb}  {'wanted' if action.wanted else 'not wanted'}"]
        lines += [f"    because {action.why}"] if action.why else []
        lines += _field(explanation, action.to) if action.to is not None else ()
    return "\n".join(lines)


def _field(explanation: Explanation, field: Explained) -> Iterator[str]:
    value = "left out" if field.why else _value(field.value)
    yield f"  {field.path}  {value}"
    yield f"    {field.rule}  {explanation.layer(field)}" + (f"  # {field.doc}" if field.doc else "")
    if field.branch is None and not field.passed:
        yield f"    rule    {_short(field.text)}"
    for branch in field.passed:
        yield f"    {_ordinal(branch):<7} {_short(branch.text)}: {branch.why}"
    if field.branch is not None:
        yield f"    {_ordinal(field.branch):<7} {_short(field.branch.text)}: applies  [{field.branch.rule}]"
    if field.why and not field.passed:
        yield f"    because {field.why}"
    for read in field.reads:
        if not isinstance(read.value, list | dict):
            named = f" ({read.source})" if read.source != read.path else ""
            seen = "absent" if read.value is None else _value(read.value)
            yield f"    read    {read.path} = {seen}{named}"
    if field.lookup is not None and field.lookup.row is not None:
        row = ", ".join(f"{name} {_value(cell)}" for name, cell in list(field.lookup.row.items())[:5])
        hit = f"{field.lookup.column} is {_value(field.lookup.key)}"
        yield f"    table   {field.lookup.table}: {hit}; row {row}"


def _ordinal(branch: Branch) -> str:
    return f"{branch.number} of {branch.of}" if branch.number else "default"


def _value(value: Any) -> str:
    """A value on one line; of a list of records, or one that is too long, only the number of items."""
    text = dumps(plain_json(value))
    if isinstance(value, list) and (len(text) > LONGEST or any(isinstance(item, dict) for item in value)):
        return f"a list of {len(value)}"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _short(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:99]}…"
