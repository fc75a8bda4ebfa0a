"""One record explained by one mapping, and the selection of some of its fields by a path."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.document import display_name
from engine.model.advice import did_you_mean
from engine.model.payload import Payload, Refusal

if TYPE_CHECKING:
    from engine.config import Config
    from engine.mapping import Program
    from engine.mapping.describe.explaining import Explained, Read
    from engine.model.address import Address


_POSITION = re.compile(r"\[\d+\]")


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
