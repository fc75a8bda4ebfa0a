"""Differences between the books that were reported, and those that a person has accepted."""

from __future__ import annotations

from collections.abc import Sequence

from engine.ledger.database import Database, Row
from engine.ledger.values import columns, now, texts, to_json, to_moment, to_text, to_texts
from engine.model.address import Address
from engine.model.drift import Acceptance, Drifted
from engine.model.redact import redacted

_TARGET = "connector = ? AND stream = ? AND key = ?"


class AcceptedDrift:
    """By the address of the document at the target."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reported(self) -> list[Drifted]:
        """The documents with differences, accepted or not, as the last comparison found them."""
        return self._database.read(
            _drifted,
            """SELECT source_connector, source_stream, source_key, connector, stream, key,
            source_title, title, kinds, fingerprint FROM drifted ORDER BY source_title, title""",
        )

    def report(self, drifted: Sequence[Drifted]) -> None:
        """Replace what was reported. What no longer differs is not accepted any more either."""
        rows = [
            (
                *columns(one.target),
                *columns(one.source),
                one.title,
                one.source_title,
                to_json(one.kinds),
                one.fingerprint,
            )
            for one in drifted
        ]
        with self._database.writing() as tx:
            tx.execute("DELETE FROM drifted")
            tx.executemany("INSERT INTO drifted VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            tx.execute(
                """DELETE FROM accepted WHERE NOT EXISTS (
                SELECT 1 FROM drifted WHERE drifted.key = accepted.key
                AND drifted.stream = accepted.stream AND drifted.connector = accepted.connector)"""
            )

    def all(self) -> dict[Address, Acceptance]:
        sql = "SELECT connector, stream, key, why, who, at, fingerprint FROM accepted"
        return dict(self._database.read(_acceptance, sql))

    def accept(self, drifted: Drifted, why: str, who: str) -> None:
        """Accept the document's differences as they were reported."""
        values = (*columns(drifted.target), drifted.fingerprint, redacted(why), who, to_text(now()))
        with self._database.writing() as tx:
            tx.execute("INSERT OR REPLACE INTO accepted VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def undo(self, target: Address) -> None:
        """The document's differences are reported again."""
        with self._database.writing() as tx:
            tx.execute(f"DELETE FROM accepted WHERE {_TARGET}", columns(target))


def _drifted(row: Row) -> Drifted:
    *addresses, source_title, title, kinds, fingerprint = texts(row)
    source, target = Address(*addresses[:3]), Address(*addresses[3:])
    return Drifted(source, target, source_title, title, to_texts(kinds), fingerprint)


def _acceptance(row: Row) -> tuple[Address, Acceptance]:
    *address, why, who, at, fingerprint = texts(row)
    return Address(*address), Acceptance(why, who, to_moment(at), fingerprint)
