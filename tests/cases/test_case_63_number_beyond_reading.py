"""An amount beyond reading keeps its own invoice back, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cases.harness import Case, opened
from tests.drills.proxy import Fault

CASE = "63-number-beyond-reading"
NUMBER = "INV-2026-0009"


def with_the_row(case: Case, amount: str) -> Fault:
    """The invoice of the case among those that PSOhub lists, with this amount."""
    row = (case.input.parent / CASE / "psohub" / "invoice.txt").read_text(encoding="utf-8").splitlines()[1]
    row = re.sub(r'("TotalAmountExVAT": )[^,]+', lambda found: found[1] + amount, row)

    def change(body: bytes) -> bytes:
        rest = body.strip().removeprefix(b"[").removesuffix(b"]")
        return b"[" + b",".join(filter(None, (rest, row.encode()))) + b"]"

    return Fault("alter", method="GET", path="/invoices*", times=999, change=change)


@pytest.mark.parametrize("amount", ["1e-99999", "9" * 5000, "NaN", "-Infinity", "1e999999999"])
def test_the_invoice_waits_under_its_number_and_the_others_go_through(tmp_path: Path, amount: str) -> None:
    with opened("01-number-of-another-customer", tmp_path, load=False) as case:
        case.load_psohub()
        case.proxies["psohub"].faults.append(with_the_row(case, amount))
        result = case.run()
        assert result.code == 1, result.err
        (held,) = result.json["held"]
        assert held["title"] == NUMBER
        assert "cannot be processed" in held["reason"]
        assert len(held["reason"]) < 500
        assert len(case.systems.pushed()) == 1


def test_a_body_that_cannot_be_read_is_reported_with_its_place(tmp_path: Path) -> None:
    with opened("01-number-of-another-customer", tmp_path, load=False) as case:
        case.load_psohub()

        def cut(body: bytes) -> bytes:
            return body[: len(body) // 2]

        case.proxies["psohub"].faults.append(
            Fault("alter", method="GET", path="/invoices*", times=99, change=cut)
        )
        result = case.run()
        assert result.code == 6
        assert re.search(r"not JSON at line 1, column \d+", result.err)
        assert "run again" not in result.err
