"""Runs, and what one leaves for the next: cursors and facts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.ledger.database import Database, Row
from engine.ledger.values import UnreadableValue, now, number, texts, to_json, to_moment, to_object, to_text
from engine.model.errors import ConfigError
from engine.model.redact import redacted_values

_COLUMNS = "id, command, holder, started, ended, exit_code, report"


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run: who, what, when, and how it ended. `ended` stays None if it was killed."""

    id: str
    command: str
    holder: str
    started: datetime
    ended: datetime | None = None
    exit_code: int | None = None
    report: Mapping[str, Any] = field(default_factory=dict)


class Runs:
    """The history of runs, how far each has read, and small facts such as whose books these are."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, command: str, holder: str) -> str:
        """Record that a run began; its id looks like `20260314T093000Z-7f3a`."""
        started = now()
        while True:
            run = f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
            with self._database.writing() as tx:
                inserted = tx.execute(
                    """INSERT INTO runs (id, command, holder, started) VALUES (?, ?, ?, ?)
                    ON CONFLICT (id) DO NOTHING""",
                    (run, command, holder, to_text(started)),
                )
                if inserted.rowcount:
                    return run

    def end(self, run: str, exit_code: int, report: Mapping[str, Any]) -> None:
        """Record how it ended. The report holds JSON types and Decimal."""
        values = (to_text(now()), exit_code, to_json(redacted_values(report)), run)
        with self._database.writing() as tx:
            ended = tx.execute("UPDATE runs SET ended = ?, exit_code = ?, report = ? WHERE id = ?", values)
            if not ended.rowcount:
                raise ValueError(f"the ledger has no run {run}")

    def last(self, limit: int = 10) -> tuple[list[RunRow], int]:
        """The last runs, newest first, without those that cannot be read, and how many these are.

        Runs are only shown: nothing is decided by them.
        """
        sql = "SELECT number FROM runs ORDER BY number DESC LIMIT ?"
        runs: list[RunRow] = []
        unreadable = 0
        for (row,) in self._database.rows(sql, limit):
            try:
                values = self._database.rows(f"SELECT {_COLUMNS} FROM runs WHERE number = ?", row)
                runs += map(_run, values)
            except (UnreadableValue, ConfigError):
                unreadable += 1
        return runs, unreadable

    def cursor(self, name: str) -> datetime | None:
        """Up to when a mapping's target has been read."""
        sql = "SELECT at FROM cursors WHERE name = ?"
        return next(iter(self._database.read(lambda row: to_moment(row[0]), sql, name)), None)

    def move_cursor(self, name: str, to: datetime) -> None:
        """Move it forwards; an earlier moment changes nothing."""
        with self._database.writing() as tx:
            tx.execute(
                """INSERT INTO cursors (name, at) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET at = excluded.at WHERE excluded.at > cursors.at""",
                (name, to_text(to)),
            )

    def remember(self, name: str, value: str) -> None:
        """Keep a small fact, such as `identity.xero`."""
        with self._database.writing() as tx:
            tx.execute(
                """INSERT INTO facts (name, value) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value""",
                (name, value),
            )

    def recall(self, name: str) -> str | None:
        return next(iter(self._database.column("SELECT value FROM facts WHERE name = ?", name)), None)


def _run(row: Row) -> RunRow:
    *names, started, ended, exit_code, cell = row
    run, command, holder = texts(names)
    report = to_object(cell)
    quotas = report.get("quotas", {})
    if not isinstance(quotas, dict) or not all(isinstance(quota, dict) for quota in quotas.values()):
        raise UnreadableValue("not the report of a run")
    ended_at = None if ended is None else to_moment(ended)
    code = None if exit_code is None else number(exit_code)
    return RunRow(run, command, holder, to_moment(started), ended_at, code, report)
