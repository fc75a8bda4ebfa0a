"""Records that stay as they were sent although the present rules would give something else."""

from __future__ import annotations

from collections.abc import Sequence

from engine.ledger.database import Database, Row
from engine.ledger.values import columns, now, texts, to_json, to_text, to_texts
from engine.model.address import Address
from engine.model.link import Outdated


class OutdatedRows:
    """The outdated records of all mappings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, mapping: str, rows: Sequence[Outdated], seen: Sequence[Address]) -> None:
        """Save `rows`; of the other records that were `seen` none is outdated any more."""
        at = to_text(now())
        with self._database.writing() as tx:
            tx.executemany(
                """DELETE FROM outdated WHERE mapping = ? AND source_connector = ? AND source_stream = ?
                AND source_key = ?""",
                [(mapping, *columns(address)) for address in seen],
            )
            tx.executemany(
                """INSERT INTO outdated (mapping, source_connector, source_stream, source_key, fingerprint,
                fields, title, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                [
                    (row.mapping, *columns(row.address), row.fingerprint, to_json(row.fields), row.title, at)
                    for row in rows
                ],
            )

    def rows(self, mapping: str | None = None) -> list[Outdated]:
        return self._database.read(
            _outdated,
            """SELECT mapping, source_connector, source_stream, source_key, fingerprint, fields, title
            FROM outdated WHERE mapping = coalesce(?, mapping) ORDER BY mapping, source_key""",
            mapping,
        )


def _outdated(row: Row) -> Outdated:
    mapping, system, stream, key, fingerprint, fields, title = texts(row)
    return Outdated(mapping, Address(system, stream, key), fingerprint, to_texts(fields), title)
