"""Read a list page by page."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from engine.model.errors import UnavailableError

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page, and what the system reports of the complete list."""

    rows: Sequence[Row]
    count: int | None = None  # pages
    items: int | None = None  # rows on all of them
    moment: datetime | None = None  # when the system answered, by its own clock

    def left(self) -> int | None:
        """How many pages like this one follow it, if it is the first; None if the system does not say."""
        if not self.rows:
            return 0
        if self.items is not None:
            return max(0, -(-(self.items - len(self.rows)) // len(self.rows)))
        return None if self.count is None else max(0, self.count - 1)


def pages(
    fetch: Callable[[int], Page[Row]], key: Callable[[Row], Hashable], first: Page[Row] | None = None
) -> Iterator[Page[Row]]:
    """Every page, beginning with the first; pass it as `first` if it has been read already.

    `fetch` returns the page with a number, counted from 1; `key` identifies a row. Reads until the reported
    number of rows has come, or else the reported number of pages; without either until a page is empty or
    brings nothing new. A short page ends nothing: servers and gateways shorten pages as they like.
    Raises UnavailableError if a page brings nothing new although more rows are reported: what was read is not
    the complete list, and nothing may be taken for absent.
    """
    seen: set[Hashable] = set()
    number, page = 1, first or fetch(1)
    while page.rows:
        before = len(seen)
        seen.update(map(key, page.rows))
        if len(seen) == before:
            if page.items is not None or page.count is not None:
                raise UnavailableError(
                    f"page {number} of a list repeats rows of earlier pages, and more are reported: "
                    "the list cannot be read completely"
                )
            return
        yield page
        if _all_read(page, number, len(seen)):
            return
        number += 1
        page = fetch(number)


def _all_read(page: Page[Row], number: int, rows: int) -> bool:
    if page.items is not None:
        return rows >= page.items
    return page.count is not None and number >= page.count
