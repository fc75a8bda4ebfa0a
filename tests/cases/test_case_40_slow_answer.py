"""An exchange has a deadline of its own, however its bytes come in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.harness import TIMES, Case, answer_of, opened
from tests.drills.proxy import Effect, Fault

CASE = "40-slow-answer"


def slow(do: Effect, method: str, path: str) -> Fault:
    return Fault(do, method=method, path=path, times=TIMES, status=200, body=" " * 10_000)


def impatient(case: Case) -> None:
    """Let Xero have a second for each answer."""
    text = case.config.read_text("utf-8")
    case.config.write_text(text.replace("{connector: xero,", "{connector: xero, timeout: 1,"), "utf-8")


def test_a_list_that_drips_is_given_up_after_the_timeout(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, more="timeout: 1", load=False) as case:
        answer = answer_of(case.input / "psohub/GET-invoices.http", method="GET", path="/invoices*")
        answer.do = "drip_before"
        answer.body = " " * int(answer.headers.pop("Content-Length"))
        case.proxies["psohub"].faults.append(answer)
        result = case.run()
        assert result.code == 6
        assert "PSOhub does not answer at" in result.err
        assert "no complete answer within 1 s" in result.err
        assert case.proxies["psohub"].triggered > 1  # it was tried again


def test_a_sign_in_that_drips_is_given_up(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        impatient(case)
        case.proxies["xero"].faults.append(slow("drip_before", "POST", "/connect/token"))
        result = case.run()
        assert result.code == 6
        assert "Xero does not answer at" in result.err


@pytest.mark.parametrize("effect", ["drip_before", "drip_after"])
def test_a_write_that_is_answered_too_slowly_is_settled_by_the_next_run(
    tmp_path: Path, effect: Effect
) -> None:
    with opened("01-number-of-another-customer", tmp_path, load=False) as case:
        impatient(case)
        case.load_psohub()
        case.proxies["xero"].faults.append(slow(effect, "P*", "/Invoices*"))
        assert case.run().code == 6
        case.proxies["xero"].clear_faults()
        assert case.run().code == 0
        assert len(case.systems.pushed()) == 1
