"""An explanation as text for people and JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.cli.report_json import spelled
from engine.document import display_name
from engine.model.payload import Payload, Refusal
from engine.sdk.wire import dumps

if TYPE_CHECKING:
    from engine.config import Config
    from engine.mapping import Program
    from engine.mapping.explaining import Branch, Explained, Read
    from engine.model.address import Address
    from engine.model.diagnostics import Span


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
    """The fields at a path and below it; `LineItems[].AccountCode` means that of every line."""
    if path is None:
        return list(fields)
    wanted = path.rstrip(".")
    return [one for one in fields if any(_below(shape, wanted) for shape in (one.path, _every(one.path)))]


def _every(path: str) -> str:
    """The path without its positions."""
    out = ""
    for piece in path.split("["):
        out += f"[{piece.partition(']')[1]}{piece.partition(']')[2]}" if out or "]" in piece else piece
    return out


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
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = dumps(spelled({"": value})[""])
    return text if len(text) <= 90 else f"{text[:89]}…"


def _short(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:99]}…"
