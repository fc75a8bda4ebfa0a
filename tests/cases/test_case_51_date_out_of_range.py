"""A date that no calendar has is no date; the others go on."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.cases.harness import Case, opened
from tests.drills.proxy import Fault

CASE = "51-date-out-of-range"
SITUATION = "01-number-of-another-customer"


def odd_dates(case: Case, name: str, *, only_first: bool = False) -> Fault:
    """Answers with the dates of the case in place of those that Xero gave."""
    dates = json.loads((case.input.parent / CASE / "xero" / "invoice-dates.json").read_text(encoding="utf-8"))

    def change(body: bytes) -> bytes:
        text = body.decode()
        for member, value in dates.items():
            pattern = rf'("{member}": ?)"/Date\([^"]*"'
            text = re.sub(pattern, lambda found: found[1] + json.dumps(value), text, count=int(only_first))  # noqa: B023
        return text.encode()

    return Fault("alter", method=name, path="/Invoices*", times=99, change=change)


def test_an_answer_to_a_write_never_ends_as_our_mistake(tmp_path: Path) -> None:
    with opened(SITUATION, tmp_path, load=False) as case:
        case.load_psohub()
        case.proxies["xero"].faults.append(odd_dates(case, "PUT"))
        assert case.run().code in (0, 1, 6)
        case.proxies["xero"].clear_faults()
        assert case.run().code == 0
        assert len(case.systems.pushed()) == 1


def test_a_document_of_a_list_costs_only_itself(tmp_path: Path) -> None:
    with opened("02-archived-namesake", tmp_path, load=False) as case:
        case.load_psohub()
        assert case.run().code == 0
        case.proxies["xero"].faults.append(odd_dates(case, "GET", only_first=True))
        for verb in ("run", "reconcile"):
            result = case.command(verb)
            assert result.code in (0, 1, 6), result.err
        case.proxies["xero"].clear_faults()
        assert case.command("reconcile").code == 0
