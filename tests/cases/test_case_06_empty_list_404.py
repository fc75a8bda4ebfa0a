"""404 to a filter is an empty list; to the bare list it is a wrong address. One call costs one customer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cases.harness import TIMES, Case, opened
from tests.drills.proxy import Fault

CASE = "06-empty-list-404"
NOBODY = "GET-contacts-of-company-2.http"
COMPANY_2 = "*companyid=14073748838924992*"


def pushed(case: Case) -> list[str]:
    return sorted(row["Reference"] for row in case.systems.pushed())


def refuse(case: Case, status: int, **when: Any) -> None:
    body = b'{"message": "out of order"}'
    headers = {"content-type": "application/json"}
    fault = Fault("answer_before", status=status, headers=headers, body=body, times=TIMES, **when)
    case.proxies["psohub"].faults.append(fault)


def test_404_to_a_filter_is_an_empty_list(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, more="single_reads: 100") as case:
        case.answer("psohub", f"psohub/{NOBODY}", path="/contacts", query=COMPANY_2)
        ran = case.run()
        assert ran.code == 0, ran.out
        assert len(pushed(case)) == len(case.read("psohub/invoices.json"))


def test_a_failing_call_costs_only_the_customer_it_is_about(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, more="single_reads: 100") as case:
        refuse(case, 400, path="/contacts", query=COMPANY_2)
        ran = case.run()
        assert ran.code == 1, ran.out
        invoices = case.read("psohub/invoices.json")
        others = [one["InvoiceNumber"] for one in invoices if one["CustomerID"] != 14073748838924992]
        assert others
        assert pushed(case) == sorted(others)
        held = {row["address"]: row["reason"] for row in case.held()}
        assert "out of order" in held["psohub.companies/14073748838924992"]


def test_204_is_an_empty_list(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        fault = Fault("answer_before", status=204, body=b"", times=TIMES, path="/contacts")
        case.proxies["psohub"].faults.append(fault)
        assert case.run().code == 0
        assert len(pushed(case)) == len(case.read("psohub/invoices.json"))


def test_404_to_the_bare_list_is_a_wrong_address(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        refuse(case, 404, path="/invoices")
        ran = case.command("plan")
        assert ran.code == 2
        assert "GET invoices" in ran.err


def test_404_to_an_empty_queue_is_an_empty_queue(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        refuse(case, 404, path="/invoices", query="*noexternalid=true*")
        assert case.plan().code == 0
