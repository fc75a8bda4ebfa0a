"""Which source record became which target record, and what was sent and seen of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from engine.ledger.database import Database, Row, Transaction
from engine.ledger.errors import TargetTakenError
from engine.ledger.values import (
    RECORD,
    columns,
    now,
    number,
    text,
    texts,
    to_json,
    to_moment,
    to_object,
    to_text,
)
from engine.model.address import Address
from engine.model.link import Link
from engine.model.redact import redacted, redacted_values

_COLUMNS = """mapping, source_connector, source_stream, source_key,
    target_connector, target_stream, target_key, fingerprint, at, body, seen, title, source, heir,
    kept"""

T = TypeVar("T")

CHUNK = 500  # rows in one transaction or page


class Links:
    """The links of all mappings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, mapping: str, address: Address) -> Link | None:
        sql = f"SELECT {_COLUMNS} FROM links WHERE {RECORD}"
        return next(iter(self._database.read(_link, sql, mapping, *columns(address))), None)

    def all(self, mapping: str) -> Iterator[Link]:
        """Every link, by source key, a page at a time; links may be written meanwhile."""
        # Each page starts after the last key, so no cursor stays open while the caller writes.
        after = ("", "", "")
        while page := self._page(mapping, after):
            yield from page
            last = page[-1].address
            after = (last.key, last.stream, last.system)

    def _page(self, mapping: str, after: tuple[str, str, str]) -> list[Link]:
        return self._database.read(
            _link,
            f"""SELECT {_COLUMNS} FROM links
            WHERE mapping = ? AND (source_key, source_stream, source_connector) > (?, ?, ?)
            ORDER BY source_key, source_stream, source_connector LIMIT {CHUNK}""",
            mapping,
            *after,
        )

    def pending(self, mapping: str, linked: str) -> list[Link]:
        """Links of `mapping` whose target record is still to be written back by the mapping `linked`: it has
        no link there, or one without a fingerprint.
        """
        return self._database.read(
            _link,
            f"""SELECT {_COLUMNS} FROM links AS made WHERE mapping = ? AND NOT EXISTS (
            SELECT 1 FROM links AS back WHERE back.mapping = ? AND back.source_key = made.target_key
            AND back.source_stream = made.target_stream AND back.source_connector = made.target_connector
            AND back.fingerprint <> '') ORDER BY source_key, source_stream, source_connector""",
            mapping,
            linked,
        )

    def any_settled(self, mapping: str) -> bool:
        """Whether a record was ever written by this mapping, and its receipt settled."""
        row = self._database.row(
            "SELECT 1 FROM links WHERE mapping = ? AND fingerprint <> '' LIMIT 1", mapping
        )
        return row is not None

    def fingerprints(self, mapping: str) -> dict[str, tuple[str, str]]:
        """Source key -> (fingerprint, target key), without the bodies."""
        rows = self._database.read(
            texts, "SELECT source_key, fingerprint, target_key FROM links WHERE mapping = ?", mapping
        )
        return {source: (fingerprint, target) for source, fingerprint, target in rows}

    def sources(self, mapping: str) -> dict[str, str]:
        """Target key -> source key."""
        return self._database.pairs("SELECT target_key, source_key FROM links WHERE mapping = ?", mapping)

    def of_target(self, target: Address) -> list[Link]:
        """The links, of any mapping, to this record."""
        return self._database.read(
            _link,
            f"""SELECT {_COLUMNS} FROM links
            WHERE target_connector = ? AND target_stream = ? AND target_key = ? ORDER BY mapping""",
            *columns(target),
        )

    def save(self, links: Iterable[Link]) -> None:
        """Insert or replace by source, one transaction per 500. TargetTakenError if another source has a
        target, and nothing of its transaction is written.
        """
        for chunk in chunks(links):
            with self._database.writing() as tx:
                for link in chunk:
                    write_link(tx, link)

    def record_observed(self, mapping: str, observed: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Record on the links of target keys how the target records look now, one transaction per 500."""
        for chunk in chunks(observed):
            rows = [(text, mapping, key, text) for key, text in ((k, to_json(v)) for k, v in chunk)]
            with self._database.writing() as tx:
                tx.executemany(
                    "UPDATE links SET seen = ? WHERE mapping = ? AND target_key = ? AND seen <> ?", rows
                )

    def without_source(self, mapping: str) -> set[str]:
        """Source keys of links without source values: an earlier version of the ledger wrote them."""
        sql = "SELECT source_key FROM links WHERE mapping = ? AND source = ''"
        return set(self._database.column(sql, mapping))

    def record_source(self, mapping: str, sources: Iterable[tuple[Address, str]]) -> None:
        """Record the source values that gave what was sent, one transaction per 500."""
        for chunk in chunks(sources):
            rows = [(source, mapping, *columns(address)) for address, source in chunk]
            with self._database.writing() as tx:
                tx.executemany(f"UPDATE links SET source = ? WHERE {RECORD}", rows)

    def replace_reference(self, mapping: str, member: str, before: str, now: str) -> None:
        """Let what was sent name another record in a reference such as `{"ContactID": …}`.

        The former one was merged into it.
        """
        old, new = (to_json({member: key})[1:-1] for key in (before, now))
        with self._database.writing() as tx:
            tx.execute(
                "UPDATE links SET body = replace(body, ?, ?) WHERE mapping = ? AND body LIKE ?",
                (old, new, mapping, f"%{old}%"),
            )

    def unlink(self, link: Link, dependent: Sequence[str] = (), verbs: Sequence[str] = ()) -> None:
        """Delete a link, and what `dependent` mappings linked the other way, so that it is decided again.

        The actions `verbs` are forgotten: what they did was done with the record at the target. So are those
        that were never carried out.
        """
        record = (link.mapping, *columns(link.address))
        with self._database.writing() as tx:
            tx.execute(f"DELETE FROM links WHERE {RECORD}", record)
            for mapping in dependent:
                tx.execute(f"DELETE FROM links WHERE {RECORD}", (mapping, *columns(link.target)))
                tx.execute(f"DELETE FROM held WHERE {RECORD}", (mapping, *columns(link.target)))
            for table in ("held", "agreed", "outdated"):
                tx.execute(f"DELETE FROM {table} WHERE {RECORD}", record)
            for verb in verbs:
                tx.execute(f"DELETE FROM actions WHERE {RECORD} AND verb = ?", (*record, verb))
            tx.execute(f"DELETE FROM actions WHERE {RECORD} AND state IN ('wanted', 'refused')", record)
            tx.execute(
                """INSERT INTO unlinked (mapping, source_connector, source_stream, source_key, target_key, at)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (mapping, source_key, source_stream, source_connector)
                DO UPDATE SET target_key = excluded.target_key, at = excluded.at""",
                (*record, link.target.key, to_text(now())),
            )

    def unlinked(self, mapping: str) -> dict[str, str]:
        """Source key -> target key of the links that a person has undone and that were not made again."""
        sql = "SELECT source_key, target_key FROM unlinked WHERE mapping = ?"
        return self._database.pairs(sql, mapping)

    def counts(self) -> dict[str, int]:
        """Links per mapping."""
        sql = "SELECT mapping, count(*) FROM links GROUP BY mapping ORDER BY 1"
        return dict(self._database.read(lambda row: (text(row[0]), number(row[1])), sql))


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """The values in lists of up to CHUNK, each collected when it is asked for."""
    # Collected before the transaction begins: the iterable may read from a network.
    walk = iter(values)
    while chunk := list(islice(walk, CHUNK)):
        yield chunk


def write_link(tx: Transaction, link: Link) -> None:
    """Insert or replace by source. A title or source values that are known are not lost."""
    mapping, address, target = link.mapping, link.address, link.target
    taken = tx.execute(
        f"""SELECT source_connector, source_stream, source_key FROM links
        WHERE mapping = ? AND target_connector = ? AND target_stream = ? AND target_key = ?
        AND NOT ({RECORD})""",
        (mapping, *columns(target), mapping, *columns(address)),
    ).fetchall()
    if taken:
        raise TargetTakenError(
            f"{target} is already linked to {Address(*taken[0])} in {mapping} "
            f"and cannot be linked to {address} too"
        )
    tx.execute(
        f"""INSERT INTO links ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (mapping, source_key, source_stream, source_connector) DO UPDATE SET
        target_connector = excluded.target_connector, target_stream = excluded.target_stream,
        target_key = excluded.target_key, fingerprint = excluded.fingerprint, at = excluded.at,
        body = excluded.body, seen = excluded.seen, heir = excluded.heir,
        kept = excluded.kept,
        title = CASE WHEN excluded.title = '' THEN links.title ELSE excluded.title END,
        source = CASE WHEN excluded.source = '' THEN links.source ELSE excluded.source END""",
        (mapping, *columns(address), *columns(target), *_texts(link)),
    )
    for table in ("unlinked", "outdated"):
        tx.execute(f"DELETE FROM {table} WHERE {RECORD}", (mapping, *columns(address)))


def link_in(tx: Transaction, mapping: str, address: Address) -> Link | None:
    """A link as it is within a transaction."""
    rows = tx.execute(f"SELECT {_COLUMNS} FROM links WHERE {RECORD}", (mapping, *columns(address))).fetchall()
    return _link(rows[0]) if rows else None


def _texts(link: Link) -> tuple[str, ...]:
    """What the columns after the addresses hold."""
    written_at = to_text(link.written_at or now())
    values = (link.fingerprint, written_at, to_json(link.body), to_json(redacted_values(link.last_seen)))
    return (*values, redacted(link.title), link.source, link.heir, to_json(link.kept))


def _link(row: Row) -> Link:
    mapping, *addresses, fingerprint, written_at, body, seen, title, source, heir, kept = texts(row)
    return Link(
        mapping,
        Address(*addresses[:3]),
        Address(*addresses[3:]),
        fingerprint,
        to_object(body),
        to_object(seen),
        to_moment(written_at),
        title,
        source,
        heir,
        to_object(kept),
    )
