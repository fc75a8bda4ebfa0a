"""The API's manners over real HTTP: filters, limits, the one write on invoices, and refusals."""

from typing import Any

import pytest

from tests.connectors.psohub.sandbox.psohub_sandbox_kit import Caller, Row, Serve


def numbers(rows: list[Row]) -> list[str]:
    return [row["InvoiceNumber"] for row in rows]


def test_a_list_is_cut_off_at_fifty_without_a_word(psohub: Caller, invoices: list[Row]) -> None:
    assert psohub.get("invoices") == invoices[:50]
    assert len(invoices) == 71


def test_limit_and_its_cap(serve: Serve) -> None:
    caller = serve(invoices=8, limit_cap=3, default_limit=2)
    assert len(caller.get("invoices")) == 2
    assert len(caller.get("invoices", limit=3)) == 3
    assert len(caller.get("invoices", limit=50)) == 3


@pytest.mark.parametrize("limit", ["0", "-1", "many", "1.5", "99999999999"])
def test_a_limit_that_is_no_number_above_0_is_refused(psohub: Caller, limit: str) -> None:
    status, body = psohub.send("GET", f"projects?limit={limit}")
    assert status == 400
    assert "limit" in body["message"]


def test_status_is_filtered_in_lower_case_and_answered_in_capitals(psohub: Caller) -> None:
    drafts = psohub.get("invoices", invoicestatus="draft")
    assert [invoice["InvoiceStatus"] for invoice in drafts] == ["Draft"] * 4
    assert len(psohub.get("invoices", invoicestatus="sent", limit=100)) == 64
    assert psohub.get("invoices", invoicestatus="paid") == []
    assert psohub.send("GET", "invoices?invoicestatus=Sent")[0] == 400


def test_number_is_filtered_whole_and_in_any_case(psohub: Caller) -> None:
    assert numbers(psohub.get("invoices", invoicenumber="inv-2026-0007")) == ["INV-2026-0007"]
    assert psohub.get("invoices", invoicenumber="INV-2026-00") == []


def test_companies_are_found_by_part_of_the_name_and_by_id(psohub: Caller) -> None:
    (found,) = psohub.get("companies", name="SÖHNE")
    assert psohub.get("companies", companyid=found["CompanyID"]) == [found]
    assert psohub.get("companies", name="nobody at all") == []


def test_contacts_are_found_by_any_of_their_filters(psohub: Caller) -> None:
    contacts = psohub.get("contacts", limit=100)
    one = next(row for row in contacts if row.get("Email") not in (None, "-", " "))
    assert psohub.get("contacts", contactid=one["ContactID"]) == [one]
    assert psohub.get("contacts", email=one["Email"].upper()) == [one]
    assert one in psohub.get("contacts", name=one["LastName"].lower())
    colleagues = psohub.get("contacts", companyid=one["CompanyID"])
    assert one in colleagues
    assert colleagues == psohub.get("contacts", companyname=one["CompanyName"])


def test_without_the_token_nothing_is_answered(psohub: Caller) -> None:
    for headers in (
        {"Authorization": "Bearer wrong"},
        {"Authorization": ""},
        {"Authorization": "Basic sandbox"},
    ):
        answer = psohub.http.get("/rest/psohubapi/v1/invoices", headers=headers)
        assert answer.status_code == 401
        assert "token" in answer.json()["message"]


def test_mistakes_are_answered_in_json(psohub: Caller) -> None:
    assert psohub.send("GET", "timesheets") == (404, {"message": "Not Found"})
    assert psohub.send("DELETE", "invoices") == (405, {"message": "Method Not Allowed"})
    assert psohub.send("PATCH", "invoice", ["no object"])[0] == 400
    assert psohub.send("GET", "contacts?companyid=many")[0] == 400
    assert psohub.send("GET", "contacts?companyid=99999999999999999999")[0] == 400


def test_invoices_cannot_be_created(psohub: Caller) -> None:
    for path in ("invoice", "invoices"):
        status, body = psohub.send("POST", path, {"InvoiceNumber": "INV-1"})
        assert status == 405
        assert "contract lines" in body["message"]


def test_external_id_takes_an_invoice_out_of_the_queue(serve: Serve) -> None:
    caller = serve(invoices=10)
    queue = caller.get("invoices", noexternalid="true", invoicestatus="sent")
    first = queue[0]
    status, body = caller.send(
        "PATCH", "invoice", {"InvoiceID": first["InvoiceID"], "ExternalID": "INV-0001"}
    )
    assert (status, body) == (200, first | {"ExternalID": "INV-0001"})
    assert caller.get("invoices", noexternalid="true", invoicestatus="sent") == queue[1:]
    assert caller.get("invoices", invoicenumber=first["InvoiceNumber"]) == [body]
    assert len(caller.get("invoices", noexternalid="false")) == 11


