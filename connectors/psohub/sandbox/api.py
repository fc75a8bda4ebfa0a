"""PSOhub's REST API under /rest/psohubapi/v1/, as far as its pages document it (connectors/psohub/API.md, 3).

Where a page is cut off, this is a guess. Error formats are documented nowhere: `{"message": …}` is a guess
too. Where PSOhub might accept a mistake, the sandbox refuses it, so that tests find it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from connectors.psohub.sandbox.options import PsohubSandboxOptions
from connectors.psohub.sandbox.records import BATCH, ID_OF, Change, Records, folded, whole_number
from connectors.psohub.sandbox.wire import Row, to_bytes
from engine.sdk.sandbox import loads_object

STATUSES = ("draft", "approved", "sent", "paid")
# Per stream: the filters a request may name, the condition each becomes, and how its value is read.
Filter = tuple[str, Callable[[object], object]]
FILTERS: dict[str, dict[str, Filter]] = {
    "invoices": {"invoicenumber": ("number = ?", folded), "invoicestatus": ("status = ?", str)},
    "companies": {"name": ("instr(name, ?)", folded), "companyid": ("id = ?", whole_number)},
    "contacts": {
        "name": ("instr(name, ?)", folded),
        "email": ("email = ?", folded),
        "companyname": ("instr(company_name, ?)", folded),
        "companyid": ("company_id = ?", whole_number),
        "contactid": ("id = ?", whole_number),
    },
}
# What POST and PATCH take, and the name under which GET shows it (connectors/psohub/API.md, 3.4: Street is
# read as Address).
WRITABLE = {
    "companies": {
        "CompanyID": "CompanyID",
        "Name": "CompanyName",
        "CompanyRegistrationNumber": "CompanyRegistrationNumber",
        "TaxNumber": "TaxNumber",
        "PhoneNumber": "PhoneNumber",
        "Street": "Address",
        "PostalCode": "PostalCode",
        "City": "City",
        "Region": "Region",
        "Country": "Country",
        "CountryCode": "CountryCode",
    },
    "contacts": {
        name: name
        for name in "ContactID CompanyID Email FirstName LastName Salutation JobTitle Phonenumber".split()  # noqa: SIM905
    },
}
NEEDED = {"companies": ("CompanyName",), "contacts": ("LastName", "CompanyID")}
JSON = "application/json"


def answer(value: object, status: int = 200) -> Response:
    """An answer in exact JSON."""
    return Response(to_bytes(value), status, media_type=JSON)


async def body_of(request: Request) -> Row:
    """The request's JSON object, or 400."""
    try:
        return loads_object(await request.body())
    except ValueError as error:
        raise HTTPException(400, f"The body is not a JSON object: {error}") from None


