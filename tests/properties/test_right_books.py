"""Random months in random books: whatever people do in both systems, what belongs to others is left alone.

Xero holds documents and contacts of strangers that look like ours: the same numbers, references and names,
archived and merged contacts. PSOhub holds two business units. Between the runs invoices are paid, credited,
voided and edited.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from engine.ledger import open_ledger
from tests.e2e.program import Program, Result
from tests.e2e.systems import Row, Systems, served

OURS, THEIRS = 2, 3  # business units
DAY = "2026-09-{:02}T00:00:00.000Z"
SEEDS = range(40) if os.environ.get("SYNC_DRILLS") == "full" else range(3)
EPISODES = 4
TAX = Decimal("0.21")
CENT = Decimal("0.01")
NAMES = ("Harbour Café", "Quay Street", "Ferry & Sons", "Lighthouse", "Pilot Books", "Anchor")


@dataclass(slots=True)
class Month:
    """Both systems, and what is known of them from the outside."""

    random: Random
    systems: Systems
    config: Path
    sync: Program
    strangers: set[str] = field(default_factory=set)  # ids of documents in Xero that others made
    contacts: dict[str, str] = field(default_factory=dict)  # stranger's or shared contact -> name
    number: int = 0
    invoices: dict[int, Row] = field(default_factory=dict)

    # -- what stands in both systems at the start

    def populate(self) -> None:
        companies = [
            {"CompanyID": 100 + at, "CompanyName": f"{name} Ltd", "Country": "Netherlands"}
            for at, name in enumerate(NAMES)
        ]
        projects = [
            {"ProjectID": 500 + unit, "Name": "Project", "BusinessUnitID": unit, "CurrencyCode": "EUR"}
            for unit in (OURS, THEIRS)
        ]
        self.systems.load({"companies": companies, "projects": projects})
        self._make_strangers()
        for _ in range(self.random.randint(6, 10)):
            self.sell()

    def _make_strangers(self) -> None:
        """Namesakes, active, archived and merged, and documents under numbers that will be ours."""
        for at, name in enumerate(NAMES[:4]):
            spelled = self.random.choice([f"{name} Ltd", f"{name.upper()}  LTD", f"{name} Limited"])
            (contact,) = self.systems.put("Contacts", [{"Name": " ".join(spelled.split())}])
            self.contacts[contact["ContactID"]] = contact["Name"]
            if self.random.random() < 0.3:
                archived = {"ContactID": contact["ContactID"], "ContactStatus": "ARCHIVED"}
                self.systems.post("Contacts", [archived])
            elif self.random.random() < 0.3:
                (heir,) = self.systems.put("Contacts", [{"Name": f"{name} Group {at}"}])
                self.systems.merge(contact["ContactID"], heir["ContactID"])
        (other,) = self.systems.put("Contacts", [{"Name": "Somebody else entirely"}])
        for at in range(4):
            line = {"Description": "By hand", "Quantity": 1, "UnitAmount": 777 + at, "AccountCode": "200"}
            number = f"INV-2026-{self.random.randint(1, 12):04}"
            body: Row = {
                "Type": "ACCREC",
                "Contact": {"ContactID": other["ContactID"]},
                "Date": "2026-09-02",
                "DueDate": "2026-09-30",
                "LineItems": [line],
                "Status": "AUTHORISED",
            }
            body |= (
                {"Reference": number} if at % 2 else {"InvoiceNumber": f"{number}-{at}", "Reference": number}
            )
            (made,) = self.systems.put("Invoices", [body])
            self.strangers.add(made["InvoiceID"])

    # -- what people do in PSOhub

    def sell(self) -> None:
        self.number += 1
        key = 9_007_199_254_740_993 + self.number
        unit = self.random.choice([OURS, OURS, OURS, THEIRS])
        company = self.random.randrange(len(NAMES))
        says = self.random.choice(["BusinessUnitID", "ProjectID"])
        row: Row = {
            "InvoiceID": key,
            "InvoiceNumber": f"INV-2026-{self.number:04}",
            "InvoiceStatus": self.random.choice(["Sent", "Sent", "Sent", "Approved", "Draft"]),
            "InvoiceDate": DAY.format(self.random.randint(1, 28)),
            "CustomerID": 100 + company,
            "CustomerName": f"{NAMES[company]} Ltd",
            "InvoiceCurrencyCode": "EUR",
            "InvoiceContactEmail": self.random.choice(
                [f"billing{company}@shop.example", f"ann{self.number}@shop.example"] * 2 + ["-"]
            ),
            says: unit if says == "BusinessUnitID" else 500 + unit,
            **self._amounts(Decimal(self.random.randint(1, 400)) * self.random.choice([1, 1, 1, -1])),
        }
        if row["TotalAmountIncVAT"] < 0 and self.invoices:
            row["CreditedInvoiceID"] = self.random.choice(list(self.invoices))
        self.invoices[key] = row
        self.systems.load({"invoices": [row]})

    def _amounts(self, price: Decimal) -> Row:
        net = price * 2
        tax = (net * TAX).quantize(CENT)
        line = {
            "LineNumber": "1",
            "LineName": "Work",
            "Quantity": 2,
            "UnitPrice": price,
            "AmountExVAT": net,
            "TaxCategory": "21% btw",
        }
        return {"TotalAmountExVAT": net, "TotalAmountIncVAT": net + tax, "InvoiceLines": [line]}

    def change_a_sale(self) -> None:
        if self.invoices:
            key = self.random.choice(list(self.invoices))
            change = self._amounts(Decimal(self.random.randint(1, 400)))
            if self.invoices[key]["TotalAmountIncVAT"] > 0:
                self.invoices[key] |= change
                self.systems.edit(key, **change)

    def send_what_is_approved(self) -> None:
        for key, row in self.invoices.items():
            if row["InvoiceStatus"] == "Approved":
                row["InvoiceStatus"] = "Sent"
                self.systems.edit(key, InvoiceStatus="Sent")

    # -- what people do in Xero

    def _standing(self) -> list[Row]:
        return [row for row in self.systems.pushed() if row["Status"] == "AUTHORISED"]

    def pay(self) -> None:
        if open_ := self._standing():
            row = self.random.choice(open_)
            share = self.random.choice([1, 1, 2])
            amount = (row["AmountDue"] / share).quantize(CENT)
            payment = {
                "Invoice": {"InvoiceID": row["InvoiceID"]},
                "Account": {"Code": "090"},
                "Date": "2026-09-29",
                "Amount": amount,
            }
            self.systems.put("Payments", [payment])

    def void(self) -> None:
        unpaid = [row for row in self._standing() if not row["AmountPaid"] and not row.get("AmountCredited")]
        if unpaid:
            self.systems.change(self.random.choice(unpaid)["InvoiceID"], Status="VOIDED")

    def edit(self) -> None:
        if open_ := self._standing():
            row = self.random.choice(open_)
            self.systems.change(row["InvoiceID"], DueDate="2026-10-15")

    # -- what must hold

    def run(self) -> Result:
        result = self.sync("run", self.config, "--output", "json")
        assert result.code in (0, 1), result.err
        return result

    def check(self, result: Result) -> None:
        self._strangers_are_left_alone()
        self._only_our_unit_is_pushed_and_once()
        self._mail_goes_to_the_invoices_contact()
        rows_explain_the_difference(result.json["reconcile"])

    def _strangers_are_left_alone(self) -> None:
        numbers = {
            row["InvoiceNumber"] for row in self.systems.pushed() if row["InvoiceID"] in self.strangers
        }
        told = {row.get("ExternalID") for row in self.systems.psohub_rows("invoices")}
        assert not numbers & told
        ledger = open_ledger(f"sqlite:///{self.config.with_suffix('.db')}", read_only=True)
        try:
            linked = {key for name in ("invoices", "credit-notes") for key in ledger.links.sources(name)}
        finally:
            ledger.close()
        assert not linked & self.strangers

    def _only_our_unit_is_pushed_and_once(self) -> None:
        ours = {
            row["InvoiceNumber"]
            for row in self.invoices.values()
            if row.get("BusinessUnitID") == OURS or row.get("ProjectID") == 500 + OURS
        }
        documents = self.systems.pushed() + self.systems.credited()
        made = [row for row in documents if self._is_ours(row)]
        references = Counter(row["Reference"] for row in made)
        assert references.keys() <= ours
        assert all(count == 1 for count in references.values()), references

    def mailable(self) -> list[Row]:
        """Our invoices in Xero whose contact has an address."""
        addressed = {
            row["InvoiceNumber"] for row in self.invoices.values() if row["InvoiceContactEmail"] != "-"
        }
        return [
            row for row in self.systems.pushed() if row.get("Reference") in addressed and self._is_ours(row)
        ]

    def _is_ours(self, row: Row) -> bool:
        return row.get("InvoiceID") not in self.strangers

    def _mail_goes_to_the_invoices_contact(self) -> None:
        numbered = {row["InvoiceNumber"]: row for row in self.invoices.values()}
        ours = {row["InvoiceID"]: row["Reference"] for row in self.systems.pushed()}
        mailed = Counter(mail["invoice_id"] for mail in self.systems.emails())
        assert all(count == 1 for count in mailed.values())
        for mail in self.systems.emails():
            wanted = numbered[ours[mail["invoice_id"]]]["InvoiceContactEmail"]
            assert mail["to"] == [wanted]


def rows_explain_the_difference(reconciled: Any) -> None:
    """The amounts of the rows add up to the difference of the books, for each currency, to the cent."""
    explained: dict[str, Decimal] = defaultdict(Decimal)
    for row in reconciled["rows"]:
        explained[row["currency"]] += Decimal(row["amount"])
    for book in reconciled["totals"]:
        assert Decimal(book["target"]) - Decimal(book["source"]) == Decimal(book["difference"])
        assert explained.pop(book["currency"], Decimal(0)) == Decimal(book["difference"]), book
    assert not any(explained.values())


@pytest.fixture
def month(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Month]:
    with served(tmp_path, psohub={"invoices": 0}, xero={}) as systems:
        settings = {"auto_send": True, "psohub_mails": False, "push_statuses": ["sent"]}
        config = systems.config(tmp_path, settings=settings, more=f"business_unit: {OURS}")
        month = Month(Random(request.param), systems, config, Program(tmp_path))
        month.populate()
        yield month


@pytest.mark.parametrize("month", SEEDS, indirect=True)
def test_what_belongs_to_others_is_left_alone(month: Month) -> None:
    deeds = (
        month.sell,
        month.sell,
        month.change_a_sale,
        month.send_what_is_approved,
        month.pay,
        month.pay,
        month.void,
        month.edit,
    )
    for _ in range(EPISODES):
        month.check(month.run())
        for _ in range(month.random.randint(1, 4)):
            month.random.choice(deeds)()
    month.check(month.run())
    mailed = len(month.systems.emails())
    assert mailed > 0 or not month.mailable()
    month.check(month.run())
    assert len(month.systems.emails()) == mailed
