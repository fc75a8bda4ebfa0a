"""A page that brings no record that was not there already ends the list with an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.harness import opened

CASE = "60-page-again-and-again"


@pytest.mark.parametrize("verb", ["run", "reconcile"])
def test_a_list_that_repeats_itself_cannot_be_read_completely(tmp_path: Path, verb: str) -> None:
    with opened("01-number-of-another-customer", tmp_path, load=False) as case:
        case.load_psohub()
        assert case.run().code == 0
        here = case.input
        case.input = here.parent / CASE
        fault = case.answer("xero", "xero/GET-invoices.http", method="GET", path="/Invoices")
        before = fault.times
        result = case.command(verb)
        assert result.code == 6
        assert "repeats rows of earlier pages" in result.err
        assert "run again" not in result.err.split("repeats rows")[1]
        assert before - fault.times <= 4
        case.proxies["xero"].clear_faults()
        assert case.command("reconcile").code == 0
        assert len(case.systems.pushed()) == 1
