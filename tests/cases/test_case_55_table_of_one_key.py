"""A table is ready in time that grows with its rows, however many of them have the same key."""

from __future__ import annotations

import re

import pytest

from engine.mapping.run.lookup_index import Index
from engine.mapping.run.sites import Refused, Site
from tests.cases.harness import case_folder

SITES = [Site("mapping.lookup", "lines.yaml:1", "TaxType", "row.kind == 'a'")]


class Counted(str):
    """A text that counts how often it is compared."""

    __slots__ = ()
    comparisons = 0

    def __eq__(self, other: object) -> bool:
        Counted.comparisons += 1
        return str.__eq__(self, other)

    def __hash__(self) -> int:
        return str.__hash__(self)


def index(rows: int) -> Index:
    table = [{"category": "a", "TaxType": Counted(number)} for number in range(rows)]
    return Index("tax_types", ("category",), "TaxType", table, SITES, lambda _: True)


def test_the_table_of_the_case_is_ready_and_says_that_its_key_has_many_values() -> None:
    script = (case_folder("55-table-of-one-key") / "make-table.sh").read_text(encoding="utf-8")
    found = re.search(r"seq (\d+)", script)
    assert found is not None
    refused: list[Refused] = []
    assert index(int(found[1])).seek("a", refused, 0) is None
    assert 'that differ in TaxType: "0" and "1" and "2" and "3" and others' in refused[0].text


@pytest.mark.parametrize("where", [False, True])
def test_the_work_grows_with_the_rows(where: bool) -> None:
    counts = []
    for rows in (1_000, 2_000):
        Counted.comparisons = 0
        searched = index(rows)
        if where:
            searched.seek_where("a", lambda _: True, [], 0)
        counts.append(Counted.comparisons)
    assert counts[1] <= 2 * counts[0] + 10


def test_rows_that_agree_are_one_value() -> None:
    table = [{"category": "a", "TaxType": "OUTPUT"}] * 1000
    same = Index("tax_types", ("category",), "TaxType", table, SITES, lambda _: True)
    assert same.find("a") == "OUTPUT"
    assert same.seek_where("a", lambda _: True, [], 0) == "OUTPUT"
