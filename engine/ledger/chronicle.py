"""Runs, cursors and small facts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.ledger.database import Database, Row
from engine.ledger.interface import RunRow
from engine.ledger.values import from_json, now, to_json, to_moment, to_text


class Chronicle:
    """What happened when, and how far reading got."""

    _database: Database

    def start_run(self, command: str, holder: str) -> str:
        started = now()
        while True:
            run = f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
            with self._database.writing() as tx:
                noted = tx.execute(
                    """INSERT INTO runs (id, command, holder, started) VALUES (?, ?, ?, ?)
                    ON CONFLICT (id) DO NOTHING""",
                    (run, command, holder, to_text(started)),
                )
                if noted.rowcount:
                    return run

    def end_run(self, run: str, exit_code: int, report: Mapping[str, Any]) -> None:
        values = (to_text(now()), exit_code, to_json(report), run)
        with self._database.writing() as tx:
            ended = tx.execute("UPDATE runs SET ended = ?, exit_code = ?, report = ? WHERE id = ?", values)
            if not ended.rowcount:
                raise ValueError(f"the ledger knows no run {run}")

    def runs(self, limit: int = 10) -> list[RunRow]:
        found = self._database.rows(
            """SELECT id, command, holder, started, ended, exit_code, report FROM runs
            ORDER BY number DESC LIMIT ?""",
            limit,
        )
        return [_run(row) for row in found]

    def cursor(self, name: str) -> datetime | None:
        found = self._database.row("SELECT at FROM cursors WHERE name = ?", name)
        return to_moment(found[0]) if found else None

    def move_cursor(self, name: str, to: datetime) -> None:
        with self._database.writing() as tx:
            tx.execute(
                """INSERT INTO cursors (name, at) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET at = excluded.at WHERE excluded.at > cursors.at""",
                (name, to_text(to)),
            )

    def remember(self, name: str, value: str) -> None:
        with self._database.writing() as tx:
            tx.execute(
                """INSERT INTO facts (name, value) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value""",
                (name, value),
            )

    def recall(self, name: str) -> str | None:
        found = self._database.row("SELECT value FROM facts WHERE name = ?", name)
        return found[0] if found else None


def _run(row: Row) -> RunRow:
    run, command, holder, started, ended, exit_code, report = row
    over = to_moment(ended) if ended else None
    return RunRow(run, command, holder, to_moment(started), over, exit_code, from_json(report))
