"""A plan is a promise: what it shows as create, update or e-mail Xero accepts, and what it holds is held.

PSOhub says what people have typed there: in about half of its invoices and customers something is wrong. Xero
has contacts and documents of strangers; later, some of ours are paid, voided, archived and merged there.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.e2e.program import Program
from tests.e2e.systems import Row, Systems, served
from tests.properties.population import spoil

INVOICES, CUSTOMERS = 2000, 200
UPDATES = INVOICES // 20
ENTERED = ("create", "update")
PUSHED = ("contacts", "invoices", "credit-notes")
UPDATED = """
overrides:
  invoices: {target: {on_change: update}}
  credit-notes: {target: {on_change: update}}
"""
UNUSED_ACCOUNT = "260"


@pytest.mark.parametrize(
    ("seed", "settings"),
    [(1, {"rounding": "accept"}), (2, {"rounding": "adjust_tax", "numbering": "psohub"})],
)
def test_nothing_that_the_plan_shows_is_refused(tmp_path: Path, seed: int, settings: dict[str, Any]) -> None:
    sync, random = Program(tmp_path), Random(seed)
    psohub = {"invoices": INVOICES // 2, "customers": CUSTOMERS // 2, "seed": seed, "pdf": False}
    with served(tmp_path, psohub=psohub, xero={}) as systems:
        systems.books("Organisation", "Sandbox Consulting B.V.", PeriodLockDate="2026-03-31")
        invoices, companies = systems.psohub_rows("invoices"), systems.psohub_rows("companies")
        crowd(random, systems, invoices, companies)
        spoil(random, invoices, companies)
        systems.load({"companies": companies, "invoices": invoices})
        config = systems.config(tmp_path, settings=settings, more="limit: 100000")
        with config.open("a") as file:
            file.write(UPDATED)
        new = promised(sync, config)
        assert new["create"] > INVOICES // 5

        disturb(random, systems)
        invoices, companies = systems.psohub_rows("invoices"), systems.psohub_rows("companies")
        for row in random.sample(invoices, len(invoices) // 2):
            row["InvoiceDueDate"] = "2026-12-31T00:00:00.000Z"
        for row in random.sample(companies, len(companies) // 2):
            row["City"] = "Utrecht"
        rename(random, invoices, companies)
        spoil(random, invoices[: len(invoices) // 8], companies[: len(companies) // 4])
        systems.load({"companies": companies, "invoices": invoices})
        assert promised(sync, config)["update"] > UPDATES


def promised(sync: Program, config: Path) -> dict[str, int]:
    """Plan, run, and compare. Returns how many records the plan shows as created and updated."""
    planned = sync("plan", config, "--output", "json").json
    ran = sync("run", config, "--output", "json")
    assert ran.code == 1, ran.err
    assert held(planned) == held(ran.json)
    shown = [change["change"] for change in planned["changes"] if change["change"] in ENTERED]
    flows = [ran.json["flows"][name] for name in PUSHED if name in ran.json["flows"]]
    assert sum(flow["created"] + flow["updated"] for flow in flows) == len(shown)
    assert ran.json["actions"].get("email", {"done": 0})["done"] == planned["planned"]["emails"]
    return {kind: shown.count(kind) for kind in ENTERED}


def held(report: Any) -> set[tuple[str, str]]:
    """What a report says is held, records and e-mails, by address and code."""
    return {(row["address"], row["code"]) for row in report["held"]}


def crowd(random: Random, systems: Systems, invoices: list[Row], companies: list[Row]) -> None:
    """What others have in Xero: contacts of the same names, and documents under the same numbers."""
    names = [{"Name": row["CompanyName"]} for row in random.sample(companies, CUSTOMERS // 10)]
    contacts = systems.put("Contacts", names)
    put_away(systems, contacts[:4], contacts[4:8])
    line = {"Description": "By hand", "Quantity": 1, "UnitAmount": 7, "AccountCode": "200"}
    numbered = [row for row in invoices if row["InvoiceStatus"] != "Draft"]
    documents = [
        {
            "Type": "ACCREC",
            "Contact": {"ContactID": contacts[-1]["ContactID"]},
            "Date": "2026-09-02",
            "DueDate": "2026-09-30",
            "LineItems": [line],
            "Status": "AUTHORISED",
            "InvoiceNumber": row["InvoiceNumber"],
        }
        for row in random.sample(numbered, INVOICES // 50)
    ]
    systems.put("Invoices", documents)


def disturb(random: Random, systems: Systems) -> None:
    """What a bookkeeper does in Xero with documents and contacts of ours."""
    open_ = [row for row in systems.pushed() if row["Status"] == "AUTHORISED" and row.get("Reference")]
    for index, row in enumerate(random.sample(open_, len(open_) // 10)):
        if index % 2 and row["AmountDue"]:
            systems.pay(row["InvoiceID"], row["AmountDue"])
        else:
            systems.change(row["InvoiceID"], Status="VOIDED")
    ours = [row for row in systems.contacts() if row.get("ContactNumber")]
    chosen = random.sample([row for row in ours if row["ContactStatus"] == "ACTIVE"], 12)
    put_away(systems, chosen[:4], chosen[4:])
    systems.books("Organisation", "Sandbox Consulting B.V.", PeriodLockDate="2026-04-30")
    systems.books("Accounts", UNUSED_ACCOUNT, Status="ARCHIVED")


def rename(random: Random, invoices: list[Row], companies: list[Row]) -> None:
    """Give customers of ours the names of new ones, who have an invoice each: Xero takes a name once."""
    for index, row in enumerate(random.sample(companies, CUSTOMERS // 20)):
        row["CompanyName"] = f"Twin {index} B.V."
        twin = {**row, "CompanyID": row["CompanyID"] + 10**9, "TaxNumber": "-"}
        sold = next((one for one in invoices if one.get("CustomerID") == row["CompanyID"]), None)
        if sold is not None:
            number = {"InvoiceID": sold["InvoiceID"] + 10**9, "InvoiceNumber": f"TWIN-{index}"}
            new = {"CustomerID": twin["CompanyID"], "InvoiceStatus": "Sent", "ExternalID": "-"}
            invoices.append({**sold, **number, **new})
            companies.append(twin)


def put_away(systems: Systems, archived: list[Row], merged: list[Row]) -> None:
    """Archive some contacts, and merge the others in pairs."""
    systems.post(
        "Contacts", [{"ContactID": row["ContactID"], "ContactStatus": "ARCHIVED"} for row in archived]
    )
    for away, into in zip(merged[::2], merged[1::2], strict=True):
        systems.merge(away["ContactID"], into["ContactID"])
