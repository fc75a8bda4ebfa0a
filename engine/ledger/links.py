"""Which source record became which target record, and what was sent and seen of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from engine.ledger.database import Database, Row, Transaction
from engine.ledger.errors import TargetTakenError
from engine.ledger.values import RECORD, columns, from_json, now, to_json, to_moment, to_text
from engine.model.address import Address
from engine.model.link import Link

_COLUMNS = """mapping, source_connector, source_stream, source_key,
    target_connector, target_stream, target_key, fingerprint, at, body, seen"""

T = TypeVar("T")

CHUNK = 500  # rows in one transaction or page


class Links:
    """The links of all mappings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, mapping: str, address: Address) -> Link | None:
        row = self._database.row(f"SELECT {_COLUMNS} FROM links WHERE {RECORD}", mapping, *columns(address))
        return _link(row) if row else None

    def all(self, mapping: str) -> Iterator[Link]:
        """Every link, by source key, a page at a time; links may be written meanwhile."""
        # Each page starts after the last key, so no cursor stays open while the caller writes.
        after = ("", "", "")
        while page := self._page(mapping, after):
            yield from map(_link, page)
            _, connector, stream, key, *_ = page[-1]
            after = (key, stream, connector)

    def _page(self, mapping: str, after: tuple[str, str, str]) -> list[Row]:
        return self._database.rows(
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
        rows = self._database.rows(
            f"""SELECT {_COLUMNS} FROM links AS made WHERE mapping = ? AND NOT EXISTS (
            SELECT 1 FROM links AS back WHERE back.mapping = ? AND back.source_key = made.target_key
            AND back.source_stream = made.target_stream AND back.source_connector = made.target_connector
            AND back.fingerprint <> '') ORDER BY source_key, source_stream, source_connector""",
            mapping,
            linked,
        )
        return [_link(row) for row in rows]

    def fingerprints(self, mapping: str) -> dict[str, tuple[str, str]]:
        """Source key -> (fingerprint, target key), without the bodies."""
        rows = self._database.rows(
            "SELECT source_key, fingerprint, target_key FROM links WHERE mapping = ?", mapping
        )
        return {source: (fingerprint, target) for source, fingerprint, target in rows}

    def sources(self, mapping: str) -> dict[str, str]:
        """Target key -> source key."""
        return dict(
            self._database.rows("SELECT target_key, source_key FROM links WHERE mapping = ?", mapping)
        )

    def save(self, links: Iterable[Link]) -> None:
        """Insert or replace by source, one transaction per 500. TargetTakenError if another source has a
        target, and nothing of its transaction is written.
        """
        for chunk in chunks(links):
            with self._database.writing() as tx:
                for link in chunk:
                    _save(tx, link)

    def record_observed(self, mapping: str, observed: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Record on the links of target keys how the target records look now, one transaction per 500."""
        for chunk in chunks(observed):
            rows = [(text, mapping, key, text) for key, text in ((k, to_json(v)) for k, v in chunk)]
            with self._database.writing() as tx:
                tx.executemany(
                    "UPDATE links SET seen = ? WHERE mapping = ? AND target_key = ? AND seen <> ?", rows
                )

    def counts(self) -> dict[str, int]:
        """Links per mapping."""
        return dict(self._database.rows("SELECT mapping, count(*) FROM links GROUP BY mapping ORDER BY 1"))


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    # Collected before the transaction begins: the iterable may read from a network.
    walk = iter(values)
    while chunk := list(islice(walk, CHUNK)):
        yield chunk


def write_link(
    tx: Transaction,
    mapping: str,
    address: Address,
    target: Address,
    texts: tuple[str, str, str, str],
) -> None:
    """Insert or replace by source; `texts` are fingerprint, at, body and seen as their columns hold them."""
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
        f"""INSERT INTO links ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (mapping, source_key, source_stream, source_connector) DO UPDATE SET
        target_connector = excluded.target_connector, target_stream = excluded.target_stream,
        target_key = excluded.target_key, fingerprint = excluded.fingerprint, at = excluded.at,
        body = excluded.body, seen = excluded.seen""",
        (mapping, *columns(address), *columns(target), *texts),
    )


def _save(tx: Transaction, link: Link) -> None:
    written_at = to_text(link.written_at or now())
    texts = (link.fingerprint, written_at, to_json(link.body), to_json(link.last_seen))
    write_link(tx, link.mapping, link.address, link.target, texts)


def _link(row: Row) -> Link:
    mapping, *addresses, fingerprint, written_at, body, seen = row
    return Link(
        mapping,
        Address(*addresses[:3]),
        Address(*addresses[3:]),
        fingerprint,
        from_json(body),
        from_json(seen),
        to_moment(written_at),
    )
