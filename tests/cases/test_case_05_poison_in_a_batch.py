"""A record that makes its request fail, without a word on which, costs only itself."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from tests.cases.harness import Case, opened

CASE = "05-poison-in-a-batch"
ANSWER = "xero/PUT-invoices-with-POISON.http"
BAD, BAD_NUMBER = "psohub.invoices/41939771881672304", "INV-2026-0004"
ERROR = "500: An error occurred in Xero. Check the API Status page"


def numbers(case: Case) -> Counter[Any]:
    return Counter(row["Reference"] for row in case.systems.pushed())


def good(case: Case, *more: str) -> Counter[Any]:
    own = {row["InvoiceNumber"] for row in case.read("psohub/invoices.json")} - {BAD_NUMBER}
    return Counter([*own, *more])


def test_the_good_ones_go_through_and_the_bad_one_is_held(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        case.answer("xero", ANSWER, method="PUT", path="/Invoices", holds="POISON")
        first = case.run()
        assert first.code == 1
        (held,) = first.json["held"]
        assert held["address"] == BAD
        assert held["reason"].startswith(ERROR)
        assert numbers(case) == good(case)
        written = {row["InvoiceNumber"] for row in case.psohub_invoices() if row.get("ExternalID")}
        assert written == set(good(case))
        (row,) = case.held()
        assert row["title"] == BAD_NUMBER

        case.systems.add(**new_invoice(case))
        later = case.run()
        assert later.code == 1
        assert [one["address"] for one in later.json["held"]] == [BAD]
        assert numbers(case) == good(case, "INV-2026-0008")
        keys = Counter(one["idempotency_key"] for one in case.systems.log("xero") if one["idempotency_key"])
        assert set(keys.values()) == {1}


def new_invoice(case: Case) -> dict[str, Any]:
    (row, *_) = case.read("psohub/invoices.json")
    return {**row, "InvoiceID": 41939771881672308, "InvoiceNumber": "INV-2026-0008"}


def test_the_bad_one_follows_when_a_person_releases_it_and_xero_takes_it(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        case.answer("xero", ANSWER, method="PUT", path="/Invoices", holds="POISON")
        case.run()
        case.proxies["xero"].clear_faults()
        assert case.sync("held", "retry", case.config, BAD_NUMBER).code == 0
        assert case.run().code == 0
        assert numbers(case) == good(case, BAD_NUMBER)


def test_while_every_request_fails_xero_is_down_and_nothing_is_held(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        case.answer("xero", ANSWER, method="PUT", path="/Invoices")
        for _ in range(2):
            result = case.run()
            assert result.code == 6
            assert ERROR in result.json["error"]
            assert case.held() == []
        case.proxies["xero"].clear_faults()
        assert case.run().code == 0
        assert numbers(case) == good(case, BAD_NUMBER)
