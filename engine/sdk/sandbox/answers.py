"""Carrying out a write: its effect and its stored answer are one transaction.

A process killed at any moment leaves both or neither, so a repeated request never finds an effect without its
answer.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with. `content_type` None: no such header."""

    status: int
    body: bytes = b""
    content_type: str | None = None


class Refused(Exception):
    """Raised by a handler: the request is refused with this answer, and what it has written is undone."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class KeyReusedError(Exception):
    """An idempotency key came back with a different request. What that means is for the system to say."""


def perform(tx: sqlite3.Connection, handle: Callable[[], Answer]) -> Answer:
    """Carry out a request within a transaction of `StateFile.writing`.

    A handler that raises Refused changes nothing; any other error ends the transaction.
    """
    tx.execute("SAVEPOINT request")
    try:
        answer = handle()
    except Refused as refusal:
        tx.execute("ROLLBACK TO request")
        answer = refusal.answer
    tx.execute("RELEASE request")
    return answer


def perform_once(
    tx: sqlite3.Connection,
    handle: Callable[[], Answer],
    *,
    key: str,
    request: bytes,
    now_ms: int,
    keep_seconds: int,
) -> Answer:
    """Carry out a request once per idempotency key; a repetition is given the first answer, refusals
    included.

    `key` must be unique in the state file (put the caller's name in it if each caller has keys of its own).
    `request` is all that must be equal in a repetition, for instance method, address and body. `now_ms` is
    `Clock.now_ms`; an answer is kept for `keep_seconds`. Raises KeyReusedError for a different request.
    """
    digest = hashlib.sha256(request).hexdigest()
    tx.execute("DELETE FROM answers WHERE at_ms <= ?", (now_ms - keep_seconds * 1000,))
    row = tx.execute("SELECT * FROM answers WHERE key = ?", (key,)).fetchone()
    if row is None:
        first = perform(tx, handle)
        values = (key, digest, now_ms, first.status, first.content_type, first.body)
        tx.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?)", values)
        return first
    if row["request"] != digest:
        raise KeyReusedError(key)
    return Answer(row["status"], row["body"], row["content_type"])
