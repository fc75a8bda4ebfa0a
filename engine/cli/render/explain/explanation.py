"""One record explained by one mapping, and the selection of some of its fields by a path."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.document import display_name
from engine.model.advice import did_you_mean, with_hint
from engine.model.payload import Payload, Refusal

if TYPE_CHECKING:
    from engine.config import Config
    from engine.mapping import Program
    from engine.mapping.describe.explaining import Explained, ExplainedAction, Read
    from engine.model.address import Address


_INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Explanation:
    """One record explained by one mapping."""

    config: Config
    program: Program
    address: Address
    title: str
    result: Payload | tuple[Refusal, ...] | None
    where: bool | None  # the value of the mapping's `where`; None: it has none
    fields: Sequence[Explained]
    where_reads: Sequence[Read]
    actions: Sequence[ExplainedAction] = ()

    @property
    def outcome(self) -> str:
        if isinstance(self.result, Payload):
            return "mapped"
        return "skipped" if self.result is None else "refused"

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        return self.result if isinstance(self.result, tuple) else ()

    def layer(self, field: Explained) -> str:
        """What decided a field's value: the pack, the config's settings, or its overrides."""
        deciding = field.branch.rule if field.branch else field.rule
        if deciding.file in (self.config.span.file, display_name(self.config.path)):
            return "override"
        sources = [read.source for read in field.reads if read.value is not None]
        names = [source.removeprefix("settings.") for source in sources if source.startswith("settings.")]
        only_settings = bool(names) and len(names) == len(sources)
        return "config" if only_settings and self.config.given.keys() & {*names} else "pack"


def narrowed(fields: Sequence[Explained], path: str | None) -> list[Explained]:
    """The fields at a path and below it. `LineItems[].AccountCode`, `LineItems[*].AccountCode` and
    `LineItems.AccountCode` all mean the account code of every line."""
    if path is None:
        return list(fields)
    wanted = path.rstrip(".").replace("[*]", "[]")
    return [field for field in fields if any(_below(path, wanted) for path in _spellings(field.path))]


def no_such_field(mapping: str, path: str, fields: Sequence[Explained]) -> str:
    """Why a path matches nothing, and which path was probably meant."""
    every = {_INDEX.sub("[]", field.path) for field in fields}
    if "[" in path and any(_below(known, _INDEX.sub("[]", path)) for known in every):
        items = path[: path.rindex("[")]
        indexes = {
            field.path[len(items) :].partition("]")[0]
            for field in fields
            if field.path.startswith(f"{items}[")
        }
        return f"{mapping} has no {path} for this record: it has {len(indexes)} {items}, counted from 0"
    return with_hint(f"{mapping} has no rule for {path}", did_you_mean(path, every))


def _spellings(path: str) -> tuple[str, str, str]:
    """A path with its indexes, without them, and without their brackets."""
    return path, _INDEX.sub("[]", path), _INDEX.sub("", path)


def _below(path: str, wanted: str) -> bool:
    return path == wanted or path.startswith((f"{wanted}.", f"{wanted}["))
