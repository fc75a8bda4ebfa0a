"""Batches: on the disk before they are sent, settled receipt by receipt, never deleted."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from engine.ledger.actions import SKIPPED, want_action, was_requested, write_action
from engine.ledger.database import Database, Row, Transaction
from engine.ledger.errors import AlreadyBegunError
from engine.ledger.held import drop_approved, drop_held, write_held
from engine.ledger.links import link_in, write_link
from engine.ledger.values import (
    UnreadableValue,
    columns,
    now,
    number,
    text,
    texts,
    to_json,
    to_moment,
    to_object,
    to_text,
    to_texts,
)
from engine.model.address import Address
from engine.model.change import WRITES, Batch, Part, Receipt
from engine.model.link import WRITE, BegunBatch, HeldRow, Link
from engine.model.redact import redacted


class Batches:
    """Batches of writes and actions, begun and settled."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self,
        mapping: str,
        target: str,
        stream: str,
        verb: str,
        parts: Sequence[Part],
        fingerprints: Sequence[str],
    ) -> BegunBatch:
        """Record a batch before it is sent, under a random key. `target` is the target system's name.

        AlreadyBegunError, and nothing is begun, if a record is in an open batch of the same kind (any write,
        or that action), or if its action was already begun or done.
        """
        if not parts or len(parts) != len(fingerprints):
            raise ValueError(f"{len(parts)} parts with {len(fingerprints)} fingerprints are not a batch")
        # The key is random, never computed from the body: an amount that goes 10, 11, 10 would compute its
        # old key again, and the target would replay its old answer.
        key, begun = secrets.token_hex(16), now()
        with self._database.writing() as tx:
            ((number,),) = tx.execute(
                """INSERT INTO batches (mapping, target, stream, verb, idempotency_key, begun)
                VALUES (?, ?, ?, ?, ?, ?) RETURNING id""",
                (mapping, target, stream, verb, key, to_text(begun)),
            ).fetchall()
            for position, (part, fingerprint) in enumerate(zip(parts, fingerprints, strict=True)):
                _refuse_twice(tx, mapping, part.address, _kind(verb))
                _write_part(tx, mapping, verb, number, position, part, fingerprint)
                if _kind(verb) != WRITE:
                    write_action(tx, mapping, part.address, verb, "begun")
        batch = Batch(stream, verb, key, tuple(parts), begun, number)
        return BegunBatch(mapping, batch, tuple(fingerprints), tuple(range(len(parts))))

    def settle(
        self,
        begun: BegunBatch,
        position: int,
        receipt: Receipt,
        held: HeldRow | None = None,
        kept: Mapping[str, Any] | None = None,
    ) -> None:
        """Record what became of one part, and everything that follows from it, in one commit.

        done writes the link with the actions that are now wanted, or the action, and releases a held record;
        refused holds it; doubt changes nothing. What is done stays done whatever comes later, and an action
        that was skipped counts as done. `held`: why the record is held although its write is done;
        `kept`: what was sent as the target stored it.
        TargetTakenError leaves the part open.
        """
        if receipt.outcome == "doubt":
            return
        with self._database.writing() as tx:
            part = _stored_part(tx, begun.batch.id, position)
            if part.state == "done":
                return
            if receipt.outcome == "refused":
                _refused(tx, part, receipt)
            elif part.kind == WRITE:
                _written(tx, part, receipt, kept or {})
                if held is not None:
                    write_held(tx, held)
            else:
                write_action(tx, part.mapping, part.address, part.kind, "done")
                drop_held(tx, part.mapping, part.address, part.kind)
            state = "refused" if receipt.outcome == "refused" else "done"
            _close(tx, begun.batch.id, position, state, receipt)

    def forget(self, begun: BegunBatch, position: int) -> None:
        """Close a part that certainly did not happen: it is decided again; an action is wanted again."""
        with self._database.writing() as tx:
            part = _stored_part(tx, begun.batch.id, position)
            if part.state != "open":
                return
            if part.kind != WRITE:
                write_action(tx, part.mapping, part.address, part.kind, "wanted")
            _close(tx, begun.batch.id, position, "forgotten", Receipt("refused", reason="did not happen"))

    def skip_action(self, mapping: str, address: Address, verb: str) -> None:
        """A wanted action has turned out to have nothing to do: it counts as done."""
        with self._database.writing() as tx:
            write_action(tx, mapping, address, verb, "done", SKIPPED)
            drop_held(tx, mapping, address, verb)

    def unfinished(self) -> list[BegunBatch]:
        """Batches with open parts, oldest first, as they were begun: bodies, order and key."""
        rows = self._database.read(
            _checked,
            """SELECT b.id, b.mapping, b.stream, b.verb, b.idempotency_key, b.begun, b.failure, b.spent,
            p.position, p.state, p.fingerprint, p.source_connector, p.source_stream, p.source_key,
            p.body, p.target_key, p.title, p.wanted, p.source
            FROM batches b JOIN parts p ON p.batch = b.id WHERE b.settled IS NULL
            ORDER BY b.id, p.position""",
        )
        return self._database.checked(
            lambda: [_begun(list(parts)) for _, parts in groupby(rows, key=itemgetter(0))]
        )

    def actions(self, mapping: str, verb: str) -> dict[str, str]:
        """Source key -> wanted, begun, done or refused."""
        sql = "SELECT source_key, state FROM actions WHERE mapping = ? AND verb = ?"
        return self._database.pairs(sql, mapping, verb)


