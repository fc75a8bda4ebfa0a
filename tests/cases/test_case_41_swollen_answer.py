"""The bytes of an answer are counted as they arrive and as they are unpacked."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest

from tests.cases.harness import TIMES, opened
from tests.drills.proxy import Fault

CASE = "41-swollen-answer"


def swollen(method: str, path: str, status: int = 200) -> Fault:
    """300 MB, packed into less than 1 MB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = b"".join([packer.compress(b" " * 10_000_000) for _ in range(30)] + [packer.flush()])
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    return Fault(
        "answer_before", method=method, path=path, times=TIMES, status=status, headers=headers, body=body
    )


@pytest.mark.parametrize("status", [200, 400, 403, 500])
def test_a_list_that_swells_is_cut_off(tmp_path: Path, status: int) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        case.proxies["psohub"].faults.append(swollen("GET", "/invoices*", status))
        result = case.run()
        assert result.code == 6
        assert re.search(r"PSOhub's answer to GET \S*/invoices is larger than 64 MB", result.err)
        assert case.proxies["psohub"].triggered == 1  # and not asked for again


def test_a_sign_in_that_swells_is_cut_off(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        case.proxies["xero"].faults.append(swollen("POST", "/connect/token"))
        result = case.run()
        assert result.code == 6
        assert re.search(r"Xero's answer to POST /connect/token is larger than 64 MB", result.err)


def test_a_write_whose_answer_swells_is_settled_by_the_next_run(tmp_path: Path) -> None:
    with opened("01-number-of-another-customer", tmp_path, load=False) as case:
        case.load_psohub()
        fault = swollen("P*", "/Invoices*")
        fault.do = "answer_after"
        case.proxies["xero"].faults.append(fault)
        result = case.run()
        assert result.code == 6
        case.proxies["xero"].clear_faults()
        assert case.run().code == 0
        assert len(case.systems.pushed()) == 1


def test_the_largest_size_is_a_setting(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, more="largest_answer: 0.001", load=False) as case:
        body = "[" + " " * 2000 + "]"
        case.proxies["psohub"].faults.append(
            Fault("answer_before", path="/invoices*", times=TIMES, status=200, body=body)
        )
        result = case.run()
        assert result.code == 6
        assert "is larger than 0.001 MB (`largest_answer`)" in result.err
