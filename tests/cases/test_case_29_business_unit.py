"""Only invoices of the config's own business unit are pushed (connectors/psohub/API.md, 8.8)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.harness import Case, opened

CASE = "29-business-unit"
OURS, THEIRS = "28147497671100", "28147497671200"


def pushed(case: Case) -> list[str]:
    return sorted(row["Reference"] for row in case.systems.pushed())


@pytest.mark.parametrize("written", [f'"{OURS}"', OURS])
def test_only_invoices_of_the_own_unit_are_pushed(tmp_path: Path, written: str) -> None:
    with opened(CASE, tmp_path, more=f"business_unit: {written}") as case:
        ran = case.run()
        assert (ran.code, pushed(case)) == (0, ["INV-2026-0001"])
        assert ran.json["elsewhere"] == [
            {"stream": "psohub.invoices", "owner": f"business unit {THEIRS}", "records": 1}
        ]
        assert ran.json["flows"]["invoices"]["skipped"] == 1
        assert (case.held(), [total["documents"] for total in ran.json["reconcile"]["totals"]]) == ([], [1])
        assert f"1 record of psohub.invoices left out (business unit {THEIRS})" in case.text("plan").out


def test_all_pushes_every_invoice(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, more="business_unit: all") as case:
        assert case.run().code == 0
        assert pushed(case) == ["INV-2026-0001", "INV-2026-0002"]


def test_unit_that_the_api_does_not_show_stops_the_first_plan(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, more="business_unit: Acme Consulting") as case:
        for verb in ("plan", "run"):
            ran = case.command(verb)
            assert ran.code == 2
            assert "Acme Consulting" in ran.err
            assert f"{OURS}, {THEIRS}" in ran.err
        assert pushed(case) == []


def test_left_out_setting_is_right_for_one_unit_only(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        ran = case.command("plan")
        assert ran.code == 2
        assert f"2 business units ({OURS}, {THEIRS})" in ran.err
        theirs = case.psohub_invoice("INV-2026-0002")
        case.systems.edit(theirs["InvoiceID"], BusinessUnitID=OURS)
        assert (case.run().code, len(pushed(case))) == (0, 2)


def test_project_says_whose_an_invoice_is_that_does_not(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, more=f'business_unit: "{OURS}"', load=False) as case:
        case.load_psohub()
        case.systems.load(
            {
                "projects": [
                    {"ProjectID": 71, "BusinessUnitID": OURS},
                    {"ProjectID": 72, "BusinessUnitID": THEIRS},
                ]
            }
        )
        ours, theirs = (case.psohub_invoice(f"INV-2026-000{n}") for n in (1, 2))
        case.systems.edit(ours["InvoiceID"], BusinessUnitID=None, ProjectID=71)
        case.systems.edit(theirs["InvoiceID"], BusinessUnitID=None, ProjectID=72)
        assert (case.run().code, pushed(case)) == (0, ["INV-2026-0001"])


def test_invoice_that_does_not_say_its_unit_waits_until_it_does(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, more=f'business_unit: "{OURS}"') as case:
        silent = case.psohub_invoice("INV-2026-0002")
        case.systems.edit(silent["InvoiceID"], BusinessUnitID=None)
        ran = case.run()
        assert (ran.code, pushed(case)) == (1, ["INV-2026-0001"])
        (held,) = ran.json["held"]
        assert (held["address"], held["title"]) == (f"psohub.invoices/{silent['InvoiceID']}", "INV-2026-0002")
        assert "BusinessUnitID" in held["reason"]
        assert "ProjectID" in held["reason"]
        case.systems.edit(silent["InvoiceID"], BusinessUnitID=THEIRS)
        assert (case.run().code, case.held()) == (0, [])
        case.systems.edit(silent["InvoiceID"], BusinessUnitID=OURS)
        assert (case.run().code, len(pushed(case))) == (0, 2)


def test_native_integration_that_is_connected_refuses_to_run(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, settings={"native_integration": "connected"}) as case:
        for verb in ("plan", "run", "check"):
            ran = case.text(verb)
            assert ran.code == 2
            assert "each would be in Xero twice" in " ".join((ran.out + ran.err).split())
        assert pushed(case) == []
