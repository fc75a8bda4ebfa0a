"""`sync held`: the queue of what was refused and waits for a person."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from engine.ledger import open_ledger
from engine.model.address import Address
from engine.model.link import HeldRow
from tests.cli.shapes import DISMISSED, HELD_ROW, fits
from tests.e2e.harness import Harness
from tests.e2e.program import Program


def test_held_lists_what_waits_and_why(harness: Harness) -> None:
    held = harness.sync("held", harness.config, "--output", "json")
    assert held.code == 1
    assert fits(held.json, {"config": str, "held": [HELD_ROW], "dismissed": [DISMISSED]})
    (row,) = held.json["held"]
    assert (row["mapping"], row["verb"], row["code"]) == ("invoices", "write", "mapping.lookup")
    assert harness.sync("held", "list", harness.config, "--output", "json").json == held.json
    assert harness.sync("held", "--output", "json", harness.config).json == held.json


def test_held_as_text_says_what_to_do(harness: Harness) -> None:
    """(connectors/psohub/API.md, 8.23)"""
    told = harness.sync("held", harness.config)
    assert told.code == 1
    assert told.out.startswith("live: 1 held\n\n  mapping.lookup: LineItems[")
    assert re.search(r"\n    INV-2026-\d{4}  psohub.invoices/\d+\n", told.out)
    assert f"`sync held retry {harness.config}`" in told.out


def test_empty_queue_says_so(fresh: Harness) -> None:
    told = fresh.sync("held", fresh.config)
    assert (told.code, told.out) == (0, "live: nothing is held\n")
    assert fresh.sync("held", fresh.config, "--output", "json").json == {
        "config": "live", "held": [], "dismissed": [],
    }  # fmt: skip


def test_retry_releases_by_number_or_by_address(again: Harness) -> None:
    (row,) = again.sync("held", again.config, "--output", "json").json["held"]
    for name in (row["title"], row["address"]):
        released = again.sync("held", "retry", again.config, name, "--output", "json")
        assert (released.code, released.json) == (0, {"config": "live", "released": [row["address"]]})
        assert again.sync("held", again.config).code == 0
        assert again.sync("push", again.config).code == 1  # nothing was mended, so it is held again


def test_retry_as_text_counts_what_it_released(again: Harness) -> None:
    first, second = (again.sync("held", "retry", again.config) for _ in range(2))
    assert first.out == "live: 1 released; the next push tries it again\n"
    assert (second.code, second.out) == (0, "live: nothing is held\n")


def test_retry_of_what_is_not_held_names_what_is_and_releases_nothing(again: Harness) -> None:
    (row,) = again.sync("held", again.config, "--output", "json").json["held"]
    wrong = row["title"][:-1] + "X"
    retried = again.sync("held", "retry", again.config, row["title"], wrong)
    assert retried.code == 2
    assert retried.err == f'sync: "{wrong}" is not held; did you mean "{row["title"]}"?\n'
    assert again.sync("held", again.config).code == 1


def hold(harness: Harness, *rows: tuple[str, str, str]) -> list[str]:
    """Hold e-mails or records (key, verb, code) in the ledger; gives their addresses."""
    ledger = open_ledger(f"sqlite:///{harness.config.with_name('live.db')}")
    addresses = [Address("psohub", "invoices", key) for key, _, _ in rows]
    for address, (_, verb, code) in zip(addresses, rows, strict=True):
        ledger.held.save(
            HeldRow("invoices", address, code, "so it is", "xero", "", datetime.now(UTC), "", verb)
        )
    ledger.close()
    return [str(one) for one in addresses]


def test_records_in_doubt_are_released_only_if_named(again: Harness) -> None:
    mail, record = hold(again, ("71", "email", "in_doubt"), ("72", "write", "in_doubt"))
    told = again.sync("held", "retry", again.config)
    assert told.out == (
        "live: 1 released; the next push tries it again\n"
        f"live: 2 in doubt, released only if named: {mail}, {record}\n"
    )
    assert again.sync("held", "retry", again.config).out.startswith("live: 2 in doubt")
    named = again.sync("held", "retry", again.config, "71", "72", "--output", "json")
    assert named.json == {"config": "live", "released": [mail, record]}


def test_dropped_emails_leave_the_queue(again: Harness) -> None:
    mail, _ = hold(again, ("71", "email", "in_doubt"), ("72", "email", "xero.email"))
    dropped = again.sync("held", "drop", again.config, mail, "--output", "json")
    assert (dropped.code, dropped.json) == (0, {"config": "live", "dropped": [mail]})
    assert again.sync("held", "drop", again.config, "72").out.startswith(
        "live: 1 dropped; nothing will be sent"
    )
    left = again.sync("held", again.config, "--output", "json").json["held"]
    assert [one["verb"] for one in left] == ["write"]


def test_a_held_record_is_not_dropped(again: Harness) -> None:
    (row,) = again.sync("held", again.config, "--output", "json").json["held"]
    refused = again.sync("held", "drop", again.config, row["address"])
    assert refused.code == 2
    assert "itself is held, not its e-mail" in refused.err
    assert again.sync("held", "drop", again.config).code == 2
    assert len(again.sync("held", again.config, "--output", "json").json["held"]) == 1


def test_held_without_a_config_shows_its_help(sync: Program) -> None:
    answered = sync("held")
    assert answered.code == 2
    assert "retry" in answered.err


def test_a_dismissed_record_is_quiet_listed_and_counted(again: Harness) -> None:
    (row,) = again.sync("held", again.config, "--output", "json").json["held"]
    dismissed = again.sync("held", "dismiss", again.config, row["title"], "--why", "test", "--output", "json")
    assert (dismissed.code, dismissed.json) == (0, {"config": "live", "dismissed": [row["address"]]})
    ran = again.sync("run", again.config, "--output", "json")
    assert (ran.code, ran.json["held"], ran.json["dismissed"]) == (0, [], 1)
    assert ran.json["flows"]["invoices"]["skipped"] == 1
    (told,) = ran.json["reconcile"]["rows"]
    assert (told["kind"], told["source"], told["note"]) == ("source_only", row["address"], "dismissed: test")
    listed = again.sync("held", again.config, "--output", "json")
    assert listed.code == 0
    (one,) = listed.json["dismissed"]
    assert fits(one, DISMISSED)
    assert (one["address"], one["reason"], one["why"]) == (row["address"], row["reason"], "test")
    assert "\n  dismissed: 1, left alone until they change\n" in again.sync("run", again.config).out
    assert f"{row['address']}  test (" in again.sync("held", again.config).out


def test_a_dismissal_is_undone(again: Harness) -> None:
    (row,) = again.sync("held", again.config, "--output", "json").json["held"]
    again.sync("held", "dismiss", again.config, row["address"], "--why", "test")
    undone = again.sync("held", "dismiss", again.config, row["address"], "--undo", "--output", "json")
    assert (undone.code, undone.json) == (0, {"config": "live", "undone": [row["address"]]})
    assert again.sync("held", again.config, "--output", "json").json["held"] == [row]
    twice = again.sync("held", "dismiss", again.config, row["address"], "--undo")
    assert (twice.code, "is not dismissed" in twice.err) == (2, True)


def test_a_dismissal_has_a_reason_and_is_of_what_is_held(again: Harness) -> None:
    (row,) = again.sync("held", again.config, "--output", "json").json["held"]
    unexplained = again.sync("held", "dismiss", again.config, row["address"])
    assert (unexplained.code, "--why is missing" in unexplained.err) == (2, True)
    assert again.sync("held", "dismiss", again.config, "INV-1", "--why", "test").code == 2
    (mail,) = hold(again, ("71", "email", "in_doubt"))
    dropped = again.sync("held", "dismiss", again.config, mail, "--why", "test")
    assert (dropped.code, "use `sync held drop`" in dropped.err) == (2, True)
