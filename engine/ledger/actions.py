"""How far each action got: wanted, begun, done or refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from engine.ledger.database import Database, Transaction
from engine.ledger.values import RECORD, columns, now, to_text
from engine.model.address import Address

SKIPPED = "skipped"  # why one counts as done that had nothing to do
EARLIER = "earlier"  # why one is not requested: it was carried out for an earlier document of the record
_INSERT = """INSERT INTO actions (mapping, source_connector, source_stream, source_key, verb, state, at, why)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (mapping, verb, source_key, source_stream, source_connector)
    DO UPDATE SET state = excluded.state, at = excluded.at"""
_WITH_WHY = f"{_INSERT}, why = excluded.why"


class ActionStates:
    """The actions of all mappings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def wanted(self, mapping: str, verb: str) -> dict[str, str]:
        """Source key -> why it is not requested, or "": of the actions that are wanted."""
        sql = "SELECT source_key, why FROM actions WHERE mapping = ? AND verb = ? AND state = 'wanted'"
        return self._database.pairs(sql, mapping, verb)

    def want_none(self, mapping: str, actions: Iterable[tuple[Address, str]], why: str) -> None:
        """Record actions, by address and verb, that are wanted and not requested; what is begun stays so."""
        rows = [
            (mapping, *columns(address), verb, "wanted", to_text(now()), why) for address, verb in actions
        ]
        with self._database.writing() as tx:
            tx.executemany(f"{_WITH_WHY} WHERE actions.state <> 'begun'", rows)

    def carried_out(self, mapping: str, verb: str) -> set[str]:
        """Source keys of the actions that were carried out."""
        sql = "SELECT source_key FROM actions WHERE mapping = ? AND verb = ? AND state = 'done' AND why <> ?"
        return set(self._database.column(sql, mapping, verb, SKIPPED))

    def explain(self, mapping: str, address: Address, verb: str, why: str) -> None:
        """Keep with a wanted action why it was not requested yet."""
        with self._database.writing() as tx:
            tx.execute(
                f"UPDATE actions SET why = ? WHERE {RECORD} AND verb = ? AND state = 'wanted'",
                (why, mapping, *columns(address), verb),
            )

    def count_since(self, system: str, verbs: Sequence[str], moment: datetime) -> int:
        """How many actions of a target system were carried out since then, or may have been."""
        marks = ", ".join("?" for _ in verbs)
        rows = self._database.rows(
            f"""SELECT count(*) FROM parts p JOIN batches b ON b.id = p.batch WHERE b.target = ?
            AND b.verb IN ({marks}) AND b.begun >= ? AND p.state IN ('open', 'done')""",
            system,
            *verbs,
            to_text(moment),
        )
        return int(rows[0][0])


def write_action(
    tx: Transaction, mapping: str, address: Address, verb: str, state: str, why: str = ""
) -> None:
    tx.execute(_WITH_WHY, (mapping, *columns(address), verb, state, to_text(now()), why))


def want_action(tx: Transaction, mapping: str, address: Address, verb: str) -> None:
    """Record that an action of a document that was just created is wanted; not, if it was carried out for an
    earlier document of the record.
    """
    row = (mapping, *columns(address), verb, "wanted", to_text(now()), "")
    tx.execute(
        f"""{_INSERT}, why = CASE WHEN actions.state = 'done' AND actions.why <> ? THEN ? ELSE '' END
        WHERE actions.state <> 'begun'""",
        (*row, SKIPPED, EARLIER),
    )


def was_requested(tx: Transaction, mapping: str, address: Address, verb: str) -> bool:
    """Whether an action is done or in doubt; one that is only wanted, or was refused, may be requested."""
    rows = tx.execute(
        f"SELECT state FROM actions WHERE {RECORD} AND verb = ? AND state IN ('begun', 'done')",
        (mapping, *columns(address), verb),
    )
    return bool(rows.fetchall())


def retry_refused(tx: Transaction, mapping: str, address: Address, verb: str | None) -> None:
    """Refused actions of a record are wanted again; all of them without a verb."""
    tx.execute(
        f"""UPDATE actions SET state = 'wanted'
        WHERE {RECORD} AND verb = coalesce(?, verb) AND state = 'refused'""",
        (mapping, *columns(address), verb),
    )


def drop_action(tx: Transaction, mapping: str, address: Address, verb: str) -> bool:
    """Drop an action that is no longer wanted; what was begun or done stays on record."""
    deleted = tx.execute(
        f"DELETE FROM actions WHERE {RECORD} AND verb = ? AND state IN ('wanted', 'refused')",
        (mapping, *columns(address), verb),
    )
    return deleted.rowcount > 0
