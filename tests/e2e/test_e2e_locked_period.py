"""What is dated in a locked period is held, or becomes a draft that is not mailed, as the setting says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.program import Program
from tests.e2e.systems import served

LOCKED = {"period_lock_date": "2099-12-31"}


@pytest.mark.parametrize(("choice", "created"), [("hold", 0), ("draft", 2)])
def test_locked_period(tmp_path: Path, choice: str, created: int) -> None:
    sync = Program(tmp_path)
    with served(tmp_path, psohub={"invoices": 2, "customers": 1}, xero=LOCKED) as systems:
        config = systems.config(tmp_path, settings={"auto_send": True, "on_locked_period": choice})
        planned = sync("plan", config, "--output", "json").json
        assert planned["flows"]["invoices"]["created"] == created
        result = sync("run", config, "--output", "json").json
        pushed = systems.pushed()
        assert [row["Status"] for row in pushed] == ["DRAFT"] * created
        assert systems.emails() == []
        told = [notice for notice in planned["notices"] if "created as DRAFT" in notice]
        assert len(told) == created
        held = [row["code"] for row in result["held"] if row["code"] == "locked_period"]
        assert len(held) == 2 - created
        again = sync("run", config, "--output", "json").json
        assert again["flows"]["invoices"]["created"] == 0
        assert len(systems.pushed()) == created
