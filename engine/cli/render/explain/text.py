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


def explanation_text(told: Explanation) -> str:
    lines = [
        f"{told.address}  {told.title}".rstrip(),
        f"  by the mapping {told.program.name}, {told.program.file}",
    ]
    if told.where is False:
        read = ", ".join(
            f"{one.path} is {'absent' if one.value is None else _value(one.value)}"
            for one in told.where_reads
        )
        lines.append(f"  left out: its where is not true ({read})")
        return "\n".join(lines)
    for refusal in told.refusals:
        lines.append(f"  refused: {refusal.reason}  [{refusal.where}]")
    for one in told.fields:
        lines += ["", *_told(told, one)]
    return "\n".join(lines)


def _told(told: Explanation, one: Explained) -> Iterator[str]:
    value = "left out" if one.why else _value(one.value)
    yield f"  {one.path}  {value}"
    yield f"    {one.rule}  {told.layer(one)}" + (f"  # {one.doc}" if one.doc else "")
    if one.branch is None and not one.passed:
        yield f"    rule    {_short(one.text)}"
    for branch in one.passed:
        yield f"    {_ordinal(branch):<7} {_short(branch.text)}: {branch.why}"
    if one.branch is not None:
        yield f"    {_ordinal(one.branch):<7} {_short(one.branch.text)}: this one  [{one.branch.rule}]"
    if one.why and not one.passed:
        yield f"    because {one.why}"
    for read in one.reads:
        if not isinstance(read.value, list | dict):
            named = f" ({read.source})" if read.source != read.path else ""
            seen = "absent" if read.value is None else _value(read.value)
            yield f"    read    {read.path} = {seen}{named}"
    if one.lookup is not None and one.lookup.row is not None:
        row = ", ".join(f"{name} {_value(cell)}" for name, cell in list(one.lookup.row.items())[:5])
        hit = f"{one.lookup.column} is {_value(one.lookup.key)}"
        yield f"    table   {one.lookup.table}: {hit}, the row {row}"


def _ordinal(branch: Branch) -> str:
    return f"{branch.number} of {branch.of}" if branch.number else "default"


def _value(value: Any) -> str:
    """A value on one line; of a list of records, or one that is too long, just how many they are."""
    text = dumps(plain_json(value))
    if isinstance(value, list) and (len(text) > LONGEST or any(isinstance(one, dict) for one in value)):
        return f"a list of {len(value)}"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _short(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:99]}…"
