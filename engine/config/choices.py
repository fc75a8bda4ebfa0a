"""Settings whose choices are a column of a live stream, e.g. an account's code: whether their values exist.

Pure: `sync test` and every plan read the rows and ask here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.model.address import StreamRef
from engine.model.advice import list_available, near_words, with_hint
from engine.model.diagnostic import NOWHERE, Span
from engine.model.schema import Stream
from engine.model.text import fold

SHOWN = 8  # rows named in a message


@dataclass(frozen=True, slots=True)
class LiveChoice:
    """A setting's value and where it has to exist. `columns`: the setting's own first, then those by which
    mappings look rows up: what they find is a valid value as well.
    """

    setting: str
    values: tuple[str, ...]
    stream: StreamRef
    columns: tuple[str, ...]
    span: Span = NOWHERE

    def faults(self, rows: Sequence[Mapping[str, Any]], stream: Stream) -> list[str]:
        """Each value that no row has, with what exists."""
        known = {fold(str(row[name])) for row in rows for name in self.columns if row.get(name)}
        unknown = [value for value in self.values if fold(value) not in known]
        return [self._fault(value, rows, stream) for value in unknown]

    def _fault(self, value: str, rows: Sequence[Mapping[str, Any]], stream: Stream) -> str:
        column = self.columns[0]
        usable = [row for row in rows if row.get(column) and stream.suggestable(row)]
        near = near_words(value, [str(row[column]) for row in usable])
        hints = [f'did you mean "{near[0]}"?' if near else "", list_available(self._shown(usable))]
        message = f'settings.{self.setting}: {self.stream} has no {" or ".join(self.columns)} "{value}"'
        return with_hint(message, " ".join(filter(None, hints)) or f"{self.stream} has none that can be used")

    def _shown(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        for row in rows[:SHOWN]:
            yield " ".join(str(row[name]) for name in self.columns if row.get(name))
        if len(rows) > SHOWN:
            yield f"and {len(rows) - SHOWN:,} more"
