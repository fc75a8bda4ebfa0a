"""Documents of both systems as they were last seen: what the totals of the books consist of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from engine.ledger.database import Database, Row
from engine.ledger.document_body import read_body, write_body
from engine.ledger.links import CHUNK, chunks
from engine.ledger.values import columns, texts
from engine.model.address import Address, StreamRef
from engine.model.drift import Document


class Documents:
    """The documents of all streams whose books are compared, by address."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, documents: Iterable[Document]) -> None:
        """Insert or replace, one transaction per 500; nothing is written for those that did not change.

        What a mapping compared when it pushed a document is kept when the mapping no longer takes it.
        """
        for chunk in chunks(documents):
            changed = list(self._changed(chunk))
            if changed:
                with self._database.writing() as tx:
                    tx.executemany(
                        """INSERT INTO documents (connector, stream, key, title, body) VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (connector, stream, key) DO UPDATE SET
                        title = excluded.title, body = excluded.body""",
                        [
                            (*columns(document.address), document.title, write_body(document))
                            for document in changed
                        ],
                    )

    def _changed(self, documents: Sequence[Document]) -> Iterator[Document]:
        streams: dict[StreamRef, list[str]] = {}
        for document in documents:
            streams.setdefault(document.address.stream_ref, []).append(document.address.key)
        known = {ref: self.get(ref, keys) for ref, keys in streams.items()}
        for document in documents:
            before = known[document.address.stream_ref].get(document.address.key)
            if before is not None:
                document = replace(document, controls={**before.controls, **document.controls})
            if document != before:
                yield document

    def get(self, stream: StreamRef, keys: Sequence[str]) -> dict[str, Document]:
        """Those with these keys, at most 500 of them at a time."""
        marks = ", ".join("?" * len(keys))
        documents = self._database.read(
            _document,
            f"""SELECT connector, stream, key, title, body FROM documents
            WHERE connector = ? AND stream = ? AND key IN ({marks})""",
            stream.system,
            stream.stream,
            *keys,
        )
        return {document.address.key: document for document in documents}

    def unlinked_sources(self, stream: StreamRef, mapping: str) -> Iterator[Document]:
        """Documents of a source stream that the mapping has not linked, by key, a page at a time."""
        linked = """SELECT 1 FROM links WHERE mapping = ? AND source_key = documents.key
            AND source_stream = documents.stream AND source_connector = documents.connector"""
        return self._unlinked(stream, mapping, linked)

    def unlinked_targets(self, stream: StreamRef, mapping: str) -> Iterator[Document]:
        """Documents of a target stream that the mapping has not linked, by key, a page at a time."""
        linked = """SELECT 1 FROM links WHERE mapping = ? AND target_key = documents.key
            AND target_stream = documents.stream AND target_connector = documents.connector"""
        return self._unlinked(stream, mapping, linked)

    def _unlinked(self, stream: StreamRef, mapping: str, linked: str) -> Iterator[Document]:
        after = ""
        while documents := self._database.read(
            _document,
            f"""SELECT connector, stream, key, title, body FROM documents
            WHERE connector = ? AND stream = ? AND key > ? AND NOT EXISTS ({linked})
            ORDER BY key LIMIT {CHUNK}""",
            stream.system,
            stream.stream,
            after,
            mapping,
        ):
            yield from documents
            after = documents[-1].address.key

    def drop(self, addresses: Iterable[Address]) -> None:
        """Forget documents that are in no book any more, one transaction per 500."""
        for chunk in chunks(addresses):
            with self._database.writing() as tx:
                tx.executemany(
                    "DELETE FROM documents WHERE connector = ? AND stream = ? AND key = ?",
                    [columns(address) for address in chunk],
                )


def _document(row: Row) -> Document:
    *address, title, cell = texts(row)
    body = read_body(cell)
    return Document(Address(*address), title, body.standing, body.taken, body.controls, body.absent)
