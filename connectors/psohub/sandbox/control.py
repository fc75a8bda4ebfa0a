"""The sandbox's own calls under /_sandbox/, for tests and drills: the request log, faults, and a hand in
PSOhub itself.

No token is asked for. What is edited here is what a person would have done on PSOhub's screens.
"""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.psohub.sandbox.api import answer, body_of
from connectors.psohub.sandbox.faults import FAULTS, Stage
from connectors.psohub.sandbox.state import State, whole
from connectors.psohub.sandbox.traps import NAMES_OF_INVOICE, NAMES_OF_LINE
from connectors.psohub.sandbox.wire import Row, loads


class Control:
    """The calls of the control API over one state and one stage."""

    def __init__(self, state: State, stage: Stage) -> None:
        self.state = state
        self.stage = stage

    def routes(self) -> list[Route]:
        return [
            Route("/requests", self.requests, methods=["GET", "DELETE"]),
            Route("/faults", self.faults, methods=["GET", "POST", "DELETE"]),
            Route("/invoices", self.add_invoice, methods=["POST"]),
            Route("/invoices/{id:int}", self.edit_invoice, methods=["GET", "POST", "PATCH"]),
        ]

    async def requests(self, request: Request) -> Response:
        """The requests to the API since the start, or since the last DELETE; status is null where no answer
        was given."""
        seen = list(self.stage.requests)
        if request.method == "DELETE":
            self.stage.requests.clear()
        return answer(seen)

    async def faults(self, request: Request) -> Response:
        """Add a list of faults (POST), take all back (DELETE), or see those that are left."""
        if request.method == "DELETE":
            self.stage.faults.clear()
        if request.method == "POST":
            try:
                rows = loads(await request.body())
                self.stage.faults += FAULTS.validate_python(rows if isinstance(rows, list) else [rows])
            except ValueError as error:  # of pydantic, too
                raise HTTPException(400, str(error)) from None
        return answer([fault.model_dump() for fault in self.stage.faults])

    async def add_invoice(self, request: Request) -> Response:
        """Add an invoice as it stands, an id given if it has none; PSOhub's own totals are not checked."""
        sent = await body_of(request)
        _check_names(sent)
        with self.state.change():
            key = whole(sent.get("InvoiceID", self.state.next_id("invoices")))
            if key is None or self.state.row("invoices", key) is not None:
                raise HTTPException(400, f"InvoiceID {key} is no whole number or is taken")
            row = {"InvoiceID": key, "InvoiceStatus": "Sent", "InvoiceLines": [], **sent}
            self.state.write("invoices", row)
        return answer(row, 201)

    async def edit_invoice(self, request: Request) -> Response:
        """Change members of an invoice; null takes a member away."""
        key = request.path_params["id"]
        if request.method == "GET":
            return answer(self._invoice(key))
        sent = await body_of(request)
        _check_names(sent)
        if whole(sent.get("InvoiceID", key)) != key:
            raise HTTPException(400, "InvoiceID cannot change")
        with self.state.change():
            row = self._invoice(key) | sent
            row = {name: value for name, value in row.items() if value is not None}
            self.state.write("invoices", row)
        return answer(row)

    def _invoice(self, key: int) -> Row:
        row = self.state.row("invoices", key)
        if row is None:
            raise HTTPException(404, f"There is no invoice {key}")
        return row


def _check_names(row: Row) -> None:
    """Refuse names that no invoice carries, so that a drill's typing mistake is not taken for an edit."""
    unknown = set(row.keys() - NAMES_OF_INVOICE)
    lines = row.get("InvoiceLines", [])
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise HTTPException(400, "InvoiceLines must be a list of objects")
    for line in lines:
        unknown |= line.keys() - NAMES_OF_LINE
    if unknown:
        raise HTTPException(400, f"No invoice carries {', '.join(sorted(unknown))}")
