"""The plan's e-mails are the run's: as many, to the same invoices, and the same reasons for all the others.

Random invoices and addresses, random contacts in Xero, an allowance, and other settings from day to day;
between the days people add and change addresses, approve, void and pay, and edit contacts.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.e2e.program import Program
from tests.e2e.systems import Row, Systems, served
from tests.e2e.test_e2e_planned_mails import invoice

CUSTOMERS, INVOICES, DAYS = 8, 30, 4
ADDRESSES = (
    *("", "", "ann@client.example", "bob@client.example", "Ann Other <ann@client.example>"),
    *("ann@client.example; eve@client.example", "ann at client.example", "o\ufb03ce@client.example", "-"),
)
STATUSES = ("Sent", "Sent", "Approved", "Paid")
PUSHED = {"push_statuses": ["approved", "sent", "paid"]}
Rows = list[tuple[str, ...]]


@pytest.mark.parametrize("seed", range(6))
def test_the_e_mails_of_the_plan_are_those_of_the_run(tmp_path: Path, seed: int) -> None:
    random, sync = Random(seed), Program(tmp_path)
    with served(tmp_path, psohub={"invoices": 0}, xero={}) as systems:
        systems.load(
            {"companies": [company(one) for one in range(CUSTOMERS)], "contacts": [], "projects": []}
        )
        people_in_xero(random, systems)
        for day in range(DAYS):
            invoices = [sold(random, 1 + day * INVOICES + one) for one in range(INVOICES)]
            systems.load({"invoices": invoices})
            config = settled(random, systems, tmp_path)
            if random.random() < 0.5:
                link_by_hand(systems, sync, config, random.choice(invoices)["InvoiceNumber"])
            if random.random() < 0.5:
                assert sync("held", "retry", config).code == 0
            before = len(systems.emails())
            planned = sync("plan", config, "--output", "json").json
            ran = sync("run", config, "--output", "json").json
            mailed = systems.emails()[before:]
            assert planned["planned"]["emails"] == len(mailed) == done(ran)
            assert requested(planned) == {number_of(systems, mail) for mail in mailed}
            assert reasons(planned) == reasons(ran)
            once(systems)
            quiet(sync, config, systems)
            between_the_days(random, systems)


def link_by_hand(systems: Systems, sync: Program, config: Path, number: str) -> None:
    """A person has entered one of today's invoices in Xero already."""
    line = {"Description": "By hand", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}
    contact = {"ContactID": systems.contacts()[0]["ContactID"]}
    body = {"Type": "ACCREC", "Contact": contact, "LineItems": [line], "Reference": number}
    (made,) = systems.put("Invoices", [{**body, "DueDate": "2026-12-31", "Status": "AUTHORISED"}])
    assert sync("link", config, number, made["InvoiceNumber"]).code == 0


def quiet(sync: Program, config: Path, systems: Systems) -> None:
    """A second run on the same day sends nothing, and its plan has said so."""
    before = len(systems.emails())
    planned = sync("plan", config, "--output", "json").json
    ran = sync("run", config, "--output", "json").json
    assert (planned["planned"]["emails"], done(ran), len(systems.emails())) == (0, 0, before)
    assert reasons(planned) == reasons(ran)


def once(systems: Systems) -> None:
    mailed = [mail["invoice_id"] for mail in systems.emails()]
    assert len(mailed) == len(set(mailed))


def done(report: Any) -> int:
    return sum(counts.get("done", 0) for verb, counts in report["actions"].items() if "email" in verb)


def reasons(report: Any) -> Rows:
    names = ("verb", "address", "outcome", "code", "reason")
    return sorted(tuple(str(row[name]) for name in names) for row in report["actions_not_done"])


def requested(planned: Any) -> set[str]:
    """The invoices that are mailed, by the number of PSOhub."""
    return {change["title"] for change in planned["changes"] if change.get("actions")}


def number_of(systems: Systems, mail: Row) -> str:
    (found,) = [row for row in systems.pushed() if row["InvoiceID"] == mail["invoice_id"]]
    return str(found["Reference"])


def company(number: int) -> Row:
    return {"CompanyID": 14073748838925000 + number, "CompanyName": f"Client {number} Ltd"}


def sold(random: Random, number: int) -> Row:
    customer = company(random.randrange(CUSTOMERS))
    address = random.choice(ADDRESSES)
    return invoice(
        number,
        CustomerID=customer["CompanyID"],
        CustomerName=customer["CompanyName"],
        InvoiceStatus=random.choice(STATUSES),
        **({"InvoiceContactEmail": address} if address else {}),
    )


def people_in_xero(random: Random, systems: Systems) -> None:
    """Half of the customers are contacts already, some with persons who are included in e-mails."""
    contacts = []
    for number in random.sample(range(CUSTOMERS), CUSTOMERS // 2):
        contact: Row = {"Name": company(number)["CompanyName"]}
        if random.random() < 0.7:
            contact["EmailAddress"] = random.choice(["ann@client.example", "old@client.example"])
        many = random.choice([0, 0, 1, 5])
        included = random.random() < 0.5
        contact["ContactPersons"] = [
            {
                "FirstName": f"P{one}",
                "EmailAddress": f"p{one}@client.example",
                "IncludeInEmails": included,
            }
            for one in range(many)
        ]
        contacts.append(contact)
    systems.put("Contacts", contacts)


def settled(random: Random, systems: Systems, folder: Path) -> Path:
    """A config with other settings about e-mails, on the same ledger."""
    settings = {
        "auto_send": random.random() < 0.85,
        "mail_to": random.choice(["invoice_contact", "invoice_contact", "xero_contact", "hold"]),
        "psohub_mails": random.random() < 0.3,
        "invoice_status": random.choice(["AUTHORISED", "AUTHORISED", "DRAFT"]),
        **PUSHED,
    }
    config = systems.config(folder, settings=settings)
    if (allowed := random.choice([None, None, 0, 7, 20])) is not None:
        text = config.read_text().replace("connector: xero,", f"connector: xero, emails_a_day: {allowed},")
        config.write_text(text)
    return config


def between_the_days(random: Random, systems: Systems) -> None:
    """What people do in both systems."""
    invoices = systems.psohub_rows("invoices")
    for row in random.sample(invoices, len(invoices) // 5):
        systems.edit(row["InvoiceID"], InvoiceContactEmail=random.choice(ADDRESSES) or "-")
    pushed = systems.pushed()
    for row in random.sample(pushed, len(pushed) // 4):
        if row["Status"] == "DRAFT":
            systems.change(row["InvoiceID"], Status="AUTHORISED")
        elif row["Status"] == "AUTHORISED" and random.random() < 0.5:
            systems.pay(row["InvoiceID"], row["AmountDue"])
        elif row["Status"] == "AUTHORISED" and random.random() < 0.5:
            systems.change(row["InvoiceID"], Status="VOIDED")
    chosen = random.choice(systems.contacts())
    systems.post("Contacts", [{"ContactID": chosen["ContactID"], "EmailAddress": "new@client.example"}])
