"""How many e-mails Xero sends for an organisation on a day (connectors/xero/API.md, 8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from connectors.xero.obstacles import allowance
from tests.connectors.xero.xero_kit import served


@pytest.mark.parametrize(
    ("organisation", "number"),
    [
        ({}, 1000),
        ({"IsDemoCompany": False, "Class": "STANDARD", "Edition": "BUSINESS"}, 1000),
        ({"Class": "TRIAL"}, 20),
        ({"IsDemoCompany": True, "Class": "DEMO"}, 0),
        ({"Edition": "PARTNER"}, 0),
    ],
)
def test_the_allowance_is_what_the_organisation_says(organisation: Mapping[str, Any], number: int) -> None:
    found = allowance(organisation, None)
    assert found.a_day == number
    assert found.reason


@pytest.mark.parametrize("organisation", [{}, {"Class": "TRIAL"}, {"IsDemoCompany": True}])
@pytest.mark.parametrize("number", [0, 5, 5000])
def test_the_setting_counts_more(organisation: Mapping[str, Any], number: int) -> None:
    found = allowance(organisation, number)
    assert found.a_day == number
    assert "emails_a_day" in found.reason


def test_only_e_mails_have_an_allowance(tmp_path: Path) -> None:
    with served(tmp_path / "xero.db") as books:
        xero = books.open(emails_a_day=7)
        for verb in ("email", "email_contact"):
            found = xero.actions.allowance("invoices", verb)
            assert found is not None
            assert found.a_day == 7
        assert xero.actions.allowance("credit_notes", "allocate") is None
        xero.source.close()
