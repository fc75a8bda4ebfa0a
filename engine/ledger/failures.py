"""Batches that failed without naming a record, and how often each record was in one."""

from __future__ import annotations

from engine.ledger.database import Database, Row
from engine.ledger.values import columns, number, texts
from engine.model.address import Address
from engine.model.link import BegunBatch, Failures
from engine.model.redact import redacted


class FailedBatches:
    """What is remembered of failures, so that later requests are smaller."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, begun: BegunBatch, words: str, *, spent: bool) -> None:
        """Record that a batch failed, with the target's words. `spent`: its key must not be used again."""
        with self._database.writing() as tx:
            tx.execute(
                "UPDATE batches SET failure = ?, spent = max(spent, ?) WHERE id = ?",
                (redacted(words) or "no reason given", int(spent), begun.batch.id),
            )

    def all(self, mapping: str, kind: str) -> dict[Address, Failures]:
        """The failures of every record whose last writes failed. `kind` as in `HeldRow.verb`."""
        rows = self._database.read(
            texts,
            """SELECT DISTINCT p.source_connector, p.source_stream, p.source_key
            FROM batches b JOIN parts p ON p.batch = b.id
            WHERE b.failure <> '' AND p.mapping = ? AND p.kind = ? AND p.state <> 'done'""",
            mapping,
            kind,
        )
        found = {Address(*row): self.of(mapping, Address(*row), kind) for row in rows}
        return {address: failures for address, failures in found.items() if failures is not None}

    def of(self, mapping: str, address: Address, kind: str) -> Failures | None:
        """The failures of one record since it was last written or refused by name; None without any."""
        rows = self._database.read(
            _part,
            """SELECT b.id, p.state, b.failure, (SELECT count(*) FROM parts q WHERE q.batch = b.id)
            FROM parts p JOIN batches b ON b.id = p.batch
            WHERE p.mapping = ? AND p.source_connector = ? AND p.source_stream = ? AND p.source_key = ?
            AND p.kind = ? ORDER BY b.id DESC""",
            mapping,
            *columns(address),
            kind,
        )
        failed: list[tuple[int, int]] = []
        for batch, state, failure, size in rows:
            if state == "done" or (state == "refused" and not failure):
                break
            if failure:
                failed.append((batch, size))
        if not failed:
            return None
        alone = sum(size == 1 for _, size in failed)
        return Failures(first=failed[-1][0], count=len(failed), alone=alone, last_size=failed[0][1])

    def others_accepted(self, begun: BegunBatch, kind: str, since: int) -> bool:
        """Whether the target has taken another record of the same kind since the batch `since`, or in it."""
        row = self._database.row(
            """SELECT 1 FROM parts p JOIN batches b ON b.id = p.batch
            JOIN batches failed ON failed.id = ? AND b.target = failed.target AND b.stream = failed.stream
            WHERE b.id >= ? AND p.kind = ? AND p.state = 'done' LIMIT 1""",
            begun.batch.id,
            since,
            kind,
        )
        return row is not None


def _part(row: Row) -> tuple[int, str, str, int]:
    batch, state, failure, size = row
    state, failure = texts((state, failure))
    return number(batch), state, failure, number(size)
