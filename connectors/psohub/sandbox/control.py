"""PSOhub's own control requests: `/_sandbox/invoices` adds and edits invoices as a person does on PSOhub's
screens."""

from itertools import chain

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.psohub.sandbox.company.invoicing import number_of
from connectors.psohub.sandbox.records import ID_OF, Records, whole_number
from connectors.psohub.sandbox.traps import DRAFT
from connectors.psohub.sandbox.wire import Row
from connectors.psohub.settings import InvoiceNames, LineNames, MemberNames
from engine.sdk.sandbox import ControlError, control_answer, control_object


def _all(names: MemberNames) -> frozenset[str]:
    return frozenset(chain.from_iterable(names.spellings().values()))


NAMES_OF_INVOICE, NAMES_OF_LINE = _all(InvoiceNames()), _all(LineNames())


class Control:
    """The control requests that only PSOhub's sandbox has."""

    def __init__(self, records: Records) -> None:
        self.records = records

    def routes(self) -> list[Route]:
        return [
            Route("/rows", self.add_rows, methods=["POST"]),
            Route("/invoices", self.add_invoice, methods=["POST"]),
            Route("/invoices/{id:int}", self.edit_invoice, methods=["GET", "POST", "PATCH"]),
        ]

    async def add_rows(self, request: Request) -> Response:
        """POST {"companies": [row, …], "invoices": […]}: rows just as given, whatever they say and lack.

        A row without an id that is a whole number is stored, and shown, without one that filters can find.
        """
        sent = await control_object(request)
        if unknown := set(sent) - set(ID_OF):
            raise ControlError(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(ID_OF)}")
        for stream, rows in sent.items():
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise ControlError(f"{stream} must be a list of objects")
        with self.records.changing() as change:
            for stream, rows in sent.items():
                for row in rows:
                    change.write_as_given(stream, row)
        return control_answer({stream: len(rows) for stream, rows in sent.items()}, 201)

    async def add_invoice(self, request: Request) -> Response:
        """Add an invoice as given, with an id if it has none; PSOhub's own totals are not checked."""
        sent = await control_object(request)
        _check_names(sent)
        with self.records.changing() as change:
            key = whole_number(sent.get("InvoiceID", change.next_id("invoices")))
            if key is None or change.row("invoices", key) is not None:
                raise ControlError(f"InvoiceID {key} is not a whole number or is taken")
            row = {"InvoiceID": key, "InvoiceStatus": "Sent", "InvoiceLines": [], **sent}
            change.write("invoices", row)
        return control_answer(row, 201)

    async def edit_invoice(self, request: Request) -> Response:
        """GET: an invoice as stored. POST, PATCH: change some of its members; null removes one."""
        key = request.path_params["id"]
        if request.method == "GET":
            return control_answer(_found(self.records.row("invoices", key), key))
        sent = await control_object(request)
        _check_names(sent)
        if whole_number(sent.get("InvoiceID", key)) != key:
            raise ControlError("InvoiceID cannot change")
        with self.records.changing() as change:
            row = _found(change.row("invoices", key), key) | sent
            row = _numbered({name: value for name, value in row.items() if value is not None}, key)
            change.write("invoices", row)
        return control_answer(row)


def _numbered(row: Row, key: int) -> Row:
    """A draft that was shown without a number gets its own once it is approved."""
    if row.get("InvoiceNumber") != DRAFT or row.get("InvoiceStatus") == DRAFT:
        return row
    return {**row, "InvoiceNumber": number_of(key, str(row.get("InvoiceDate", ""))[:4])}


def _found(row: Row | None, key: int) -> Row:
    if row is None:
        raise ControlError(f"there is no invoice {key}", 404)
    return row


def _check_names(row: Row) -> None:
    """Refuse names that no invoice has, so that a drill's typing mistake is not taken for an edit."""
    unknown = set(row.keys() - NAMES_OF_INVOICE)
    lines = row.get("InvoiceLines", [])
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise ControlError("InvoiceLines must be a list of objects")
    for line in lines:
        unknown |= line.keys() - NAMES_OF_LINE
    if unknown:
        raise ControlError(f"invoices do not have {', '.join(sorted(unknown))}")
