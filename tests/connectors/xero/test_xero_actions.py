"""The declared actions are those that API.md lists, the connector requests and the sandbox serves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connectors import xero
from connectors.xero.sandbox.server.endpoints import find_endpoint
from connectors.xero.streams import RESOURCES
from engine.sdk import System
from tests.connectors.xero.bodies_kit import credit, invoice
from tests.connectors.xero.xero_kit import Books, batch

API = Path(xero.__file__).with_name("API.md").read_text(encoding="utf-8")
LISTED = dict(re.findall(r"^\| `(\w+\.\w+)` \| `([A-Z]+ /[^`]+)`", API, re.MULTILINE))
DECLARED = {f"{name}.{verb}" for name, resource in RESOURCES.items() for verb in resource.stream.actions}


def test_the_listed_actions_are_the_declared_ones() -> None:
    assert LISTED.keys() == DECLARED


@pytest.mark.parametrize("action", sorted(DECLARED))
def test_the_sandbox_serves_what_an_action_requests(action: str) -> None:
    method, path = LISTED[action].split()
    endpoint, _ = find_endpoint(path.removeprefix("/").replace("{id}", "some-id"))
    assert endpoint is not None
    assert method in endpoint.methods


@pytest.mark.parametrize("action", sorted(DECLARED))
def test_the_connector_requests_what_is_listed(
    books: Books, xero: System, customer: str, action: str
) -> None:
    stream, verb = action.split(".")
    line = {"Quantity": 1, "UnitAmount": 50}
    written = xero.target.write(batch("invoices", "create", [invoice(customer, "I", line=line)]))
    written = [
        *written,
        *xero.target.write(batch("credit_notes", "create", [credit(customer, "C", line=line)])),
    ]
    keys = dict(
        zip(("invoices", "credit_notes"), [receipt.target_id or "" for receipt in written], strict=True)
    )
    to = {"InvoiceID": keys["invoices"]} if verb == "allocate" else "ann@client.example"
    books.requests()
    xero.actions.act(batch(stream, verb, [{"to": to}], [keys[stream]]))
    asked = [f"{one['method']} {one['path'].removeprefix('/api.xro/2.0')}" for one in books.requests()]
    if verb != "email_contact":  # that one declines first: the contact has another address
        assert LISTED[action].replace("{id}", keys[stream]) in asked


def test_what_no_stream_declares_is_refused(xero: System) -> None:
    (receipt,) = xero.actions.act(batch("credit_notes", "email", [{}], ["some-id"]))
    assert (receipt.outcome, receipt.code) == ("refused", "xero.verb")
