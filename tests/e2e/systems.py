"""Both sandboxes in a process of their own, which outlives every run, and their control requests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import httpx2 as httpx

from engine.sdk.wire import dumps
from tests.e2e.program import PACK, SECRETS, Program

BOXES = """
name: boxes
pack: {pack}
systems:
  psohub: {{connector: psohub, sandbox: {psohub}}}
  xero: {{connector: xero, sandbox: {xero}}}
settings: {{revenue_account: "200", psohub_mails: false, native_integration: none}}
ledger: sqlite:///boxes.db
"""
CONFIG = """
name: {name}
pack: {pack}
systems:
  psohub: {{connector: psohub, access_token: "${{env:PSOHUB_TOKEN}}",
           api_url: "{psohub}/rest/psohubapi/v1"{more}}}
  xero: {{connector: xero, app: custom_connection, client_id: sandbox, client_secret: "${{env:XERO_SECRET}}",
         api_url: "{xero}", identity_url: "{xero}", login_url: "{xero}"{timeout}}}
settings: {settings}
limits: {limits}
ledger: sqlite:///{name}.db
"""
SETTINGS = {
    "revenue_account": "200",
    "psohub_mails": False,
    "native_integration": "none",
    "auto_send": True,
    "due_days": 14,
}
LIMITS = {"first_run_since": "2026-01-01"}
Row = dict[str, Any]


@dataclass(slots=True)
class Systems:
    """PSOhub and Xero, simulated on this machine."""

    psohub: str  # origins
    xero: str
    http: httpx.Client
    folder: Path

    def config(
        self,
        folder: Path,
        *,
        name: str = "live",
        settings: Mapping[str, Any] | None = None,
        limits: Mapping[str, Any] | None = None,
        psohub: str = "",
        xero: str = "",
        more: str = "",
        timeout: float = 0,
    ) -> Path:
        """Write a config for the real systems that leads here, or to what stands in between."""
        path = folder / f"{name}.yaml"
        text = CONFIG.format(
            name=name,
            pack=PACK,
            psohub=psohub or self.psohub,
            xero=xero or self.xero,
            more=f", {more}" if more else "",
            timeout=f", timeout: {timeout}" if timeout else "",
            settings=json.dumps({**SETTINGS, **(settings or {})}),
            limits=json.dumps(LIMITS if limits is None else dict(limits)),
        )
        path.write_text(text, encoding="utf-8")
        return path

    # -- PSOhub --------------------------------------------------------------------------------------------

    def offered(self, status: str = "sent") -> list[Row]:
        """PSOhub's invoices as its API shows them."""
        return self._psohub("invoices", invoicestatus=status)

    def projects(self) -> dict[str, Row]:
        return {str(row["ProjectID"]): row for row in self._psohub("projects")}

    def _psohub(self, path: str, **filters: str) -> list[Row]:
        answer = self.http.get(
            f"{self.psohub}/rest/psohubapi/v1/{path}",
            params={**filters, "limit": "100000"},
            headers={"Authorization": f"Bearer {SECRETS['PSOHUB_TOKEN']}"},
        )
        assert answer.status_code == 200, answer.text
        return list(_json(answer))

    def psohub_rows(self, stream: str) -> list[Row]:
        """Every row of a stream, as PSOhub's API shows it."""
        return self._psohub(stream)

    def load(self, rows: Mapping[str, list[Row]]) -> None:
        """Add rows to PSOhub just as given: stream -> rows."""
        answer = self.http.post(
            f"{self.psohub}/_sandbox/rows",
            content=dumps(rows),
            headers={"content-type": "application/json"},
        )
        assert answer.status_code == 201, answer.text

    def add(self, **members: Any) -> Row:
        """Add an invoice as a person would on PSOhub's screens."""
        body = json.dumps(members, default=_number)
        answer = self.http.post(f"{self.psohub}/_sandbox/invoices", content=body)
        assert answer.status_code == 201, answer.text
        return dict(_json(answer))

    def edit(self, invoice: int | str, **members: Any) -> None:
        """Change members of an invoice as a person would on PSOhub's screens."""
        body = json.dumps(members, default=_number)
        answer = self.http.patch(f"{self.psohub}/_sandbox/invoices/{invoice}", content=body)
        assert answer.status_code == 200, answer.text

    def edit_lines(self, invoice: Row, **members: Any) -> None:
        """Change members of every line of an invoice."""
        self.edit(
            invoice["InvoiceID"], InvoiceLines=[{**line, **members} for line in invoice["InvoiceLines"]]
        )

    # -- Xero ----------------------------------------------------------------------------------------------

    def pushed(self) -> list[Row]:
        """Every sales invoice that stands in Xero, with its lines."""
        return self._xero("Invoices", unitdp=4)

    def credited(self) -> list[Row]:
        """Every sales credit note in Xero, with its lines and allocations."""
        return self._xero("CreditNotes", unitdp=4)

    def contacts(self) -> list[Row]:
        return self._xero("Contacts")

    def change(self, invoice_id: str, **members: Any) -> None:
        """Change an invoice as a bookkeeper would on Xero's screens."""
        body = {"InvoiceID": invoice_id, **members}
        answer = self.http.post(
            f"{self.xero}/api.xro/2.0/Invoices/{invoice_id}", json=body, headers=self._signed()
        )
        assert answer.status_code == 200, answer.text

    def put(self, path: str, records: list[Row]) -> list[Row]:
        """Create records as another client of Xero would."""
        return self._send("PUT", path, records)

    def post(self, path: str, records: list[Row]) -> list[Row]:
        """Change records as another client of Xero would."""
        return self._send("POST", path, records)

    def pay(self, invoice_id: str, amount: Decimal) -> None:
        """Pay an invoice in Xero, from its bank account."""
        body = {"Invoice": {"InvoiceID": invoice_id}, "Account": {"Code": "090"}, "Amount": amount}
        self._send("PUT", "Payments", [{**body, "Date": "2026-10-01"}])

    def delete_payment(self, payment_id: str) -> None:
        """Remove a payment, as a bookkeeper would."""
        answer = self.http.post(
            f"{self.xero}/api.xro/2.0/Payments/{payment_id}",
            json={"Status": "DELETED"},
            headers=self._signed(),
        )
        assert answer.status_code == 200, answer.text

    def allocate(self, path: str, invoice_id: str, amount: Decimal) -> None:
        """Set a credit note, a prepayment or an overpayment against an invoice, as a bookkeeper would."""
        answer = self.http.put(
            f"{self.xero}/api.xro/2.0/{path}/Allocations",
            content=dumps({"Amount": amount, "Invoice": {"InvoiceID": invoice_id}}),
            headers={**self._signed(), "content-type": "application/json"},
        )
        assert answer.status_code == 200, answer.text

    def deallocate(self, credit_note_id: str, allocation_id: str) -> None:
        """Take an allocation of a credit note back, as a bookkeeper would."""
        path = f"CreditNotes/{credit_note_id}/Allocations/{allocation_id}"
        answer = self.http.delete(f"{self.xero}/api.xro/2.0/{path}", headers=self._signed())
        assert answer.status_code == 200, answer.text

    def _send(self, method: str, path: str, records: list[Row]) -> list[Row]:
        answer = self.http.request(
            method,
            f"{self.xero}/api.xro/2.0/{path}",
            content=dumps({path: records}),
            headers={**self._signed(), "content-type": "application/json"},
        )
        assert answer.status_code == 200, answer.text
        return list(_json(answer)[path])

    def xero_rows(self, path: str) -> list[Row]:
        """A list of Xero's that has one page, e.g. `TrackingCategories`."""
        answer = self.http.get(f"{self.xero}/api.xro/2.0/{path}", headers=self._signed())
        assert answer.status_code == 200, answer.text
        return list(_json(answer)[path])

    def books(self, kind: str, key: str, **members: Any) -> None:
        """Change a row of the chart of accounts, the tax rates, the currencies or the organisation."""
        self._control("POST", "xero", "books", {"kind": kind, "key": key, "set": members})

    def _signed(self) -> dict[str, str]:
        token = self.http.post(
            f"{self.xero}/connect/token",
            data={"grant_type": "client_credentials"},
            auth=("sandbox", SECRETS["XERO_SECRET"]),
        ).json()["access_token"]
        (tenant,) = self.http.get(
            f"{self.xero}/connections", headers={"Authorization": f"Bearer {token}"}
        ).json()
        return {
            "Authorization": f"Bearer {token}",
            "Xero-tenant-id": tenant["tenantId"],
            "Accept": "application/json",
        }

    def _xero(self, path: str, **params: Any) -> list[Row]:
        # Changed since long ago: a list that very large organisations answer, too.
        headers = {**self._signed(), "If-Modified-Since": "2000-01-01T00:00:00"}
        found: list[Row] = []
        for page in count(1):
            asked = {**params, "page": page, "pageSize": 1000}
            answer = self.http.get(f"{self.xero}/api.xro/2.0/{path}", params=asked, headers=headers)
            assert answer.status_code == 200, answer.text
            body = _json(answer)
            found += body.get(path, [])
            if not body.get(path) or len(found) == body.get("pagination", {}).get("itemCount"):
                break
        return found

    def emails(self) -> list[Row]:
        return list(self._control("GET", "xero", "emails"))

    def merge(self, away: str, into: str) -> None:
        """What the button "Merge" does in Xero with two contacts."""
        self._control("POST", "xero", "contacts/merge", {"from": away, "into": into})

    def advance(self, seconds: float) -> None:
        """Let time pass in Xero."""
        self._control("POST", "xero", "clock", {"advance_seconds": seconds})

    # -- both ----------------------------------------------------------------------------------------------

    def fault(self, system: str, do: str, method: str = "", path: str = "", **more: Any) -> None:
        """What befalls the next requests that fit; see engine/sdk/sandbox/faults.py."""
        on = {name: value for name, value in (("method", method), ("path", path)) if value}
        self.faults(system, [{"do": do, "on": on, **more}])

    def faults(self, system: str, faults: list[Row]) -> None:
        self._control("POST", system, "faults", faults)

    def reset(self) -> None:
        """Remove all faults and empty the log."""
        for system in ("psohub", "xero"):
            for what in ("faults", "requests"):
                self._control("DELETE", system, what)

    def log(self, system: str) -> list[Row]:
        """What the system was asked since the last `reset`."""
        return list(self._control("GET", system, "requests"))

    def writes(self, system: str) -> list[str]:
        """The writes among it, as `PUT /Invoices`; sign-in is none."""
        found = [one for one in self.log(system) if one["method"] != "GET"]
        return [
            f"{one['method']} {one['path'].removeprefix('/api.xro/2.0').removeprefix('/rest/psohubapi/v1')}"
            for one in found
            if not one["path"].startswith("/connect")
        ]

    def _control(self, method: str, system: str, what: str, body: Any = None) -> Any:
        origin = self.psohub if system == "psohub" else self.xero
        answer = self.http.request(method, f"{origin}/_sandbox/{what}", json=body)
        assert answer.status_code == 200, answer.text
        return _json(answer)


