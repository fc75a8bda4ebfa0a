from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest

from engine.sdk import Page, UnavailableError, pages


def read(found: Sequence[Page[int]]) -> tuple[list[int], int]:
    asked = 0

    def fetch(number: int) -> Page[int]:
        nonlocal asked
        asked += 1
        return found[number - 1] if number <= len(found) else Page([])

    return [row for page in pages(fetch, lambda row: row) for row in page.rows], asked


@pytest.mark.parametrize(
    ("found", "rows", "calls"),
    [
        ([Page([1, 2], 2), Page([3], 2)], [1, 2, 3], 2),
        ([Page([1], 2), Page([3], 2)], [1, 3], 2),
        ([Page([1, 2], 1), Page([3], 2)], [1, 2], 1),
        ([Page([], 0)], [], 1),
        ([Page([1, 2], 9), Page([], 9)], [1, 2], 2),
    ],
)
def test_pages_are_read_as_far_as_their_count(found: list[Page[int]], rows: list[int], calls: int) -> None:
    assert read(found) == (rows, calls)


@pytest.mark.parametrize(
    ("found", "rows", "calls"),
    [
        ([Page([1, 2]), Page([3])], [1, 2, 3], 3),
        ([Page([1]), Page([2, 3]), Page([4])], [1, 2, 3, 4], 4),
        ([Page([1, 2]), Page([1, 2]), Page([3])], [1, 2], 2),
        ([Page([1, 2]), Page([2, 3]), Page([1, 3])], [1, 2, 2, 3], 3),
    ],
)
def test_without_a_count_pages_are_read_until_one_is_empty_or_brings_nothing_new(
    found: list[Page[int]], rows: list[int], calls: int
) -> None:
    assert read(found) == (rows, calls)


def test_pages_that_were_cut_short_are_read_until_the_rows_agree() -> None:
    """A gateway shortens the pages, and the count of pages is for those that were asked for."""
    assert read([Page([1], 1, 3), Page([2], 1, 3), Page([3], 1, 3)]) == ([1, 2, 3], 3)


def test_the_count_of_rows_ends_a_list_without_a_further_request() -> None:
    assert read([Page([1, 2], None, 3), Page([3], None, 3)]) == ([1, 2, 3], 2)


@pytest.mark.parametrize("page", [Page([1, 2], 10**9), Page([1, 2], None, 10**9)])
def test_a_page_again_and_again_is_not_taken_for_the_complete_list(page: Page[int]) -> None:
    with pytest.raises(UnavailableError, match="page 2 of a list repeats"):
        read([page] * 5)


@pytest.mark.parametrize(
    ("page", "left"),
    [
        (Page([1, 2]), None),
        (Page([]), 0),
        (Page([1, 2], 3), 2),
        (Page([1, 2], 1, 5), 2),
        (Page([1, 2], None, 2), 0),
    ],
)
def test_how_many_pages_follow_is_known_only_if_it_is_reported(page: Page[int], left: int | None) -> None:
    assert page.left() == left


def test_sdk_and_connectors_are_imported_without_an_http_client() -> None:
    code = (
        "import sys, engine.sdk; assert 'pydantic' not in sys.modules;"
        "import connectors.xero, connectors.psohub;"
        "found = {'httpx2', 'authlib', 'stamina', 'starlette'} & set(sys.modules); assert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
