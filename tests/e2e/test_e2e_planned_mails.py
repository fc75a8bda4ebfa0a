"""The plan counts the e-mails that the run sends, and has the same reasons for those that are not sent."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.program import Program
from tests.e2e.systems import Row, Systems, served

CUSTOMER = 14073748838924991
ANN = "ann@client.example"


def invoice(number: int, **more: Any) -> Row:
    line = {"LineNumber": "10.001 ", "LineName": "Work", "Quantity": 1, "UnitPrice": 100, "AmountExVAT": 100}
    return {
        "InvoiceID": 41939771881672300 + number,
        "InvoiceNumber": f"INV-2026-{number:04}",
        "InvoiceStatus": "Sent",
        "InvoiceDate": "2026-09-14T00:00:00.000Z",
        "InvoiceDueDate": "2026-09-28T00:00:00.000Z",
        "CustomerID": CUSTOMER,
        "CustomerName": "Client Ltd",
        "InvoiceCurrencyCode": "USD",
        "TotalAmountExVAT": 100,
        "TotalAmountIncVAT": 121,
        "InvoiceLines": [{**line, "VATPercentage": 21}],
        **more,
    }


def offer(systems: Systems, address: str = "") -> None:
    more = {"InvoiceContactEmail": address} if address else {}
    company = {"CompanyID": CUSTOMER, "CompanyName": "Client Ltd"}
    systems.load({"companies": [company], "contacts": [], "projects": [], "invoices": [invoice(1, **more)]})


def not_done(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(row["verb"], row["outcome"]) for row in report["actions_not_done"]]


@pytest.mark.parametrize(
    ("mail_to", "address", "present"),
    [
        *product(
            ("invoice_contact", "xero_contact", "hold"), ("", ANN), ("new", "", ANN, "old@client.example")
        )
    ],
)
def test_what_is_planned_is_mailed(tmp_path: Path, mail_to: str, address: str, present: str) -> None:
    """`present`: the address that the contact has in Xero; a new contact gets the invoice's."""
    sync = Program(tmp_path)
    with served(tmp_path, psohub={"invoices": 0}, xero={}) as systems:
        config = systems.config(tmp_path, settings={"auto_send": True, "mail_to": mail_to})
        offer(systems, address)
        if present != "new":
            systems.put(
                "Contacts", [{"Name": "Client Ltd", **({"EmailAddress": present} if present else {})}]
            )
        planned = sync("plan", config, "--output", "json").json
        ran = sync("run", config, "--output", "json").json
        assert planned["planned"]["emails"] == len(systems.emails())
        assert not_done(planned) == not_done(ran)
        assert len(systems.emails()) + len(not_done(ran)) == 1
        (created,) = [change for change in planned["changes"] if change["mapping"] == "invoices"]
        assert len(created["actions"]) == len(systems.emails())


def test_a_document_that_is_created_again_is_not_mailed_again(tmp_path: Path) -> None:
    sync = Program(tmp_path)
    with served(tmp_path, psohub={"invoices": 0}, xero={}) as systems:
        config = systems.config(tmp_path, settings={"auto_send": True})
        offer(systems, ANN)
        assert sync("run", config).code == 0
        (made,) = systems.pushed()
        systems.post("Invoices", [{"InvoiceID": made["InvoiceID"], "Status": "VOIDED"}])
        assert sync("unlink", config, "INV-2026-0001").code == 0
        planned = sync("plan", config, "--output", "json").json
        assert planned["planned"]["emails"] == 0
        ran = sync("run", config, "--output", "json").json
        assert ran["flows"]["invoices"]["created"] == 1
        assert not_done(planned) == not_done(ran) == [("email", "skipped")]
        assert "not requested twice" in ran["actions_not_done"][0]["reason"]
        assert len(systems.emails()) == 1


def test_a_refused_mail_is_tried_for_the_document_that_is_created_again(tmp_path: Path) -> None:
    sync = Program(tmp_path)
    with served(tmp_path, psohub={"invoices": 0}, xero={}) as systems:
        config = systems.config(tmp_path, settings={"auto_send": True, "mail_to": "xero_contact"})
        offer(systems)
        assert sync("run", config).code == 1  # the contact has no address
        (made,) = systems.pushed()
        systems.post("Invoices", [{"InvoiceID": made["InvoiceID"], "Status": "VOIDED"}])
        contact = {"ContactID": made["Contact"]["ContactID"], "EmailAddress": ANN}
        systems.post("Contacts", [contact])
        assert sync("unlink", config, "INV-2026-0001").code == 0
        assert sync("plan", config, "--output", "json").json["planned"]["emails"] == 1
        assert sync("run", config).code == 0
        assert len(systems.emails()) == 1


def test_a_link_by_hand_says_what_is_not_requested(tmp_path: Path) -> None:
    sync = Program(tmp_path)
    with served(tmp_path, psohub={"invoices": 0}, xero={}) as systems:
        config = systems.config(tmp_path, settings={"auto_send": True})
        offer(systems, ANN)
        (contact,) = systems.put("Contacts", [{"Name": "Client Ltd"}])
        line = {"Description": "By hand", "Quantity": 1, "UnitAmount": 7, "AccountCode": "200"}
        body = {"Type": "ACCREC", "Contact": {"ContactID": contact["ContactID"]}, "LineItems": [line]}
        (made,) = systems.put("Invoices", [{**body, "DueDate": "2026-12-31", "Status": "AUTHORISED"}])
        number = made["InvoiceNumber"]
        linked = sync("link", config, "INV-2026-0001", number, "--output", "json").json["linked"]
        assert [row["verb"] for row in linked["actions_not_done"]] == ["email"]
        assert "only linked" in linked["actions_not_done"][0]["reason"]
