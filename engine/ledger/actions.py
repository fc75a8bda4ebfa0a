"""How far each action got: wanted, begun, done or refused. SQL for the stores that change it."""

from __future__ import annotations

from engine.ledger.database import Transaction
from engine.ledger.values import RECORD, columns, now, to_text
from engine.model.address import Address


def write_action(tx: Transaction, mapping: str, address: Address, verb: str, state: str) -> None:
    tx.execute(
        """INSERT INTO actions (mapping, source_connector, source_stream, source_key, verb, state, at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (mapping, verb, source_key, source_stream, source_connector)
        DO UPDATE SET state = excluded.state, at = excluded.at""",
        (mapping, *columns(address), verb, state, to_text(now())),
    )


def want_action(tx: Transaction, mapping: str, address: Address, verb: str) -> None:
    """Record that an action is wanted, unless it was wanted before: an update requests no second e-mail."""
    tx.execute(
        """INSERT INTO actions (mapping, source_connector, source_stream, source_key, verb, state, at)
        VALUES (?, ?, ?, ?, ?, 'wanted', ?) ON CONFLICT DO NOTHING""",
        (mapping, *columns(address), verb, to_text(now())),
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


def drop_action(tx: Transaction, mapping: str, address: Address, verb: str) -> None:
    """Drop an action that is no longer wanted; what was begun or done stays on record."""
    tx.execute(
        f"DELETE FROM actions WHERE {RECORD} AND verb = ? AND state IN ('wanted', 'refused')",
        (mapping, *columns(address), verb),
    )