class Api:
    """The API's calls."""

    def __init__(self, records: Records, options: PsohubSandboxOptions) -> None:
        self.records = records
        self.options = options

    def routes(self) -> list[Route]:
        return [
            *(Route(f"/{stream}", self.reader(stream), methods=["GET"]) for stream in ID_OF),
            Route("/invoice", self.patch_invoice, methods=["PATCH"]),
            Route("/invoice", self.post_invoice, methods=["POST"]),
            Route("/invoices", self.post_invoice, methods=["POST"]),
            Route("/company", self.writer("companies"), methods=["POST", "PATCH"]),
            Route("/contact", self.writer("contacts"), methods=["POST", "PATCH"]),
        ]

    def reader(self, stream: str) -> Callable[[Request], Awaitable[Response]]:
        """GET of a stream: a bare array, silently cut off at the limit (connectors/psohub/API.md, 3.3)."""

        async def read(request: Request) -> Response:
            where, limit = self._where(stream, request), self._limit(request)
            batches = self.records.bodies(stream, where, limit)
            if limit <= BATCH:
                return Response(f"[{','.join(body for batch in batches for body in batch)}]", media_type=JSON)
            return StreamingResponse(_array(batches), media_type=JSON)

        return read

    def writer(self, stream: str) -> Callable[[Request], Awaitable[Response]]:
        """POST and PATCH of a company or contact. No uniqueness check on names or e-mails: that is
        documented."""

        async def write(request: Request) -> Response:
            sent, shown = await body_of(request), WRITABLE[stream]
            if unknown := sent.keys() - shown.keys():
                raise HTTPException(400, f"Unknown fields: {', '.join(sorted(unknown))}")
            values = {shown[name]: value for name, value in sent.items()}
            with self.records.changing() as change:
                if request.method == "POST":
                    row: Row = {ID_OF[stream]: change.next_id(stream)}
                    values.pop(ID_OF[stream], None)
                else:
                    row = _existing(change, stream, values.pop(ID_OF[stream], None))
                row |= values
                if missing := [name for name in NEEDED[stream] if folded(row.get(name)) is None]:
                    raise HTTPException(400, f"Missing: {', '.join(missing)}")
                if stream == "contacts":
                    company = _existing(change, "companies", row["CompanyID"])
                    row |= {"CompanyID": str(company["CompanyID"]), "CompanyName": company["CompanyName"]}
                change.write(stream, row)
            return answer(row, 201 if request.method == "POST" else 200)

        return write

    async def patch_invoice(self, request: Request) -> Response:
        """Set the external id, the status to Paid, or both; nothing else of an invoice can be changed
        (connectors/psohub/API.md, 3).
        """
        sent = await body_of(request)
        if unknown := sent.keys() - {"InvoiceID", "ExternalID", "InvoiceStatus"}:
            raise HTTPException(
                400, f"Only ExternalID and InvoiceStatus can be updated, not {', '.join(sorted(unknown))}"
            )
        changes: Row = {}
        if "ExternalID" in sent:
            if not isinstance(sent["ExternalID"], str) or folded(sent["ExternalID"]) is None:
                raise HTTPException(400, "ExternalID must be a text that is not empty")
            changes["ExternalID"] = sent["ExternalID"]
        if "InvoiceStatus" in sent:
            if folded(sent["InvoiceStatus"]) != "paid":
                raise HTTPException(400, "InvoiceStatus can only be updated to Paid")
            changes["InvoiceStatus"] = "Paid"
        if not changes:
            raise HTTPException(400, "Nothing to update: send ExternalID, InvoiceStatus or both")
        with self.records.changing() as change:
            row = _existing(change, "invoices", sent.get("InvoiceID"))
            # Approved and sent come between draft and paid (connectors/psohub/API.md, 4).
            if "InvoiceStatus" in changes and folded(row.get("InvoiceStatus")) == "draft":
                raise HTTPException(400, "A draft cannot be updated to Paid")
            row |= changes
            change.write("invoices", row)
        return answer(row)

    async def post_invoice(self, _: Request) -> Response:
        """Not supported, and the page says so: invoices are built from contract lines."""
        raise HTTPException(405, "Creating invoices is not supported: invoices are built from contract lines")

    def _where(self, stream: str, request: Request) -> dict[str, object]:
        where: dict[str, object] = {}
        for name, (condition, read) in FILTERS.get(stream, {}).items():
            if name not in request.query_params:
                continue
            value = read(request.query_params[name])
            # Only the four lower-case words are documented.
            if value is None or (name == "invoicestatus" and value not in STATUSES):
                raise HTTPException(400, f"{name} cannot be {request.query_params[name]!r}")
            where[condition] = value
        if stream == "invoices" and folded(request.query_params.get("noexternalid")) == "true":
            where["external_id IS NULL"] = None
        return where

    def _limit(self, request: Request) -> int:
        text = request.query_params.get("limit", str(self.options.default_limit))
        if not text.isdecimal() or len(text) > 9 or int(text) < 1:
            raise HTTPException(400, f"limit must be a number above 0, not {text!r}")
        return min(int(text), self.options.most_rows)


async def _array(batches: Iterable[list[str]]) -> AsyncIterator[str]:
    opening = "["
    for batch in batches:
        yield opening + ",".join(batch)
        opening = ","
    yield "[]" if opening == "[" else "]"


def _existing(change: Change, stream: str, key: object) -> Row:
    number = whole_number(key)
    if number is None:
        raise HTTPException(400, f"{ID_OF[stream]} must be a whole number, as a number or as text")
    row = change.row(stream, number)
    if row is None:
        raise HTTPException(404, f"There is no record with {ID_OF[stream]} {number}")
    return row
