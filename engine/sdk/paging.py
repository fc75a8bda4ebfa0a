"""Read a list page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page; `count` is the number of pages, if the system reports it."""

    rows: Sequence[Row]
    count: int | None = None


def pages(
    fetch: Callable[[int], Page[Row]], size: int, first: Page[Row] | None = None
) -> Iterator[Page[Row]]:
    """Every page, beginning with the first; pass it as `first` if it has been read already.

    `fetch` returns the page with a number, counted from 1; `size` is the number of rows in a full page.
    Continues to the page count if there is one, which may change from page to page; otherwise as long as
    pages are full. An empty page always ends it.
    """
    number, page = 1, first or fetch(1)
    while page.rows:
        yield page
        if number >= page.count if page.count is not None else len(page.rows) < size:
            return
        number += 1
        page = fetch(number)
