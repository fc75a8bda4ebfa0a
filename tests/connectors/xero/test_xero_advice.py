"""What a person is told when Xero denies a call."""

from __future__ import annotations

import pytest

from connectors.xero.advice import advice
from connectors.xero.settings import SCOPES
from engine.sdk import Answer

INSUFFICIENT = 'Bearer error="insufficent_scope"'
DENIED = '{"Title":"Unauthorized","Status":401,"Detail":"AuthorizationUnsuccessful"}'


def told(status: int, body: str = "", call: str = "PUT /api.xro/2.0/Invoices", **headers: str) -> str:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return advice(Answer(status, named, body.encode()), call, "tenant-7", SCOPES)


@pytest.mark.parametrize(
    ("call", "scope"),
    [
        ("PUT /api.xro/2.0/Invoices", "accounting.invoices"),
        ("POST /api.xro/2.0/Invoices/7/Email", "accounting.invoices"),
        ("GET /api.xro/2.0/Invoices", "accounting.invoices.read"),
        ("PUT /api.xro/2.0/CreditNotes/7/Allocations", "accounting.invoices"),
        ("PUT /api.xro/2.0/Contacts", "accounting.contacts"),
        ("GET /api.xro/2.0/Payments", "accounting.payments.read"),
        ("GET /api.xro/2.0/Overpayments", "accounting.payments.read"),
        ("PUT /api.xro/2.0/Invoices/7/Attachments/a.pdf", "accounting.attachments"),
        ("GET /api.xro/2.0/Organisation", "accounting.settings.read"),
        ("GET /api.xro/2.0/TaxRates", "accounting.settings.read"),
    ],
)
def test_the_scope_that_a_call_needs_is_named(call: str, scope: str) -> None:
    assert f"{call} needs the scope {scope}: " in told(401, DENIED, call)


@pytest.mark.parametrize(
    "spelling",
    [INSUFFICIENT, 'Bearer error="insufficient_scope"', 'Bearer realm="x", error="INSUFFICENT_SCOPE"'],
)
@pytest.mark.parametrize("status", [401, 403])
def test_both_spellings_of_an_insufficient_scope_are_known(status: int, spelling: str) -> None:
    assert "needs the scope accounting.invoices" in told(status, www_authenticate=spelling)


def test_a_scope_that_the_settings_leave_out_is_to_be_added_there() -> None:
    found = told(401, DENIED, "PUT /api.xro/2.0/Invoices/7/Attachments/a.pdf")
    assert "add it to `scopes`" in found
    assert "add it to `scopes`" not in told(401, DENIED)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, '{"Detail": "AuthenticationUnsuccessful"}', "check client_id, client_secret and app"),
        (401, '{"Detail": "TokenExpired: token expired"}', "check the clock of this machine"),
        (403, '{"Title": "Forbidden", "Detail": "AuthenticationUnsuccessful"}', "the tenant id tenant-7"),
        (412, "", "check what a proxy or gateway"),
    ],
)
def test_each_denial_has_its_advice(status: int, body: str, expected: str) -> None:
    assert expected in told(status, body)
