"""Reading a list page by page until there is no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page; `count` is how many pages there are, where the system says so."""

    rows: Sequence[Row]
    count: int | None = None


def pages(
    fetch: Callable[[int], Page[Row]], size: int, first: Page[Row] | None = None
) -> Iterator[Page[Row]]:
    """Every page from the first; `first` may be at hand already.

    `fetch` gives the page of a number, counted from 1; `size` is how many rows a full page has.
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
