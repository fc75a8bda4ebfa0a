"""Held records that a person has dismissed."""

from __future__ import annotations

from collections.abc import Mapping

from engine.ledger.database import Database, Row
from engine.ledger.values import RECORD, columns, now, texts, to_moment, to_text
from engine.model.address import Address
from engine.model.link import WRITE, Dismissal, HeldRow
from engine.model.redact import redacted

_HELD = """mapping, source_connector, source_stream, source_key, verb,
    code, reason, place, fingerprint, since, title, source"""


class Dismissals:
    """The dismissed rows of the held queue, by mapping and address."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, mapping: str | None = None) -> dict[tuple[str, Address], Dismissal]:
        dismissals = self._database.read(
            _dismissal,
            f"""SELECT {_HELD}, why, who, at FROM dismissed WHERE mapping = coalesce(?, mapping)
            ORDER BY mapping, since, source_key""",
            mapping,
        )
        return {(one.row.mapping, one.row.address): one for one in dismissals}

    def dismiss(self, mapping: str, address: Address, why: str, who: str) -> None:
        """Take a held record out of the queue until its source values change."""
        record = (mapping, *columns(address))
        with self._database.writing() as tx:
            tx.execute(
                f"""INSERT OR REPLACE INTO dismissed ({_HELD}, why, who, at)
                SELECT {_HELD}, ?, ?, ? FROM held WHERE {RECORD} AND verb = ?""",
                (redacted(why), who, to_text(now()), *record, WRITE),
            )
            tx.execute(f"DELETE FROM held WHERE {RECORD} AND verb = ?", (*record, WRITE))

    def undo(self, mapping: str, address: Address) -> None:
        """Put a record back into the queue as it was held."""
        record = (mapping, *columns(address))
        with self._database.writing() as tx:
            tx.execute(
                f"INSERT OR REPLACE INTO held ({_HELD}) SELECT {_HELD} FROM dismissed WHERE {RECORD}", record
            )
            tx.execute(f"DELETE FROM dismissed WHERE {RECORD}", record)

    def note_sources(self, mapping: str, sources: Mapping[Address, str]) -> None:
        """Keep the hashes of the source values of records that are held, or were dismissed without one."""
        rows = [(source, mapping, *columns(address), source) for address, source in sources.items()]
        with self._database.writing() as tx:
            tx.executemany(f"UPDATE held SET source = ? WHERE {RECORD} AND source <> ?", rows)
            tx.executemany(
                f"UPDATE dismissed SET source = ? WHERE {RECORD} AND source = '' AND source <> ?", rows
            )


def _dismissal(row: Row) -> Dismissal:
    mapping, system, stream, key, verb, code, reason, place, fingerprint, since, title, source, *by = texts(
        row
    )
    why, who, at = by
    address = Address(system, stream, key)
    held = HeldRow(mapping, address, code, reason, place, fingerprint, to_moment(since), title, verb)
    return Dismissal(held, source, why, who, to_moment(at))
