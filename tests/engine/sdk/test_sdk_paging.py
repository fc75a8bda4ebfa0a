from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest

from engine.sdk import Page, pages


def read(found: Sequence[Page[int]], size: int = 2) -> tuple[list[int], int]:
    asked = 0

    def fetch(number: int) -> Page[int]:
        nonlocal asked
        asked += 1
        return found[number - 1] if number <= len(found) else Page([])

    return [row for page in pages(fetch, size) for row in page.rows], asked


@pytest.mark.parametrize(
    ("found", "rows", "calls"),
    [
        ([Page([1, 2], 2), Page([3], 2)], [1, 2, 3], 2),
        ([Page([1], 2), Page([3], 2)], [1, 3], 2),
        ([Page([1, 2], 1), Page([3], 2)], [1, 2], 1),
        ([Page([1, 2]), Page([3])], [1, 2, 3], 2),
        ([Page([1, 2]), Page([3, 4])], [1, 2, 3, 4], 3),
        ([Page([], 0)], [], 1),
        ([Page([1, 2], 9), Page([], 9)], [1, 2], 2),
    ],
)
def test_pages_are_read_until_there_is_no_more(found: list[Page[int]], rows: list[int], calls: int) -> None:
    assert read(found) == (rows, calls)


def test_sdk_and_connectors_are_imported_without_an_http_client() -> None:
    code = (
        "import sys, engine.sdk; assert 'pydantic' not in sys.modules;"
        "import connectors.xero, connectors.psohub;"
        "found = {'httpx2', 'authlib', 'stamina', 'starlette'} & set(sys.modules); assert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
