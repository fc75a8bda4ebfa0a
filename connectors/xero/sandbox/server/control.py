"""Xero's own control requests under `/_sandbox/`: what was mailed, and what people do on Xero's screens."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.xero.sandbox.contacts import store as contact_store
from connectors.xero.sandbox.documents import store as document_store
from connectors.xero.sandbox.documents.kinds import CREDITS, INVOICES
from connectors.xero.sandbox.documents.renaming import show_present_names
from connectors.xero.sandbox.protocol.dates import moment_of, wire_day
from connectors.xero.sandbox.protocol.wire import Json, dumps
from engine.sdk import loads
from engine.sdk.sandbox import Clock, ControlError, StateFile, control_answer, control_object


class Control:
    """The control requests that only Xero's sandbox has."""

    def __init__(self, state: StateFile, clock: Clock) -> None:
        self._state, self._clock = state, clock

    def routes(self) -> list[Route]:
        return [
            Route("/emails", self.emails, methods=["GET"]),
            Route("/contacts/merge", self.merge, methods=["POST"]),
            Route("/contacts/restore", self.restore, methods=["POST"]),
            Route("/books", self.books, methods=["POST"]),
        ]

    async def emails(self, _: Request) -> Response:
        """GET: the invoices mailed so far, each with its recipients, oldest first."""
        return control_answer(await run_in_threadpool(self._emails))

    def _emails(self) -> list[Json]:
        with self._state.reading() as tx:
            rows = tx.execute("SELECT * FROM emails ORDER BY position").fetchall()
        return [
            {
                "invoice_id": row["invoice_id"],
                "invoice_number": row["number"],
                "to": loads(row["recipients"]),
                "when": moment_of(row["at_ms"]).isoformat(),
            }
            for row in rows
        ]

    async def merge(self, request: Request) -> Response:
        """POST {"from": id, "into": id}: what the "Merge" button does and the API cannot
        (connectors/xero/API.md, 10).
        """
        wanted = await control_object(request, "from", "into")
        merged = await run_in_threadpool(self._merge, str(wanted["from"]), str(wanted["into"]))
        return control_answer({"merged": merged}, 200 if merged else 404)

    def _merge(self, merged_id: str, kept_id: str) -> bool:
        with self._state.writing() as tx:
            merged, kept = contact_store.by_id(tx, merged_id), contact_store.by_id(tx, kept_id)
            if merged is None or kept is None:
                return False
            archived = {**merged, "ContactStatus": "ARCHIVED", "MergedToContactID": kept["ContactID"]}
            contact_store.save(tx, archived, self._clock.now_ms())
            for kind in (INVOICES, *CREDITS):
                sql = f"SELECT document FROM {kind.table} WHERE contact_id = ?"
                for row in tx.execute(sql, (merged["ContactID"],)).fetchall():
                    document = {**loads(row["document"]), "ContactID": kept["ContactID"]}
                    document_store.save(tx, kind, document)
            return True

    async def restore(self, request: Request) -> Response:
        """POST {"id": id}: what the "Restore" button does and the API cannot (connectors/xero/API.md, 10)."""
        wanted = await control_object(request, "id")
        restored = await run_in_threadpool(self._restore, str(wanted["id"]))
        return control_answer({"restored": restored}, 200 if restored else 404)

    def _restore(self, contact_id: str) -> bool:
        with self._state.writing() as tx:
            contact = contact_store.by_id(tx, contact_id)
            if contact is None or contact["ContactStatus"] != "ARCHIVED" or "MergedToContactID" in contact:
                return False
            contact_store.save(tx, {**contact, "ContactStatus": "ACTIVE"}, self._clock.now_ms())
            return True

    async def books(self, request: Request) -> Response:
        """POST {"kind": "Accounts", "key": "200", "set": {"Status": "ARCHIVED"}}: what a bookkeeper might do.

        `kind` is a collection of the books or Organisation, `key` an id, code, tax type or name.
        """
        wanted = await control_object(request, "kind", "key", "set")
        if not isinstance(wanted["set"], dict):
            raise ControlError("set must be an object")
        try:
            changes = {name: _as_stored(name, value) for name, value in wanted["set"].items()}
        except ValueError as error:
            raise ControlError(f"set: {error}") from None
        changed = await run_in_threadpool(self._set, str(wanted["kind"]), str(wanted["key"]), changes)
        return control_answer({"set": changed}, 200 if changed else 404)

    def _set(self, kind: str, key: str, changes: Json) -> bool:
        with self._state.writing() as tx:
            for row in tx.execute("SELECT id, document FROM reference WHERE kind = ?", (kind,)).fetchall():
                document = loads(row["document"])
                if key in {row["id"], document.get("Code"), document.get("Name")}:
                    present = {**document, **changes}
                    values = (dumps(present), kind, row["id"])
                    tx.execute("UPDATE reference SET document = ? WHERE kind = ? AND id = ?", values)
                    if kind in ("Accounts", "TrackingCategories"):
                        show_present_names(tx, (INVOICES, *CREDITS), kind, present)
                    return True
        return False


def _as_stored(name: str, value: object) -> object:
    return wire_day(str(value)) if name.endswith("LockDate") else value
