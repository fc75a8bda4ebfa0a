"""Random months in random books: whatever people do in both systems, what belongs to others is left alone.

Xero holds documents and contacts of strangers that look like ours; PSOhub holds two business units. Between
the runs people work in both systems and decide with `sync`; the network loses answers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.e2e.program import Program, Result
from tests.e2e.systems import served
from tests.properties.invariants import check, what_is_not_mailed_was_reported
from tests.properties.month import Month
from tests.properties.sales import LOCKED_UNTIL, OURS
from tests.properties.trouble import make_trouble

SEEDS = range(60) if os.environ.get("SYNC_DRILLS") == "full" else range(8)
EPISODES = 4
SETTINGS = {"auto_send": True, "psohub_mails": False, "push_statuses": ["sent"]}


@pytest.fixture
def month(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Month]:
    with served(tmp_path, psohub={"invoices": 0}, xero={}) as systems:
        if request.param % 2:
            systems.books("Organisation", "Sandbox Consulting B.V.", PeriodLockDate=LOCKED_UNTIL)
        config = systems.config(tmp_path, settings=SETTINGS, more=f"business_unit: {OURS}")
        month = Month(Random(request.param), systems, config, Program(tmp_path))
        month.populate()
        yield month


@pytest.mark.parametrize("month", SEEDS, indirect=True)
def test_what_belongs_to_others_is_left_alone(month: Month) -> None:
    for _ in range(EPISODES):
        make_trouble(month)
        check(month, month.run())
        month.systems.reset()
        for _ in range(month.random.randint(2, 5)):
            month.random.choice(month.deeds())()
    for _ in range(2):
        month.sync("held", "retry", month.config)
        check(month, month.run())
    quiet(month)
    what_is_not_mailed_was_reported(month)
    sent = {str(key) for key in month.plain if month.rows[key]["InvoiceStatus"] == "Sent"}
    assert sent <= set(month.links())

    month.settle()
    result = quiet(month)
    assert result.code == 0, result.out
    edited = month.edit()
    assert month.run().code == int(edited)


def quiet(month: Month) -> Result:
    """A run after which nothing was left to do."""
    month.systems.reset()
    mailed = len(month.systems.emails())
    result = month.run()
    check(month, result)
    assert month.systems.writes("xero") == month.systems.writes("psohub") == []
    assert len(month.systems.emails()) == mailed
    return result
