"""Rule: what a header tells of limits is one of few words, or a whole number; anything else is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.sdk.limits import Budget, RateHeaders
from tests.cases.canaries import ENVIRONMENT, TOKEN, assert_clean
from tests.cases.harness import TIMES, opened
from tests.drills.proxy import Fault

CASE = "43-token-in-a-limit-header"
HEADERS = RateHeaders("X-Left", {"X-Left": "minute", "X-Day": "day"}, "X-Problem", ("minute",), ("day",))


def test_the_token_is_neither_printed_nor_kept(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        case.answer("psohub", "psohub/GET-invoices.http", method="GET")
        case.answer("xero", "psohub/GET-invoices.http", path="/connect/token")
        for verb in ("run", "status"):
            result = case.sync("-v", verb, case.config, **ENVIRONMENT)
            assert_clean(result, tmp_path)
            assert_clean(case.sync(verb, case.config, "--output", "json", **ENVIRONMENT), tmp_path)


def test_the_token_in_any_other_header(tmp_path: Path) -> None:
    names = ("Xero-Correlation-Id", "WWW-Authenticate", "Content-Type", "Server", "X-MinLimit-Remaining")
    headers = dict.fromkeys(names, TOKEN) | {"WWW-Authenticate": f'Bearer error="{TOKEN}"'}
    with opened(CASE, tmp_path, load=False) as case:
        for status in (200, 400, 401, 429):
            fault = Fault(
                "answer_before", status=status, headers=headers, body="x", times=TIMES, method="GET"
            )
            case.proxies["xero"].faults[:] = [fault]
            assert_clean(case.sync("-v", "test", case.config, **ENVIRONMENT), tmp_path)


@pytest.mark.parametrize("value", ["12x", "1e3", "١٢", "1" * 30, "twelve", "12; k=deadbeef"])
def test_only_a_whole_number_is_a_number_that_is_left(value: str) -> None:
    budget = Budget("Ledgerly", headers=HEADERS)
    budget.observe({"x-left": " 12 ", "x-day": value}, 0.0)
    assert budget.quotas() == {"minute": "12"}


def test_only_a_known_word_is_the_name_of_a_limit() -> None:
    said = {word: HEADERS.problem_of({"x-problem": word}) for word in ("Minute", " day ", "hour", TOKEN)}
    assert said == {"Minute": "minute", " day ": "day", "hour": "", TOKEN: ""}