@dataclass(frozen=True, slots=True)
class _StoredPart:
    """One part as it is in the ledger: the caller's copy may be older."""

    mapping: str
    kind: str
    target: str
    stream: str
    address: Address
    target_key: str | None
    fingerprint: str
    body: str
    title: str
    wanted: str
    source: str
    state: str


def _kind(verb: str) -> str:
    return WRITE if verb in WRITES else verb


def _refuse_twice(tx: Transaction, mapping: str, address: Address, kind: str) -> None:
    open_elsewhere = tx.execute(
        """SELECT batch FROM parts WHERE mapping = ? AND source_connector = ? AND source_stream = ?
        AND source_key = ? AND kind = ? AND state = 'open'""",
        (mapping, *columns(address), kind),
    ).fetchall()
    if open_elsewhere:
        raise AlreadyBegunError(
            f"{address} is in the unfinished batch {open_elsewhere[0][0]} of {mapping}; settle that first"
        )
    if kind != WRITE and was_requested(tx, mapping, address, kind):
        raise AlreadyBegunError(
            f"{kind} of {address} was already requested by {mapping}, and is never requested twice"
        )


def _write_part(
    tx: Transaction, mapping: str, verb: str, batch: int, position: int, part: Part, fingerprint: str
) -> None:
    tx.execute(
        """INSERT INTO parts (batch, position, mapping, kind, source_connector, source_stream, source_key,
        target_key, fingerprint, body, title, wanted, source, state)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')""",
        (
            batch,
            position,
            mapping,
            _kind(verb),
            *columns(part.address),
            part.target_id,
            fingerprint,
            to_json(part.body),
            part.title,
            to_json(part.actions),
            part.source,
        ),
    )


def _stored_part(tx: Transaction, batch: int, position: int) -> _StoredPart:
    rows = tx.execute(
        """SELECT p.mapping, p.kind, b.target, b.stream, p.source_connector, p.source_stream, p.source_key,
        p.target_key, p.fingerprint, p.body, p.title, p.wanted, p.source, p.state
        FROM parts p JOIN batches b ON b.id = p.batch WHERE p.batch = ? AND p.position = ?""",
        (batch, position),
    ).fetchall()
    if not rows:
        raise ValueError(f"the ledger has no part {position} of batch {batch}")
    mapping, kind, target, stream, *address = rows[0][:7]
    return _StoredPart(mapping, kind, target, stream, Address(*address), *rows[0][7:])


def _written(tx: Transaction, part: _StoredPart, receipt: Receipt, kept: Mapping[str, Any]) -> None:
    key = receipt.target_id or part.target_key
    if not key:
        raise ValueError(f"the receipt for {part.address} is done without a target record")
    target, body = Address(part.target, part.stream, key), to_object(part.body)
    before = link_in(tx, part.mapping, part.address)
    if before is not None and before.target == target:
        body = {**before.body, **body}  # what an update leaves out stays as it was sent
    write_link(
        tx,
        Link(
            part.mapping,
            part.address,
            target,
            part.fingerprint,
            body,
            receipt.observed,
            title=part.title,
            source=part.source,
            kept=kept,
        ),
    )
    drop_held(tx, part.mapping, part.address, WRITE)
    drop_approved(tx, part.mapping, part.address)
    if part.target_key is None:  # an update wants no further action
        for verb in to_texts(part.wanted):
            want_action(tx, part.mapping, part.address, verb)


def _refused(tx: Transaction, part: _StoredPart, receipt: Receipt) -> None:
    if part.kind != WRITE:
        write_action(tx, part.mapping, part.address, part.kind, "refused")
    write_held(
        tx,
        HeldRow(
            part.mapping,
            part.address,
            receipt.code,
            receipt.reason,
            part.target,
            part.fingerprint,
            now(),
            part.title,
            part.kind,
        ),
    )


def _close(tx: Transaction, batch: int, position: int, state: str, receipt: Receipt) -> None:
    tx.execute(
        "UPDATE parts SET state = ?, answer = ?, reason = ? WHERE batch = ? AND position = ?",
        (state, receipt.target_id, redacted(receipt.reason), batch, position),
    )
    tx.execute(
        """UPDATE batches SET settled = ? WHERE id = ? AND settled IS NULL
        AND NOT EXISTS (SELECT 1 FROM parts WHERE batch = batches.id AND state = 'open')""",
        (to_text(now()), batch),
    )


def _checked(row: Row) -> Row:
    """A part with its batch, every cell of its kind."""
    batch, mapping, stream, verb, key, begun, failure, spent, position, *rest = row
    target_key = rest[6]
    texts((mapping, stream, verb, key, begun, failure, *rest[:6], *rest[7:]))
    if target_key is not None:
        text(target_key)
    number(batch), number(spent), number(position)
    return row


def _begun(rows: list[Row]) -> BegunBatch:
    batch_id, mapping, stream, verb, key, begun, failure, spent = rows[0][:8]
    if [row[8] for row in rows] != list(range(len(rows))):
        raise UnreadableValue("a batch lacks some of its parts")
    batch = Batch(stream, verb, key, tuple(map(_part, rows)), to_moment(begun), batch_id)
    still_open = tuple(row[8] for row in rows if row[9] == "open")
    return BegunBatch(mapping, batch, tuple(row[10] for row in rows), still_open, failure, bool(spent))


def _part(row: Row) -> Part:
    *address, body, target_key, title, wanted, source = row[11:]
    return Part(Address(*address), to_object(body), target_key, title, to_texts(wanted), source)
