"""Each error of Xero's that a push can meet (connectors/xero/API.md, 13): what people are told, what is held
and how the program ends; and each run after it puts everything right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.e2e.harness import Harness
from tests.e2e.program import Program
from tests.e2e.systems import served

CORRELATION = "1f6e5a52-6e2b-4c0c-8a0d-0d9f8f3a7a11"


@dataclass(frozen=True)
class Row:
    """A status with its body, and what is expected of it."""

    name: str
    status: int
    body: Any
    exit: int
    says: tuple[str, ...]
    held: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 100

    def __str__(self) -> str:
        return self.name


def problem(title: str, status: int, detail: str) -> dict[str, Any]:
    return {"Type": None, "Title": title, "Status": status, "Detail": detail, "Instance": "x"}


def refused(number: int, kind: str, message: str) -> dict[str, Any]:
    return {"ErrorNumber": number, "Type": kind, "Message": message}


SCOPE = "PUT /api.xro/2.0/Invoices needs the scope accounting.invoices"
CHALLENGE = {"WWW-Authenticate": 'Bearer error="insufficent_scope"'}
DAY = {"X-Rate-Limit-Problem": "day", "Retry-After": "66975"}
MINUTE = {"X-Rate-Limit-Problem": "minute", "Retry-After": "1"}
ROWS = [
    Row(
        "validation",
        400,
        {
            **refused(10, "ValidationException", "A validation exception occurred"),
            "Elements": [{"ValidationErrors": [{"Message": "Invoice # must be unique."}]}],
        },
        1,
        ("Invoice # must be unique.",),
        held=True,
    ),
    Row("unreadable", 400, refused(14, "PostDataInvalidException", "JSON for post data was invalid"), 1,
        ("JSON for post data was invalid", CORRELATION), held=True),
    Row("query", 400, refused(16, "QueryParseException", "Expression expected"), 1,
        ("Expression expected",), held=True),
    Row("nothing", 400, refused(17, "NoDataProcessedException", "No data has been processed"), 1,
        ("No data has been processed",), held=True),
    Row("key", 400, {"Message": "Idempotency Key: k is used with a different request."}, 0, (), times=1),
    Row("expired", 401, problem("Unauthorized", 401, "TokenExpired: token expired at 09/14/2026"), 4,
        ("TokenExpired: token expired at 09/14/2026", "check the clock of this machine", CORRELATION)),
    Row("bad token", 401, problem("Unauthorized", 401, "AuthenticationUnsuccessful"), 4,
        ("AuthenticationUnsuccessful", "check client_id, client_secret and app")),
    Row("rights", 401, problem("Unauthorized", 401, "AuthorizationUnsuccessful"), 4,
        ("AuthorizationUnsuccessful", SCOPE)),
    Row("scope", 401, "", 4, ("insufficent_scope", SCOPE), headers=CHALLENGE),
    Row("tenant", 403, problem("Forbidden", 403, "AuthenticationUnsuccessful"), 4,
        ("AuthenticationUnsuccessful", "5a9d0b0e-0c1f-4e5c-9d6a-7b1f3c2e8a41", CORRELATION)),
    Row("unknown id", 404, "", 1, ("Xero has no record with this id",), held=True,
        headers={"Content-Type": "text/html"}),
    Row("precondition", 412, "", 4, ("412", "old version of TLS", CORRELATION)),
    Row("minute", 429, "", 0, (), headers=MINUTE, times=1),
    Row("day", 429, "", 6, ("Xero's day limit is used up until",), headers=DAY),
    Row("internal", 500, "An error occurred in Xero. Check the API Status page", 1,
        ("500: An error occurred in Xero. Check the API Status page", CORRELATION)),
    Row("internal once", 500, "An error occurred in Xero.", 0, (), times=1),
    Row("no such method", 501, refused(20, "ApiMethodNotImplementedException", "not implemented"), 1,
        ("not implemented",), held=True),
    Row("offline", 503, "The Organisation is offline", 6, ("The Organisation is offline",),
        headers={"Retry-After": "300"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    folder = tmp_path_factory.mktemp("errors")
    with served(folder, psohub={"invoices": 1, "customers": 1}, xero={}) as systems:
        config = systems.config(folder, settings={"auto_send": False})
        harness = Harness(systems, config, Program(folder))
        assert harness.sync("run", config).code == 0
        yield harness


def new_invoice(harness: Harness, number: str) -> str:
    first = harness.systems.offered()[0]
    kept = {name: value for name, value in first.items() if name not in ("InvoiceID", "ExternalID")}
    added = harness.systems.add(**{**kept, "InvoiceNumber": number})
    return f"psohub.invoices/{added['InvoiceID']}"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_an_error_ends_as_it_should(harness: Harness, row: Row) -> None:
    number = f"INV-{ROWS.index(row):04}-E"
    address = new_invoice(harness, number)
    answer: dict[str, Any] = {"status": row.status, "body": row.body, "times": row.times}
    headers = {"Xero-Correlation-Id": CORRELATION, **row.headers}
    harness.systems.fault("xero", "status", "PUT", "/Invoices", headers=headers, **answer)
    ended = harness.sync("run", harness.config, "--output", "json")
    harness.systems.reset()
    assert ended.code == row.exit, ended.out
    told = ended.json.get("error", "") + "".join(one["reason"] for one in ended.json["held"])
    assert [text for text in row.says if text not in told] == []
    held = harness.sync("held", harness.config, "--output", "json").json["held"]
    assert [one["address"] for one in held] == ([address] if row.held else [])
    if row.held:
        assert harness.sync("held", "retry", harness.config).code == 0
    assert harness.sync("run", harness.config).code == 0
    assert [one["Reference"] for one in harness.systems.pushed()].count(number) == 1


MESSAGES = [
    "One or more line items must be specified",
    "A Contact must be specified for this type of transaction",
    "Account code or ID must be specified",
    "Account code '999' is not a valid code for this document.",
    "Account code '200' has been archived, or has been deleted. "
    "Each line item must reference a valid account.",
    "The TaxType code 'X' cannot be used with account code '200'.",
    "The TaxType code 'X' is not valid",
    "TaxType field is mandatory",
    "Item code 'X' is not valid",
    "Invoice # must be unique.",
    "Invoice not of valid status for modification",
    "Invoice not of valid status for creation",
    "The status VOIDED cannot be applied to the invoice because it has payments or credit notes "
    "allocated to it.",
    "Date cannot be changed on an invoice that has payment or credit notes allocated to it.",
    "Organisation is not subscribed to currency EUR",
    "The document date cannot be before the period lock date, currently set at 31 December 2025",
    "The document date cannot be before the end of year lock date, currently set at 31 December 2025",
    "You have reached the limit of invoices you can approve",
    "The document with the supplied id was not found for this endpoint.",
    "An existing Invoice with the specified InvoiceID could not be found",
]


def test_each_validation_message_is_held_in_xeros_own_words_and_its_neighbours_go_on(
    harness: Harness,
) -> None:
    """Last in this file: what is held stays held (connectors/psohub/API.md, 8.6 and 8.23)."""
    addresses = {new_invoice(harness, f"INV-{at:04}-V"): message for at, message in enumerate(MESSAGES)}
    elements = [
        {
            "InvoiceID": "00000000-0000-0000-0000-000000000000",
            "Reference": f"INV-{at:04}-V",
            "StatusAttributeString": "ERROR",
            "HasErrors": True,
            "ValidationErrors": [{"Message": message}],
        }
        for at, message in enumerate(MESSAGES)
    ]
    body = {"Id": "x", "Status": "OK", "Invoices": elements[::-1]}
    harness.systems.fault("xero", "status", "PUT", "/Invoices", status=200, body=body)
    ended = harness.sync("run", harness.config, "--output", "json")
    assert ended.code == 1
    assert {one["address"]: one["reason"] for one in ended.json["held"]} == addresses
    assert {one["code"] for one in ended.json["held"]} == {"xero.validation"}
