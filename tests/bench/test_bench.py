"""Every benchmark runs in small, so that no change of the pack or of the engine breaks one unnoticed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.mapping import Run
from engine.model.payload import Payload
from tests.bench.__main__ import BENCHES, LONG
from tests.bench.by_hand import ByHand
from tests.bench.by_jinja import INVOICE, LINE, ByJinja
from tests.bench.mapping import compare, read

SMALL: dict[str, dict[str, Any]] = {
    "mapping": {"invoices": 5, "rounds": 1, "pairs": 8},
    "requests": {"sizes": (5,)},
    "check": {"mappings": 2, "rounds": 1},
    "startup": {"rounds": 1},
    "structure": {},
}


def test_long_benchmarks_are_others_in_large() -> None:
    assert {name.removesuffix("-long") for name in LONG} <= SMALL.keys()
    assert BENCHES.keys() == SMALL.keys() | set(LONG)


@pytest.mark.parametrize("name", SMALL)
def test_benchmark_runs_and_yields_figures(name: str) -> None:
    (figures,) = BENCHES[name](**SMALL[name])
    numbers = [value for key, value in figures.items() if key != "bench"]
    assert numbers
    assert all(value > 0 for value in numbers), figures


def test_functions_that_the_mapping_is_compared_with_make_its_payloads(tmp_path: Path) -> None:
    records, tables, project = read(tmp_path, invoices=64)
    settings = project.config.settings
    mapper = project.programs.mappings["invoices"].link(settings, tables, Run(date(2026, 3, 14), "b"))
    assert len(records) == 64
    compare(records, mapper, ByHand(settings, tables["accounts"], tables["tax_types"]))
    by_jinja = ByJinja(settings, tables["accounts"], tables["tax_types"])
    for record in records:
        payload = mapper(record)
        assert isinstance(payload, Payload)
        assert by_jinja(record.values) == _as_text(payload), "tests/bench/by_jinja.py makes another payload"


def _as_text(payload: Payload) -> dict[str, Any]:
    """A payload as the templates make it: every field a text, and nothing ever left out."""
    body = {name: str(value) for name, value in payload.body.items()}
    lines = [_line_as_text(line) for line in payload.body["LineItems"]]
    return {
        **dict.fromkeys(INVOICE, ""),
        **body,
        "Contact": payload.body["Contact"].address.key,
        "LineItems": lines,
    }


def _line_as_text(line: dict[str, Any]) -> dict[str, str]:
    (tracking,) = line.get("Tracking", [{}])
    return {
        **dict.fromkeys(LINE, ""),
        **{name: str(value) for name, value in line.items() if name != "Tracking"},
        "TrackingName": tracking.get("Name", ""),
        "TrackingOption": tracking.get("Option", ""),
    }
