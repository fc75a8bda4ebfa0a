"""Records that wait for a person, and the payloads that a person has approved."""

from __future__ import annotations

from engine.ledger.actions import drop_action, retry_refused
from engine.ledger.database import Database, Row, Transaction
from engine.ledger.values import RECORD, columns, now, texts, to_moment, to_text
from engine.model.address import Address
from engine.model.link import WRITE, HeldRow
from engine.model.redact import redacted

_COLUMNS = """mapping, source_connector, source_stream, source_key,
    code, reason, place, fingerprint, since, title, verb"""


class HeldRows:
    """The held queue of all mappings: one row for each record and verb."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, row: HeldRow) -> None:
        """Insert or replace by (mapping, address, verb); `since` stays while code and reason do."""
        with self._database.writing() as tx:
            write_held(tx, row)

    def rows(self, mapping: str | None = None) -> list[HeldRow]:
        """What is held, longest first within a mapping."""
        return self._database.read(
            _held,
            f"""SELECT {_COLUMNS} FROM held WHERE mapping = coalesce(?, mapping)
            ORDER BY mapping, since, source_key, verb""",
            mapping,
        )

    def retry(self, mapping: str, address: Address, verb: str | None = None) -> bool:
        """Release a held record or a refused action for another try. False if nothing was held.

        The payload that was held counts as approved until it has been written.
        """
        with self._database.writing() as tx:
            if verb in (None, WRITE):
                _approve(tx, mapping, address)
            deleted = tx.execute(
                f"DELETE FROM held WHERE {RECORD} AND verb = coalesce(?, verb)",
                (mapping, *columns(address), verb),
            )
            retry_refused(tx, mapping, address, verb)
            return deleted.rowcount > 0

    def approve(self, mapping: str, address: Address, fingerprint: str) -> None:
        """Let the next push send exactly this payload of a record that is not held."""
        with self._database.writing() as tx:
            approve(tx, mapping, address, fingerprint)

    def drop(self, mapping: str, address: Address, verb: str) -> bool:
        """Discard a held action for good: it is never requested. False if it was not held."""
        with self._database.writing() as tx:
            deleted = drop_held(tx, mapping, address, verb)
            drop_action(tx, mapping, address, verb)
            return deleted

    def release(self, mapping: str, address: Address) -> None:
        """Remove the held row of a record that is in order now, without a person's approval."""
        with self._database.writing() as tx:
            drop_held(tx, mapping, address, WRITE)
            drop_approved(tx, mapping, address)

    def approved(self, mapping: str) -> dict[str, str]:
        """Source key -> fingerprint of the payload that a person approved and that was not written since."""
        sql = "SELECT source_key, fingerprint FROM agreed WHERE mapping = ?"
        return self._database.pairs(sql, mapping)


def write_held(tx: Transaction, row: HeldRow) -> None:
    """Insert or replace. The first `since` stays while the cause does; a title once known is not lost."""
    tx.execute(
        f"""INSERT INTO held ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (mapping, source_key, source_stream, source_connector, verb) DO UPDATE SET
        since = CASE WHEN held.code = excluded.code AND held.reason = excluded.reason
            THEN held.since ELSE excluded.since END,
        title = CASE WHEN excluded.title = '' THEN held.title ELSE excluded.title END,
        code = excluded.code, reason = excluded.reason, place = excluded.place,
        fingerprint = excluded.fingerprint""",
        (
            row.mapping,
            *columns(row.address),
            row.code,
            redacted(row.reason),
            row.where,
            row.fingerprint,
            to_text(row.since),
            redacted(row.title),
            row.verb,
        ),
    )


def drop_held(tx: Transaction, mapping: str, address: Address, verb: str) -> bool:
    deleted = tx.execute(f"DELETE FROM held WHERE {RECORD} AND verb = ?", (mapping, *columns(address), verb))
    return deleted.rowcount > 0


def drop_approved(tx: Transaction, mapping: str, address: Address) -> None:
    tx.execute(f"DELETE FROM agreed WHERE {RECORD}", (mapping, *columns(address)))


def approve(tx: Transaction, mapping: str, address: Address, fingerprint: str) -> None:
    """Remember that a person lets exactly this payload be sent."""
    tx.execute(
        """INSERT INTO agreed (mapping, source_connector, source_stream, source_key, fingerprint, at)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (mapping, source_key, source_stream, source_connector)
        DO UPDATE SET fingerprint = excluded.fingerprint, at = excluded.at""",
        (mapping, *columns(address), fingerprint, to_text(now())),
    )


def _approve(tx: Transaction, mapping: str, address: Address) -> None:
    """Remember which payload was held when a person asked for a retry."""
    tx.execute(
        f"""INSERT INTO agreed (mapping, source_connector, source_stream, source_key, fingerprint, at)
        SELECT mapping, source_connector, source_stream, source_key, fingerprint, ? FROM held
        WHERE {RECORD} AND verb = ? AND fingerprint <> ''
        ON CONFLICT (mapping, source_key, source_stream, source_connector)
        DO UPDATE SET fingerprint = excluded.fingerprint, at = excluded.at""",
        (to_text(now()), mapping, *columns(address), WRITE),
    )


def _held(row: Row) -> HeldRow:
    mapping, system, stream, key, code, reason, where, fingerprint, since, title, verb = texts(row)
    address = Address(system, stream, key)
    return HeldRow(mapping, address, code, reason, where, fingerprint, to_moment(since), title, verb)
