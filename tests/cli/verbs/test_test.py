"""`sync test`: the connection to each system, tested without writing anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.shapes import fits
from tests.e2e.harness import Harness

OLD, UNKNOWN = '"revenue_account": "200"', '"revenue_account": "999", "base_currency": "XXX"'
BY_NAME = '"revenue_account": "sales"'
TESTED = {"systems": [{"system": str, "ok": bool, "findings": [{"code": str, "message": str}]}]}


def test_working_connections_are_reported(harness: Harness) -> None:
    tested = harness.sync("test", harness.config)
    assert (tested.code, tested.err) == (0, "")
    assert tested.out == "psohub: the connection works\nxero: the connection works\n"
    rows: list[dict[str, Any]] = [{"system": name, "ok": True, "findings": []} for name in ("psohub", "xero")]
    assert harness.sync("test", harness.config, "--output", "json").json == {"systems": rows}


def test_connection_test_writes_nothing(fresh: Harness) -> None:
    fresh.systems.reset()
    fresh.sync("test", fresh.config)
    assert fresh.systems.writes("xero") == fresh.systems.writes("psohub") == []
    assert not fresh.config.with_name("live.db").exists()


def test_refused_sign_in_is_shown_in_the_systems_own_words(fresh: Harness) -> None:
    tested = fresh.sync("test", fresh.config, "--output", "json", PSOHUB_TOKEN="a wrong token")
    assert tested.code == 4
    assert fits(tested.json, TESTED)
    psohub, xero = tested.json["systems"]
    assert (psohub["ok"], xero["ok"]) == (False, True)
    (finding,) = psohub["findings"]
    assert finding["code"] == "sign_in"
    assert finding["message"].startswith("PSOhub answered 401: The access token is missing or not valid; ")


def test_system_that_does_not_answer_is_unavailable_and_the_other_is_still_tested(
    fresh: Harness, tmp_path: Path
) -> None:
    config = fresh.systems.config(tmp_path, psohub="http://127.0.0.1:9")
    tested = fresh.sync("test", config)
    assert tested.code == 6
    assert tested.out.startswith(
        "psohub: the connection does not work\n  unavailable: PSOhub does not answer"
    )
    assert tested.out.endswith("xero: the connection works\n")


def test_app_that_a_person_must_sign_in_is_reported_next_to_the_other_system(fresh: Harness) -> None:
    text = fresh.config.read_text().replace("app: custom_connection", "app: pkce")
    fresh.config.write_text(text)
    tested = fresh.sync("test", fresh.config)
    assert tested.code == 4
    assert "psohub: the connection works\n" in tested.out
    assert "sign_in: Xero: app: pkce needs a person to sign in" in tested.out


def test_setting_that_a_system_does_not_have_is_reported_with_what_exists(fresh: Harness) -> None:
    text = fresh.config.read_text()
    fresh.config.write_text(text.replace(OLD, UNKNOWN))
    tested = fresh.sync("test", fresh.config, "--output", "json")
    assert tested.code == 1
    psohub, xero = tested.json["systems"]
    assert (psohub["ok"], xero["ok"]) == (True, False)
    account, currency = (finding["message"] for finding in xero["findings"])
    assert account.startswith('settings.revenue_account: xero.accounts has no Code or Name "999"; ')
    assert "200 Sales" in account
    assert currency.startswith('settings.base_currency: xero.currencies has no Code "XXX"; ')
    shown = fresh.sync("test", fresh.config)
    assert "xero: the connection works, but a setting does not fit\n" in shown.out


@pytest.mark.parametrize("verb", ["plan", "push", "run"])
def test_setting_that_a_system_does_not_have_is_refused_before_anything_is_written(
    fresh: Harness, verb: str
) -> None:
    fresh.systems.reset()
    text = fresh.config.read_text()
    fresh.config.write_text(text.replace(OLD, UNKNOWN))
    refused = fresh.sync(verb, fresh.config)
    assert refused.code == 2
    assert 'settings.revenue_account: xero.accounts has no Code or Name "999"' in refused.err
    assert 'settings.base_currency: xero.currencies has no Code "XXX"' in refused.err
    assert "live.yaml:" in refused.err
    assert fresh.systems.writes("xero") == fresh.systems.writes("psohub") == []


def test_account_may_be_set_by_its_name(fresh: Harness) -> None:
    text = fresh.config.read_text()
    fresh.config.write_text(text.replace(OLD, BY_NAME))
    assert fresh.sync("test", fresh.config).code == 0