def test_status_can_become_paid_in_any_case_by_an_id_as_text_and_nothing_else(serve: Serve) -> None:
    caller = serve(invoices=10)
    first = caller.get("invoices", invoicestatus="sent")[0]
    key = str(first["InvoiceID"])
    for wrong in ("Sent", "Draft", "", 1, None):
        assert caller.send("PATCH", "invoice", {"InvoiceID": key, "InvoiceStatus": wrong})[0] == 400
    status, body = caller.send("PATCH", "invoice", {"InvoiceID": key, "InvoiceStatus": "pAID"})
    assert (status, body) == (200, first | {"InvoiceStatus": "Paid"})
    assert caller.get("invoices", invoicestatus="paid") == [body]


def test_draft_cannot_be_paid(serve: Serve) -> None:
    caller = serve(invoices=10)
    draft = caller.get("invoices", invoicestatus="draft")[0]
    status, body = caller.send("PATCH", "invoice", {"InvoiceID": draft["InvoiceID"], "InvoiceStatus": "Paid"})
    assert (status, body) == (400, {"message": "A draft cannot be updated to Paid"})
    assert caller.get("invoices", invoicestatus="draft")[0] == draft


def test_body_that_is_nested_too_deeply_is_refused(psohub: Caller) -> None:
    answer = psohub.http.request("PATCH", "/rest/psohubapi/v1/invoice", content="[" * 100_000)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"ExternalID": "X"}, 400),
        ({"InvoiceID": 41939771881672248, "ExternalID": "X"}, 404),  # what a float makes of the first id
        ({"InvoiceID": "INV-2026-0001", "ExternalID": "X"}, 400),
        ({"InvoiceID": True, "ExternalID": "X"}, 400),
        ({"InvoiceID": 41939771881672249}, 400),
        ({"InvoiceID": 41939771881672249, "ExternalID": " "}, 400),
        ({"InvoiceID": 41939771881672249, "ExternalID": 12}, 400),
        ({"InvoiceID": 41939771881672249, "InvoiceNote": "new"}, 400),
        ({"InvoiceID": 41939771881672249, "ExternalID": "X", "InvoiceStatus": "Sent"}, 400),
    ],
)
def test_other_updates_are_refused_and_change_nothing(
    psohub: Caller, invoices: list[Row], body: dict[str, Any], status: int
) -> None:
    answered, message = psohub.send("PATCH", "invoice", body)
    assert answered == status
    assert message["message"]
    assert psohub.get("invoices", limit=1000) == invoices


def test_companies_and_contacts_can_be_made_twice_over(serve: Serve) -> None:
    caller = serve(invoices=1)
    new = {"Name": "Twin Ltd", "Street": "1 King Street", "PhoneNumber": "+44 1", "TaxNumber": "GB1"}
    made = [caller.send("POST", "company", new) for _ in range(2)]
    assert [status for status, _ in made] == [201, 201]
    assert caller.get("companies", name="twin") == [body for _, body in made]
    assert made[0][1]["Address"] == "1 King Street"
    key = made[0][1]["CompanyID"]
    contact = {"LastName": "Doe", "Email": "j.doe@twin.example", "CompanyID": key}
    people = [caller.send("POST", "contact", contact)[1] for _ in range(2)]
    assert caller.get("contacts", email="j.doe@twin.example") == people
    assert people[0]["CompanyID"] == str(key)
    assert people[0]["CompanyName"] == "Twin Ltd"


def test_companies_and_contacts_can_be_changed(serve: Serve) -> None:
    caller = serve(invoices=1)
    company, contact = caller.get("companies")[0], caller.get("contacts")[0]
    status, body = caller.send("PATCH", "company", {"CompanyID": company["CompanyID"], "City": "Delft"})
    assert (status, body) == (200, company | {"City": "Delft"})
    status, body = caller.send("PATCH", "contact", {"ContactID": contact["ContactID"], "JobTitle": "CFO"})
    assert (status, body) == (200, contact | {"JobTitle": "CFO"})
    assert caller.send("PATCH", "company", {"CompanyID": 5, "City": "Delft"})[0] == 404
    assert caller.send("PATCH", "company", {"CompanyID": company["CompanyID"], "Name": " "})[0] == 400
    assert caller.send("POST", "company", {"City": "Delft"})[0] == 400
    assert caller.send("POST", "company", {"Name": "X", "Colour": "red"})[0] == 400
    assert caller.send("POST", "contact", {"LastName": "Doe", "CompanyID": 5})[0] == 404


def test_a_large_answer_is_whole_and_in_order(serve: Serve) -> None:
    caller = serve(invoices=1200)
    rows = caller.get("invoices", limit=100_000)
    issued = [row for row in rows if row["InvoiceStatus"] != "Draft"]
    assert numbers(issued) == [
        f"INV-2026-{n:04}" for n, row in enumerate(rows, 1) if row["InvoiceStatus"] != "Draft"
    ]
    assert len(rows) == 1320
    assert caller.get("invoices", limit=100_000, invoicestatus="paid") == []
