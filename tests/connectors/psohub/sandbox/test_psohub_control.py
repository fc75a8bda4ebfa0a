"""The control calls: what was asked, faults on request, and edits as made on PSOhub's screens."""

import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx2 as httpx
import pytest

from tests.connectors.psohub.sandbox.psohub_sandbox_kit import Caller, Row, Serve


def fault(caller: Caller, **row: Any) -> tuple[int, Any]:
    return caller.send("POST", "/_sandbox/faults", [row])


def test_requests_are_logged_without_the_sandboxs_own(serve: Serve) -> None:
    caller = serve(invoices=3)
    caller.get("invoices", limit=2)
    caller.send("PATCH", "invoice", {})
    path = "/rest/psohubapi/v1"
    plain = {"idempotency_key": None, "fault": None}
    expected = [
        {"method": "GET", "path": f"{path}/invoices", "query": "limit=2", "status": 200, **plain},
        {"method": "PATCH", "path": f"{path}/invoice", "query": "", "status": 400, **plain},
    ]
    status, log = caller.send("GET", "/_sandbox/requests")
    assert (status, [{**row, "when": None} for row in log]) == (
        200,
        [{**row, "when": None} for row in expected],
    )
    assert [datetime.fromisoformat(row["when"]).tzinfo for row in log] == [UTC, UTC]
    assert caller.send("DELETE", "/_sandbox/requests") == (200, log)
    assert caller.send("GET", "/_sandbox/requests") == (200, [])


def test_answer_can_be_lost_before_and_after_the_deed(serve: Serve) -> None:
    caller = serve(invoices=3)
    key = caller.get("invoices")[0]["InvoiceID"]
    for do, external_id in (("drop_before", None), ("drop_after", "INV-1")):
        assert fault(caller, on={"method": "PATCH", "path": "invoice"}, do=do)[0] == 200
        with pytest.raises(httpx.TransportError):
            caller.send("PATCH", "invoice", {"InvoiceID": key, "ExternalID": "INV-1"})
        found = caller.send("GET", f"/_sandbox/invoices/{key}")[1].get("ExternalID")
        assert (found if found == "INV-1" else None) == external_id
    assert caller.send("GET", "/_sandbox/faults") == (200, [])
    _, log = caller.send("GET", "/_sandbox/requests")
    assert [(row["status"], row["fault"]) for row in log] == [
        (200, None),
        (None, "drop_before"),
        (None, "drop_after"),
    ]


def test_status_is_answered_as_often_as_asked_and_nothing_is_done(serve: Serve) -> None:
    caller = serve(invoices=3)
    fault(caller, on={"path": "invoices"}, times=2, do="status", status=502, body={"message": "Bad gateway"})
    assert caller.send("GET", "projects")[0] == 200
    assert [caller.send("GET", "invoices")[0] for _ in range(3)] == [502, 502, 200]
    fault(caller, do="status", status=500, body="<html>down</html>")
    assert caller.http.get("/rest/psohubapi/v1/companies").text == "<html>down</html>"


def test_answer_can_be_delayed(serve: Serve) -> None:
    caller = serve(invoices=3)
    fault(caller, do="delay", delay=Decimal("0.15"))
    start = time.monotonic()
    caller.get("projects")
    assert time.monotonic() - start >= 0.15


def test_faults_can_be_seen_and_taken_back(serve: Serve) -> None:
    caller = serve(invoices=3)
    _, left = fault(caller, on={"method": "GET"}, times=3, do="status", status=429)
    on = {"method": "GET", "path": None, "body": None}
    more = {"skip": 0, "headers": {}}
    assert left == [{"on": on, "times": 3, "do": "status", "delay": 0, "status": 429, "body": None, **more}]
    assert caller.send("DELETE", "/_sandbox/faults") == (200, [])
    assert caller.send("GET", "projects")[0] == 200


@pytest.mark.parametrize(
    "row",
    [
        {"do": "explode"},
        {"do": "status", "code": 500},
        {"do": "status", "on": "invoices"},
        {"do": "status", "on": {"verb": "GET"}},
        {"do": "status", "status": 99},
        {"do": "delay", "delay": "a while"},
        {"do": "drop_before", "times": 0},
        "drop_before",
    ],
)
def test_fault_that_makes_no_sense_is_refused(psohub: Caller, row: dict[str, Any] | str) -> None:
    status, body = psohub.send("POST", "/_sandbox/faults", [row])
    assert status == 400
    assert body["message"]


def test_invoice_can_be_edited_as_on_psohubs_screen(serve: Serve) -> None:
    caller = serve(invoices=3)
    before = caller.get("invoices")[0]
    path = f"/_sandbox/invoices/{before['InvoiceID']}"
    status, after = caller.send(
        "POST", path, {"InvoiceNumber": "INV-9", "ExternalID": "X", "InvoiceNote": None}
    )
    assert status == 200
    assert caller.get("invoices", invoicenumber="inv-9") == [after]
    assert "InvoiceNote" not in after
    assert after["InvoiceLines"] == before["InvoiceLines"]
    assert after not in caller.get("invoices", noexternalid="true")
    assert caller.send("POST", path, {"InvoiceStatus": "Paid"})[1]["InvoiceStatus"] == "Paid"
    assert caller.send("POST", path, {"ExternalID": "-"})[0] == 200
    assert len(caller.get("invoices", noexternalid="true", limit=9)) == 4


def test_invoice_can_be_added_even_one_that_is_a_credit_note(serve: Serve) -> None:
    caller = serve(invoices=3)
    rows = caller.get("invoices")
    copy = rows[0] | {
        "InvoiceNumber": "INV-2026-0900",
        "TotalAmountIncVAT": -5,
        "CreditedInvoiceID": rows[0]["InvoiceID"],
    }
    del copy["InvoiceID"]
    status, added = caller.send("POST", "/_sandbox/invoices", copy)
    assert status == 201
    assert added == copy | {"InvoiceID": rows[-1]["InvoiceID"] + 1}
    assert caller.get("invoices") == [*rows, added]
    assert caller.send("POST", "/_sandbox/invoices", added)[0] == 400


@pytest.mark.parametrize(
    "row",
    [{"InvoiceNumbr": "INV-1"}, {"InvoiceLines": [{"Price": 1}]}, {"InvoiceLines": {}}, {"InvoiceID": "x"}],
)
def test_invoice_with_names_that_psohub_does_not_have_is_refused(
    psohub: Caller, invoices: list[Row], row: dict[str, Any]
) -> None:
    assert psohub.send("POST", "/_sandbox/invoices", row)[0] == 400
    assert psohub.send("POST", f"/_sandbox/invoices/{invoices[0]['InvoiceID']}", row)[0] == 400
    assert psohub.send("POST", "/_sandbox/invoices/5", {})[0] == 404


def test_rows_are_stored_just_as_given(serve: Serve) -> None:
    caller = serve(invoices=0)
    rows = {
        "companies": [{"CompanyID": "77", "Surname": "nobody has this"}],
        "invoices": [{"InvoiceNumber": "INV-KEYLESS", "TotalAmountIncVAT": "1.234,50"}],
    }
    status, told = caller.send("POST", "/_sandbox/rows", rows)
    assert (status, told) == (201, {"companies": 1, "invoices": 1})
    assert caller.get("companies", companyid="77") == rows["companies"]
    assert caller.get("invoices", invoicenumber="INV-KEYLESS") == rows["invoices"]


def test_rows_of_an_unknown_stream_are_refused(psohub: Caller) -> None:
    status, told = psohub.send("POST", "/_sandbox/rows", {"customers": []})
    assert status == 400
    assert "there is no customers" in str(told)