def _json(answer: httpx.Response) -> Any:
    return json.loads(answer.content, parse_float=Decimal)


def _number(value: object) -> float:
    assert isinstance(value, Decimal)
    return float(value)  # edits carry amounts of two places, which survive


@contextmanager
def served(folder: Path, *, psohub: Mapping[str, Any], xero: Mapping[str, Any]) -> Iterator[Systems]:
    """Serve both sandboxes by `sync sandbox` for as long as the block runs."""
    options = {
        "psohub": json.dumps({"access_token": SECRETS["PSOHUB_TOKEN"], **psohub}),
        # The figures of the limits are the real ones where a test is about them; elsewhere nobody waits.
        "xero": json.dumps({"client_secret": SECRETS["XERO_SECRET"], "minute_limit": 100_000, **xero}),
    }
    boxes = folder / "boxes.yaml"
    boxes.write_text(BOXES.format(pack=PACK, **options), encoding="utf-8")
    with Program(folder).started(
        "sandbox", boxes, "--output", "json", module="tests.e2e.ends_with_parent"
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith('{"systems"'), process.communicate(timeout=10)[1]
        told = json.loads(line)["systems"]
        psohub_origin = told["psohub"]["api_url"].partition("/rest")[0]
        with httpx.Client(trust_env=False, timeout=60) as http:
            yield Systems(psohub_origin, told["xero"]["api_url"], http, folder)
