"""`/_sandbox/`: the strings behind the stage, for drills and tests; loopback only, like everything here."""

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.xero.sandbox import contact_store, document_store
from connectors.xero.sandbox.call import JSON
from connectors.xero.sandbox.clock import Clock
from connectors.xero.sandbox.dates import moment_of, wire_day
from connectors.xero.sandbox.document_kinds import CREDIT_NOTES, INVOICES
from connectors.xero.sandbox.faults import CONTROL, FAULTS, Outside, as_json
from connectors.xero.sandbox.state import State, remember
from connectors.xero.sandbox.wire import Json, dumps, loads, to_bytes


class Control:
    def __init__(self, state: State, clock: Clock, outside: Outside) -> None:
        self._state, self._clock, self._outside = state, clock, outside

    def routes(self) -> list[Route]:
        return [
            Route(f"{CONTROL}faults", self.faults, methods=["GET", "POST", "DELETE"]),
            Route(f"{CONTROL}requests", self.requests, methods=["GET", "DELETE"]),
            Route(f"{CONTROL}emails", self.emails, methods=["GET"]),
            Route(f"{CONTROL}clock", self.clock, methods=["GET", "POST"]),
            Route(f"{CONTROL}contacts/merge", self.merge, methods=["POST"]),
            Route(f"{CONTROL}books", self.books, methods=["POST"]),
        ]

    async def faults(self, request: Request) -> Response:
        """POST adds faults behind those already waiting, DELETE forgets all, GET shows what still waits."""
        if request.method == "POST":
            try:
                self._outside.faults += FAULTS.validate_json(await request.body())
            except ValidationError as mistake:
                return _json({"error": str(mistake)}, 400)
        elif request.method == "DELETE":
            self._outside.faults.clear()
        return _json([fault.model_dump(mode="json", exclude={"delay"}) for fault in self._outside.faults])

    async def requests(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._outside.requests.clear()
        return _json([as_json(seen) for seen in self._outside.requests])

    async def emails(self, _: Request) -> Response:
        return _json(await run_in_threadpool(self._emails))

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

    async def clock(self, request: Request) -> Response:
        """POST {"advance_seconds": n}; kept in the state file, so that a restart does not turn time back."""
        if request.method == "POST":
            try:
                self._clock.advance(float(loads(await request.body())["advance_seconds"]))
            except (ValueError, KeyError, TypeError, OverflowError) as mistake:
                return _json({"error": f"advance_seconds is needed: {mistake}"}, 400)
            await run_in_threadpool(self._keep_offset)
        return _json({"now": self._clock.now().isoformat()})

    def _keep_offset(self) -> None:
        with self._state.writing() as tx:
            remember(tx, "clock_offset", str(self._clock.offset.total_seconds()))

    async def merge(self, request: Request) -> Response:
        """POST {"from": id, "into": id}: what the "Merge" button does and the API cannot (API-FACTS 10)."""
        try:
            wanted = loads(await request.body())
            away, heir = str(wanted["from"]), str(wanted["into"])
        except (ValueError, KeyError, TypeError) as mistake:
            return _json({"error": f"from and into are needed: {mistake}"}, 400)
        done = await run_in_threadpool(self._merge, away, heir)
        return _json({"merged": done}, 200 if done else 404)

    def _merge(self, away: str, heir: str) -> bool:
        with self._state.writing() as tx:
            gone, stays = contact_store.by_id(tx, away), contact_store.by_id(tx, heir)
            if gone is None or stays is None:
                return False
            merged = {**gone, "ContactStatus": "ARCHIVED", "MergedToContactID": stays["ContactID"]}
            contact_store.save(tx, merged, self._clock.now_ms())
            for kind in (INVOICES, CREDIT_NOTES):
                sql = f"SELECT document FROM {kind.table} WHERE contact_id = ?"
                for row in tx.execute(sql, (gone["ContactID"],)).fetchall():
                    document = {**loads(row["document"]), "ContactID": stays["ContactID"]}
                    document_store.save(tx, kind, document)
            return True

    async def books(self, request: Request) -> Response:
        """POST {"kind": "Accounts", "key": "200", "set": {"Status": "ARCHIVED"}}: what a bookkeeper might do.

        `kind` is a collection of the books or Organisation, `key` an id, code, tax type or name.
        """
        try:
            wanted = loads(await request.body())
            kind, key = str(wanted["kind"]), str(wanted["key"])
            changed = {name: _as_stored(name, value) for name, value in dict(wanted["set"]).items()}
        except (ValueError, KeyError, TypeError) as mistake:
            return _json({"error": f"kind, key and set are needed: {mistake}"}, 400)
        done = await run_in_threadpool(self._set, kind, key, changed)
        return _json({"set": done}, 200 if done else 404)

    def _set(self, kind: str, key: str, changed: Json) -> bool:
        with self._state.writing() as tx:
            for row in tx.execute("SELECT id, document FROM reference WHERE kind = ?", (kind,)).fetchall():
                document = loads(row["document"])
                if key in {row["id"], document.get("Code"), document.get("Name")}:
                    values = (dumps({**document, **changed}), kind, row["id"])
                    tx.execute("UPDATE reference SET document = ? WHERE kind = ? AND id = ?", values)
                    return True
        return False


def _as_stored(name: str, value: object) -> object:
    return wire_day(str(value)) if name.endswith("LockDate") else value


def _json(value: object, status: int = 200) -> Response:
    return Response(to_bytes(value), status, media_type=JSON)
