"""What happened to a record: History, read and added to, never changed (connectors/xero/API.md, 8)."""

from collections.abc import Callable

from connectors.xero.sandbox.protocol import posted as read
from connectors.xero.sandbox.protocol.call import NO_SUCH_RECORD, Call, Handler
from connectors.xero.sandbox.protocol.dates import wire_moment, wire_moment_text
from connectors.xero.sandbox.protocol.envelope import answer, in_words, posted, validation_failure
from connectors.xero.sandbox.protocol.wire import Json
from engine.sdk.sandbox import Answer

LONGEST_NOTE = 2500


def note(call: Call, record_id: str, changes: str, details: str) -> None:
    values = (record_id, call.now_ms, changes, details)
    call.tx.execute("INSERT INTO history (record_id, at_ms, changes, details) VALUES (?, ?, ?, ?)", values)


def lister(find_id: Callable[[Call], str | None]) -> Handler:
    def listed(call: Call) -> Answer:
        record_id = find_id(call)
        if record_id is None:
            return NO_SUCH_RECORD
        rows = call.tx.execute(
            "SELECT * FROM history WHERE record_id = ? ORDER BY position DESC", (record_id,)
        )
        return answer(
            call, "HistoryRecords", [_shown(row["at_ms"], row["changes"], row["details"]) for row in rows]
        )

    return listed


def adder(find_id: Callable[[Call], str | None]) -> Handler:
    def add(call: Call) -> Answer:
        record_id = find_id(call)
        if record_id is None:
            return NO_SUCH_RECORD
        elements = posted(call, "HistoryRecords")
        details = [read.text(element, "Details") or "" for element in elements]
        if any(not text or len(text) > LONGEST_NOTE for text in details):
            message = f"Details must have between 1 and {LONGEST_NOTE} characters."
            return validation_failure(
                [{"Details": text, "ValidationErrors": in_words([message])} for text in details]
            )
        for text in details:
            note(call, record_id, "Note", text)
        return answer(call, "HistoryRecords", [_added(call.now_ms, text) for text in details])

    return add


def _added(at_ms: int, details: str) -> Json:
    """The answer to a note, which has fewer members than the list, and a time without an offset."""
    return {
        "DateUTCString": wire_moment_text(at_ms).rstrip("Z"),
        "DateUTC": wire_moment(at_ms).replace("+0000", ""),
        "Details": details,
        "ValidationErrors": [],
    }


def _shown(at_ms: int, changes: str, details: str) -> Json:
    return {
        "Changes": changes,
        "DateUTCString": wire_moment_text(at_ms).rstrip("Z"),
        "DateUTC": wire_moment(at_ms),
        "User": "System Generated",
        "Details": details,
    }
