"""What the tests of the sandbox share: serving an application, and a signed-in client of it."""

from collections.abc import Callable
from typing import Any

import httpx2 as httpx

from tests.connectors.xero.openapi_kit import check_answer

BASE = "/api.xro/2.0"


class Front:
    """Passes every call on to the application of the test that runs."""

    app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":  # applications come and go; the fixture closes each
            for word in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{word}.complete"})
            return
        await self.app(scope, receive, send)


class Xero:
    """A signed-in client of one sandbox, with the few moves that tests make all the time."""

    def __init__(self, client: httpx.Client, sign_in: bool = True) -> None:
        self.client = client
        self.headers = {"Accept": "application/json"}
        if sign_in:
            self.sign_in()

    def sign_in(self, **form: str) -> None:
        answer = self.token(**form)
        assert answer.status_code == 200, answer.text
        self.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        self.headers["Xero-tenant-id"] = self.connections()[0]["tenantId"]

    def token(self, secret: str = "sandbox", **form: str) -> httpx.Response:
        fields = {"grant_type": "client_credentials", **form}
        return self.client.post("/connect/token", data=fields, auth=("sandbox", secret))

    def connections(self) -> Any:
        return self.client.get("/connections", headers=self.headers).json()

    def call(
        self, method: str, path: str, body: Any = None, key: str | None = None, **more: Any
    ) -> httpx.Response:
        headers = {**self.headers, **more.pop("headers", {})}
        if key is not None:
            headers["Idempotency-Key"] = key
        content = (
            {"content": body} if isinstance(body, str | bytes) else {"json": body} if body is not None else {}
        )
        answer = self.client.request(method, BASE + path, headers=headers, params=more or None, **content)
        if "json" in answer.headers.get("content-type", ""):
            check_answer(path, answer.json())
        return answer

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.call("GET", path, **more)

    def put(self, path: str, body: Any, **more: Any) -> httpx.Response:
        return self.call("PUT", path, body, **more)

    def post(self, path: str, body: Any, **more: Any) -> httpx.Response:
        return self.call("POST", path, body, **more)

    def faults(self, *faults: dict[str, Any]) -> None:
        assert self.client.post("/_sandbox/faults", json=list(faults)).status_code == 200

    def advance(self, seconds: float) -> None:
        assert self.client.post("/_sandbox/clock", json={"advance_seconds": seconds}).status_code == 200

    def requests(self) -> Any:
        return self.client.get("/_sandbox/requests").json()

    def emails(self) -> Any:
        return self.client.get("/_sandbox/emails").json()

    def contact(self, name: str = "Acme", **fields: Any) -> str:
        answer = self.put("/Contacts", {"Name": name, **fields})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["Contacts"][0]["ContactID"])

    def draft(self, **fields: Any) -> dict[str, Any]:
        """The body of a good invoice; a contact is made unless one is named."""
        contact = fields.pop("Contact", None) or {"ContactID": self._some_contact()}
        return {"Type": "ACCREC", "Contact": contact, "LineItems": [line()], **fields}

    def approved(self, **fields: Any) -> dict[str, Any]:
        return self.draft(**{"Status": "AUTHORISED", "DueDate": "2026-12-31", **fields})

    def _some_contact(self) -> str:
        found = self.get("/Contacts").json()["Contacts"]
        return str(found[0]["ContactID"]) if found else self.contact(EmailAddress="books@acme.example")

    def invoice(self, body: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        """Create one; an approved one unless fields say otherwise."""
        answer = self.put("/Invoices", body or self.approved(**fields), unitdp="4")
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["Invoices"][0])

    def change(self, invoice_id: str, **fields: Any) -> httpx.Response:
        return self.post(f"/Invoices/{invoice_id}", fields, unitdp="4")

    def pay(self, invoice_id: str, amount: Any, **fields: Any) -> httpx.Response:
        body = {
            "Invoice": {"InvoiceID": invoice_id},
            "Account": {"Code": "090"},
            "Amount": amount,
            "Date": "2026-11-20",
        }
        return self.put("/Payments", {**body, **fields})

    def read(self, invoice_id: str) -> dict[str, Any]:
        answer = self.get(f"/Invoices/{invoice_id}", unitdp="4")
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["Invoices"][0])

    def credit(self, **fields: Any) -> dict[str, Any]:
        """The body of a good, approved credit note; for the first contact unless one is named."""
        contact = fields.pop("Contact", None) or {"ContactID": self._some_contact()}
        base = {"Type": "ACCRECCREDIT", "Contact": contact, "Status": "AUTHORISED", "LineItems": [line()]}
        return {**base, **fields}

    def credit_note(self, body: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        """Create one; an approved one unless fields say otherwise."""
        answer = self.put("/CreditNotes", body or self.credit(**fields), unitdp="4")
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["CreditNotes"][0])

    def change_credit_note(self, key: str, **fields: Any) -> httpx.Response:
        return self.post(f"/CreditNotes/{key}", fields, unitdp="4")

    def read_credit_note(self, key: str) -> dict[str, Any]:
        answer = self.get(f"/CreditNotes/{key}", unitdp="4")
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["CreditNotes"][0])

    def allocate(self, credit_note_id: str, invoice_id: str, amount: Any, **fields: Any) -> httpx.Response:
        body = {"Amount": amount, "Invoice": {"InvoiceID": invoice_id}, **fields}
        return self.put(f"/CreditNotes/{credit_note_id}/Allocations", body)

    def deallocate(self, credit_note_id: str, allocation_id: str, **more: Any) -> httpx.Response:
        return self.call("DELETE", f"/CreditNotes/{credit_note_id}/Allocations/{allocation_id}", **more)


OpenXero = Callable[..., Xero]  # with the options of the sandbox
Messages = Callable[[httpx.Response], list[str]]
MakeLine = Callable[..., dict[str, Any]]


def line(**fields: Any) -> dict[str, Any]:
    return {"Description": "Advice", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200", **fields}


def messages(answer: httpx.Response) -> list[str]:
    """Every validation message in an answer."""
    body = answer.json()
    collections = [value for name, value in body.items() if isinstance(value, list)]
    return [
        said["Message"]
        for elements in collections
        for one in elements
        for said in one.get("ValidationErrors", [])
    ]
