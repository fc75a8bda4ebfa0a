"""Every body goes through one reader: one that nests without end is a text without words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.harness import TIMES, opened
from tests.drills.proxy import Fault

CASE = "50-nested-refusal"
NESTED = "[" * 100_000
JSON = {"Content-Type": "application/json; charset=utf-8"}


def nested(method: str, path: str, status: int, times: int = TIMES) -> Fault:
    return Fault(
        "answer_before", method=method, path=path, times=times, status=status, headers=JSON, body=NESTED
    )


@pytest.mark.parametrize("status", [200, 400, 403, 500])
@pytest.mark.parametrize(
    ("system", "method", "path"),
    [("psohub", "GET", "/invoices*"), ("xero", "GET", "/Organisation"), ("xero", "POST", "/connect/token")],
)
def test_a_nested_answer_ends_the_run_with_its_status(
    tmp_path: Path, system: str, method: str, path: str, status: int
) -> None:
    with opened("01-number-of-another-customer", tmp_path) as case:
        case.proxies[system].faults.append(nested(method, path, status))
        result = case.run()
        # Refused: the config's fault, the sign-in's (403), or only that of what needs the answer.
        assert (
            result.code == 6 if status in (200, 500) and system == "psohub" else result.code in (1, 2, 4, 6)
        )
        assert "[" * 100 not in result.err
        if system == "psohub":
            assert (f"status {status}, no message" if status != 200 else "more than 64 levels") in result.err


@pytest.mark.parametrize("status", [200, 400, 500])
def test_a_nested_answer_to_a_write_is_settled_by_the_next_run(tmp_path: Path, status: int) -> None:
    with opened("01-number-of-another-customer", tmp_path, load=False) as case:
        case.load_psohub()
        fault = nested("PUT", "/Invoices*", status)
        fault.do = "answer_after"
        case.proxies["xero"].faults.append(fault)
        assert case.run().code in (0, 1, 6)
        case.proxies["xero"].clear_faults()
        assert case.run().code in (0, 1)
        assert len(case.systems.pushed()) == 1
