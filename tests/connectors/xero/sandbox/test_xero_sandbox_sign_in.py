"""Tokens, connections, scopes and tenants (connectors/xero/API.md, 2 and 13)."""

import re
from typing import Any

import pytest

from tests.connectors.xero.sandbox.xero_sandbox_kit import OpenXero, Xero


def test_client_credentials_give_a_token_of_thirty_minutes(xero: Xero) -> None:
    answer = xero.token().json()
    assert answer["expires_in"] == 1800
    assert answer["token_type"] == "Bearer"
    assert answer["access_token"].count(".") == 2
    assert "accounting.invoices" in answer["scope"].split()
    assert "refresh_token" not in answer


def test_credentials_may_come_in_the_body(xero: Xero) -> None:
    form = {"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox"}
    assert xero.client.post("/connect/token", data=form).status_code == 200


@pytest.mark.parametrize(
    ("form", "secret", "error"),
    [
        ({}, "wrong", "invalid_client"),
        ({"grant_type": ""}, "sandbox", "invalid_request"),
        ({"grant_type": "authorization_code"}, "sandbox", "unauthorized_client"),
        ({"scope": "accounting.transactions"}, "sandbox", "invalid_scope"),
    ],
)
def test_token_errors_are_400_with_a_word(xero: Xero, form: dict[str, Any], secret: str, error: str) -> None:
    answer = xero.token(secret, **form)
    assert answer.status_code == 400
    assert answer.json() == {"error": error}
    assert answer.headers["content-type"].startswith("application/json")


def test_missing_client_id_is_an_invalid_request(xero: Xero) -> None:
    answer = xero.client.post("/connect/token", data={"grant_type": "client_credentials"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_connection_carries_seven_fraction_digits_and_its_own_id(xero: Xero) -> None:
    answer = xero.client.get("/connections", headers=xero.headers)
    (connection,) = answer.json()
    assert connection["id"] != connection["tenantId"]
    assert connection["tenantType"] == "ORGANISATION"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}", connection["createdDateUtc"])
    assert "x-appminlimit-remaining" in answer.headers
    assert "x-minlimit-remaining" not in answer.headers


def test_connections_are_filtered_by_auth_event(xero: Xero) -> None:
    (connection,) = xero.connections()
    path = "/connections?authEventId="
    assert xero.client.get(path + connection["authEventId"], headers=xero.headers).json() == [connection]
    assert xero.client.get(path + connection["id"], headers=xero.headers).json() == []


def test_unknown_token_is_unsuccessful(xero: Xero) -> None:
    answer = xero.get("/Organisation", headers={"Authorization": "Bearer nobody"})
    body = answer.json()
    assert answer.status_code == 401
    assert (body["Type"], body["Title"], body["Status"], body["Detail"]) == (
        None, "Unauthorized", 401, "AuthenticationUnsuccessful",
    )  # fmt: skip
    assert body["Extensions"] == {}
    assert answer.headers["xero-correlation-id"]


def test_no_token_is_unsuccessful_for_connections_as_well(open_xero: OpenXero) -> None:
    assert open_xero(sign_in=False).client.get("/connections").status_code == 401


def test_token_expires_and_says_when(xero: Xero) -> None:
    xero.advance(1801)
    answer = xero.get("/Organisation")
    assert answer.status_code == 401
    expired = r"TokenExpired: token expired at \d\d/\d\d/\d{4} \d\d:\d\d:\d\d"
    assert re.fullmatch(expired, answer.json()["Detail"])


def test_token_outlives_a_restart(xero: Xero, open_xero: OpenXero) -> None:
    again = open_xero(sign_in=False)
    again.headers = xero.headers
    assert again.get("/Organisation").status_code == 200


def test_scope_that_is_lacking_is_told_apart(xero: Xero) -> None:
    xero.sign_in(scope="accounting.contacts.read")
    assert xero.get("/Contacts").status_code == 200
    for answer in (xero.put("/Contacts", {"Name": "Acme"}), xero.get("/Accounts")):
        assert answer.status_code == 401
        assert answer.json()["Detail"] == "AuthorizationUnsuccessful"
        assert answer.headers["www-authenticate"] == 'Bearer error="insufficent_scope"'


@pytest.mark.parametrize("tenant", ["", "289662a0-7926-4145-a880-984972111223"])
def test_wrong_tenant_is_forbidden(xero: Xero, tenant: str) -> None:
    answer = xero.get("/Organisation", headers={"Xero-tenant-id": tenant})
    assert answer.status_code == 403
    assert answer.json()["Title"] == "Forbidden"
    assert answer.json()["Detail"] == "AuthenticationUnsuccessful"
