"""An explanation as text for people and JSON for programs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.cli.report_json import spelled
from engine.document import display_name
from engine.model.advice import did_you_mean
from engine.model.payload import Payload, Refusal
from engine.sdk.wire import dumps

if TYPE_CHECKING:
    from engine.config import Config
    from engine.mapping import Program
    from engine.mapping.explaining import Branch, Explained, Read
    from engine.model.address import Address
    from engine.model.diagnostic import Span


_POSITION = re.compile(r"\[\d+\]")
LONGEST = 90  # characters of a value


@dataclass(frozen=True, slots=True)
class Explanation:
    """One record explained by one mapping."""

    config: Config
    program: Program
    address: Address
    title: str
    made: Payload | tuple[Refusal, ...] | None
    where: bool | None  # what the mapping's `where` came to; None: it has none
    fields: Sequence[Explained]
    where_reads: Sequence[Read]

    @property
    def outcome(self) -> str:
        if isinstance(self.made, Payload):
            return "mapped"
        return "left_out" if self.made is None else "refused"

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        return self.made if isinstance(self.made, tuple) else ()

    def layer(self, one: Explained) -> str:
        """Where a field's value was decided: in the pack, in the config's settings, in its overrides."""
        deciding = one.branch.rule if one.branch else one.rule
        if deciding.file in (self.config.span.file, display_name(self.config.path)):
            return "override"
        sources = [read.source for read in one.reads if read.value is not None]
        names = [source.removeprefix("settings.") for source in sources if source.startswith("settings.")]
        only_settings = bool(names) and len(names) == len(sources)
        return "config" if only_settings and self.config.given & {*names} else "pack"


def narrowed(fields: Sequence[Explained], path: str | None) -> list[Explained]:
    """The fields at a path and below it. `LineItems[].AccountCode` means that of every line, and so do
    `LineItems[*].AccountCode` and `LineItems.AccountCode`."""
    if path is None:
        return list(fields)
    wanted = path.rstrip(".").replace("[*]", "[]")
    return [one for one in fields if any(_below(spelling, wanted) for spelling in _spellings(one.path))]


def no_such_field(mapping: str, path: str, fields: Sequence[Explained]) -> str:
    """Why a path leads to nothing, and what was meant by it."""
    every = {_POSITION.sub("[]", one.path) for one in fields}
    if "[" in path and any(_below(one, _POSITION.sub("[]", path)) for one in every):
        there = path[: path.rindex("[")]
        many = {
            one.path[len(there) :].partition("]")[0] for one in fields if one.path.startswith(f"{there}[")
        }
        return f"{mapping} makes no {path} of this record: it has {len(many)} {there}, counted from 0"
    return f"{mapping} has no rule for {path}; {did_you_mean(path, every)}"


def _spellings(path: str) -> tuple[str, str, str]:
    """A path with its positions, without them, and without their brackets."""
    return path, _POSITION.sub("[]", path), _POSITION.sub("", path)


def _below(path: str, wanted: str) -> bool:
    return path == wanted or path.startswith((f"{wanted}.", f"{wanted}["))


# ---- JSON


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
        "value": spelled({"": one.value})[""],
        "rule": _place(one.rule, one.text),
        "branch": _branch(one.branch) if one.branch else None,
        "passed": [{**_branch(branch), "why": branch.why} for branch in one.passed],
        "reads": _reads(one.reads),
        "lookup": looked
        and {
            "table": looked.table,
            "column": looked.column,
            "key": looked.key,
            "row": spelled(looked.row) if looked.row is not None else None,
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
    return [{"path": one.path, "source": one.source, "value": spelled({"": one.value})[""]} for one in reads]


# ---- text


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
    text = dumps(spelled({"": value})[""])
    if isinstance(value, list) and (len(text) > LONGEST or any(isinstance(one, dict) for one in value)):
        return f"a list of {len(value)}"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _short(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:99]}…"
