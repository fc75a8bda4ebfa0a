"""What a second start finds in the state file."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from connectors.psohub.sandbox import PsohubSandboxOptions, create_app
from tests.connectors.psohub.sandbox.psohub_sandbox_kit import Serve


def test_second_start_finds_what_the_first_one_left(serve: Serve) -> None:
    first = serve(invoices=5)
    key = first.get("invoices")[0]["InvoiceID"]
    first.send("PATCH", "invoice", {"InvoiceID": key, "ExternalID": "INV-1"})
    second = serve(invoices=5, default_limit=7, access_token="another")
    assert second.get("invoices")[0]["ExternalID"] == "INV-1"


def test_untouched_company_gives_way_to_another_one(serve: Serve) -> None:
    assert len(serve(invoices=5).get("invoices", limit=99)) == 6
    assert len(serve(invoices=9).get("invoices", limit=99)) == 10


@pytest.mark.parametrize("other", [{"invoices": 6}, {"seed": 2}, {"customers": 3}, {"cents_differ": 1}])
def test_company_with_work_in_it_does_not_give_way(
    serve: Serve, tmp_path: Path, other: dict[str, Any]
) -> None:
    caller = serve(invoices=5)
    key = caller.get("invoices")[0]["InvoiceID"]
    caller.send("PATCH", "invoice", {"InvoiceID": key, "ExternalID": "INV-1"})
    with pytest.raises(ValueError, match=r"work has been done on it.*name another state file"):
        create_app(tmp_path / "psohub.db", PsohubSandboxOptions(**({"invoices": 5} | other)))
    assert caller.get("invoices")[0]["ExternalID"] == "INV-1"


def test_file_from_before_versions_were_counted_is_carried_on(serve: Serve, tmp_path: Path) -> None:
    first = serve(invoices=5)
    key = first.get("invoices")[0]["InvoiceID"]
    first.send("PATCH", "invoice", {"InvoiceID": key, "ExternalID": "INV-1"})
    with closing(sqlite3.connect(tmp_path / "psohub.db")) as db:
        db.execute("DROP TABLE answers")
        db.execute("PRAGMA user_version = 0")
    assert serve(invoices=5).get("invoices")[0]["ExternalID"] == "INV-1"


def test_refused_update_is_no_work(serve: Serve) -> None:
    caller = serve(invoices=5)
    assert caller.send("PATCH", "invoice", {"InvoiceID": 1, "ExternalID": "X"})[0] == 404
    assert len(serve(invoices=6).get("invoices")) == 7


def test_file_is_made_with_its_folder_and_written_ahead(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "psohub.db"
    create_app(path, PsohubSandboxOptions(invoices=1))
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_queue_is_read_by_index(tmp_path: Path) -> None:
    path = tmp_path / "psohub.db"
    create_app(path, PsohubSandboxOptions(invoices=1))
    with closing(sqlite3.connect(path)) as db:
        plan = db.execute(
            "EXPLAIN QUERY PLAN SELECT body FROM invoices "
            "WHERE status = 'sent' AND external_id IS NULL ORDER BY id LIMIT 9"
        ).fetchall()
    assert "invoices_to_push_by_status" in plan[0][3]
    assert len(plan) == 1  # no sorting step


@pytest.mark.parametrize(
    "wrong",
    [
        {"invoices": -1},
        {"invoices": 10**7},
        {"customers": 0},
        {"unknown": 1},
        {"invoices": 2, "cents_differ": 3},
        {"default_limit": 0},
        {"default_limit": 10**9},
        {"limit_cap": 0},
        {"access_token": "two words"},
    ],
)
def test_options_out_of_bounds_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="1 validation error"):
        PsohubSandboxOptions(**wrong)
