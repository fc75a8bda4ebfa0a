"""Faults on request, the log, and the clock: what drills are made of."""

import time
from typing import Any

import httpx2 as httpx
import pytest

from tests.connectors.xero.sandbox.xero_sandbox_kit import OpenXero, Xero


def put(xero: Xero, name: str, **more: Any) -> httpx.Response:
    return xero.put("/Contacts", {"Name": name}, **more)


def names(xero: Xero) -> list[str]:
    return [contact["Name"] for contact in xero.get("/Contacts").json()["Contacts"]]


@pytest.mark.parametrize(("do", "kept"), [("drop_before", []), ("drop_after", ["Acme"])])
def test_line_is_cut_before_or_after_the_effect(xero: Xero, do: str, kept: list[Any]) -> None:
    xero.faults({"on": {"method": "PUT", "path": "/Contacts"}, "do": do})
    with pytest.raises(httpx.RemoteProtocolError):
        put(xero, "Acme")
    assert names(xero) == kept
    assert put(xero, "Other").status_code == 200


def test_answer_lost_on_the_way_is_there_under_the_same_key(xero: Xero) -> None:
    xero.faults({"on": {"method": "PUT"}, "do": "drop_after"})
    with pytest.raises(httpx.RemoteProtocolError):
        put(xero, "Acme", key="k")
    assert put(xero, "Acme", key="k").status_code == 200
    assert names(xero) == ["Acme"]


def test_any_answer_can_be_asked_for(xero: Xero) -> None:
    fault = {
        "on": {"path": "/Contacts"},
        "do": "status",
        "status": 503,
        "body": "The Organisation is offline",
        "times": 2,
    }
    xero.faults({**fault, "headers": {"Retry-After": "7"}})
    for _ in range(2):
        answer = put(xero, "Acme")
        assert (answer.status_code, answer.text, answer.headers["retry-after"]) == (
            503,
            "The Organisation is offline",
            "7",
        )
    assert names(xero) == []


def test_internal_error_may_come_after_the_effect(xero: Xero) -> None:
    xero.faults(
        {"on": {"method": "PUT"}, "do": "status_after", "status": 500, "body": "An error occurred in Xero."}
    )
    assert put(xero, "Acme").status_code == 500
    assert names(xero) == ["Acme"]


def test_fault_waits_its_turn_and_meets_only_what_it_names(xero: Xero) -> None:
    xero.faults(
        {"on": {"method": "POST", "path": "/Invoices/*/Email"}, "do": "status", "status": 500, "skip": 1}
    )
    invoice = xero.invoice()["InvoiceID"]
    codes = [xero.post(f"/Invoices/{invoice}/Email", {}).status_code for _ in range(3)]
    assert codes == [204, 500, 204]


def test_token_endpoint_has_faults_too(xero: Xero) -> None:
    xero.faults({"on": {"path": "/connect/token"}, "do": "status", "status": 500})
    assert xero.token().status_code == 500
    assert xero.token().status_code == 200


def test_delay_is_waited_for(xero: Xero) -> None:
    xero.faults({"on": {"path": "/Organisation"}, "do": "delay", "delay": 0.2})
    began = time.monotonic()
    assert xero.get("/Organisation").status_code == 200
    assert time.monotonic() - began >= 0.2


def test_request_is_carried_out_though_its_client_gave_up(xero: Xero) -> None:
    xero.faults({"on": {"method": "PUT"}, "do": "delay", "delay": 0.3})
    url = f"{xero.client.base_url}/api.xro/2.0/Contacts"
    with httpx.Client(timeout=0.1) as impatient, pytest.raises(httpx.ReadTimeout):
        impatient.put(url, headers=xero.headers, json={"Name": "Acme"})
    assert names(xero) == []
    time.sleep(0.4)
    assert names(xero) == ["Acme"]


def test_waiting_faults_can_be_seen_and_forgotten(xero: Xero) -> None:
    xero.faults({"do": "drop_before", "times": 9})
    assert xero.client.get("/_sandbox/faults").json()[0]["times"] == 9
    xero.client.delete("/_sandbox/faults")
    assert put(xero, "Acme").status_code == 200


def test_fault_that_cannot_be_read_is_refused(xero: Xero) -> None:
    assert xero.client.post("/_sandbox/faults", json=[{"do": "explode"}]).status_code == 400


def test_log_holds_every_request(xero: Xero) -> None:
    xero.client.delete("/_sandbox/requests")
    xero.faults({"on": {"path": "/Contacts"}, "do": "drop_before"})
    with pytest.raises(httpx.RemoteProtocolError):
        put(xero, "Acme", key="k1")
    put(xero, "Acme", key="k1", summarizeErrors="false")
    cut, fine = xero.requests()
    assert (cut["method"], cut["path"], cut["status"], cut["fault"]) == (
        "PUT",
        "/api.xro/2.0/Contacts",
        None,
        "drop_before",
    )
    assert (fine["status"], fine["fault"], fine["query"]) == (200, None, "summarizeErrors=false")
    assert fine["idempotency_key"] == "k1"
    assert fine["when"]


def test_clock_moves_for_everything_and_stays_moved(xero: Xero, open_xero: OpenXero) -> None:
    before = xero.client.get("/_sandbox/clock").json()["now"]
    xero.advance(3600)
    after = open_xero(sign_in=False).client.get("/_sandbox/clock").json()["now"]
    assert after > before
    assert xero.get("/Organisation").status_code == 401
    assert xero.client.post("/_sandbox/clock", json={}).status_code == 400


def test_a_fault_may_be_for_the_requests_whose_body_has_a_text_in_it(xero: Xero) -> None:
    xero.faults({"on": {"method": "PUT", "body": "POISON"}, "do": "status", "status": 500, "times": 9})
    assert put(xero, "POISON Ltd").status_code == 500
    assert put(xero, "Acme").status_code == 200
    assert names(xero) == ["Acme"]


def test_a_text_is_sent_in_the_charset_that_its_headers_name(xero: Xero) -> None:
    headers = {"Content-Type": "text/plain; charset=iso-8859-1"}
    xero.faults({"on": {"method": "PUT"}, "do": "status", "status": 400, "body": "Brück", "headers": headers})
    assert put(xero, "Acme").content == b"Br\xfcck"
