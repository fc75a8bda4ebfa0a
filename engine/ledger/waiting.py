"""What waits for a person, and how far each action got."""

from __future__ import annotations

from engine.ledger.database import Database, Row, Transaction
from engine.ledger.values import columns, now, to_moment, to_text
from engine.model.address import Address
from engine.model.link import WRITE, HeldRow

_RECORD = "mapping = ? AND source_connector = ? AND source_stream = ? AND source_key = ?"
_HELD = """mapping, source_connector, source_stream, source_key,
    code, reason, place, fingerprint, since, title, verb"""


class Waiting:
    """Held rows and action states, for all mappings."""

    _database: Database

    def hold(self, row: HeldRow) -> None:
        with self._database.writing() as tx:
            write_held(tx, row)

    def held(self, mapping: str | None = None) -> list[HeldRow]:
        found = self._database.rows(
            f"""SELECT {_HELD} FROM held WHERE mapping = coalesce(?, mapping)
            ORDER BY mapping, since, source_key, verb""",
            mapping,
        )
        return [_held(row) for row in found]

    def release(self, mapping: str, address: Address, verb: str | None = None) -> bool:
        record = (mapping, *columns(address), verb)
        with self._database.writing() as tx:
            if verb in (None, WRITE):
                _agree(tx, mapping, address)
            gone = tx.execute(f"DELETE FROM held WHERE {_RECORD} AND verb = coalesce(?, verb)", record)
            tx.execute(
                f"""UPDATE actions SET state = 'wanted'
                WHERE {_RECORD} AND verb = coalesce(?, verb) AND state = 'refused'""",
                record,
            )
            return gone.rowcount > 0

    def unhold(self, mapping: str, address: Address) -> None:
        with self._database.writing() as tx:
            drop_held(tx, mapping, address, WRITE)
            drop_agreed(tx, mapping, address)

    def forgo(self, mapping: str, address: Address, verb: str) -> bool:
        record = (mapping, *columns(address), verb)
        with self._database.writing() as tx:
            gone = tx.execute(f"DELETE FROM held WHERE {_RECORD} AND verb = ?", record)
            tx.execute(
                f"DELETE FROM actions WHERE {_RECORD} AND verb = ? AND state IN ('wanted', 'refused')", record
            )
            return gone.rowcount > 0

    def agreed(self, mapping: str) -> dict[str, str]:
        return dict(
            self._database.rows("SELECT source_key, fingerprint FROM agreed WHERE mapping = ?", mapping)
        )

    def actions(self, mapping: str, verb: str) -> dict[str, str]:
        return dict(
            self._database.rows(
                "SELECT source_key, state FROM actions WHERE mapping = ? AND verb = ?", mapping, verb
            )
        )


def write_held(tx: Transaction, row: HeldRow) -> None:
    """Insert or replace. The first `since` stays while the cause does; a title once known is not lost."""
    tx.execute(
        f"""INSERT INTO held ({_HELD}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
            row.reason,
            row.where,
            row.fingerprint,
            to_text(row.since),
            row.title,
            row.verb,
        ),
    )


def _agree(tx: Transaction, mapping: str, address: Address) -> None:
    """Remember which payload waited when a person let the record go."""
    tx.execute(
        f"""INSERT INTO agreed (mapping, source_connector, source_stream, source_key, fingerprint, at)
        SELECT mapping, source_connector, source_stream, source_key, fingerprint, ? FROM held
        WHERE {_RECORD} AND verb = ? AND fingerprint <> ''
        ON CONFLICT (mapping, source_key, source_stream, source_connector)
        DO UPDATE SET fingerprint = excluded.fingerprint, at = excluded.at""",
        (to_text(now()), mapping, *columns(address), WRITE),
    )


def drop_agreed(tx: Transaction, mapping: str, address: Address) -> None:
    tx.execute(f"DELETE FROM agreed WHERE {_RECORD}", (mapping, *columns(address)))


def drop_held(tx: Transaction, mapping: str, address: Address, verb: str) -> None:
    tx.execute(f"DELETE FROM held WHERE {_RECORD} AND verb = ?", (mapping, *columns(address), verb))


def write_action(tx: Transaction, mapping: str, address: Address, verb: str, state: str) -> None:
    tx.execute(
        """INSERT INTO actions (mapping, source_connector, source_stream, source_key, verb, state, at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (mapping, verb, source_key, source_stream, source_connector)
        DO UPDATE SET state = excluded.state, at = excluded.at""",
        (mapping, *columns(address), verb, state, to_text(now())),
    )


def was_asked(tx: Transaction, mapping: str, address: Address, verb: str) -> bool:
    """Whether a verb is done or in doubt; what is only wanted, or was refused, may be asked for."""
    found = tx.execute(
        f"SELECT state FROM actions WHERE {_RECORD} AND verb = ? AND state IN ('begun', 'done')",
        (mapping, *columns(address), verb),
    )
    return bool(found.fetchall())


def want_action(tx: Transaction, mapping: str, address: Address, verb: str) -> None:
    """Note that a verb is wanted, unless it ever was: an update asks for no second e-mail."""
    tx.execute(
        """INSERT INTO actions (mapping, source_connector, source_stream, source_key, verb, state, at)
        VALUES (?, ?, ?, ?, ?, 'wanted', ?) ON CONFLICT DO NOTHING""",
        (mapping, *columns(address), verb, to_text(now())),
    )


def _held(row: Row) -> HeldRow:
    mapping, connector, stream, key, code, reason, place, fingerprint, since, title, verb = row
    address = Address(connector, stream, key)
    return HeldRow(mapping, address, code, reason, place, fingerprint, to_moment(since), title, verb)
