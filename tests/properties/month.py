"""A month in both systems: what strangers have in Xero, what people do in between the runs, and the runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from engine.ledger import open_ledger
from tests.e2e.program import Program, Result
from tests.e2e.systems import Row, Systems
from tests.properties.sales import (
    CENT,
    COMPANY,
    NAMES,
    ODD,
    OURS,
    QUIET,
    Odd,
    Sale,
    amounts,
    companies,
    projects,
    sale,
    tax_number,
)

IN_DOUBT = "in_doubt"
DRIFT = ("missing", "deleted", "voided", "edited", "cents", "unpaid")


@dataclass(slots=True)
class Month:
    """Both systems, and what is known of them from the outside."""

    random: Random
    systems: Systems
    config: Path
    sync: Program
    strangers: dict[str, Row] = field(default_factory=dict)  # documents in Xero that others made, by id
    sales: dict[int, Sale] = field(default_factory=dict)  # by PSOhub's id
    plain: set[int] = field(default_factory=set)  # those that must arrive in Xero
    number: int = 0
    edits: int = 0
    last: Any = None  # the last run's JSON
    unlinked: set[str] = field(default_factory=set)  # what was: sync knows less of what was sent to it
    not_mailed: set[str] = field(default_factory=set)  # invoices of which a run has said so
    _other: str = ""  # the id of a contact that is no customer of ours

    @property
    def rows(self) -> dict[int, Row]:
        return {key: sale.row for key, sale in self.sales.items()}

    def ours(self) -> dict[int, Row]:
        return {key: sale.row for key, sale in self.sales.items() if sale.unit == OURS}

    # -- what is in both systems at the start

    def populate(self) -> None:
        self.systems.load({"companies": companies(), "projects": projects()})
        (other,) = self.systems.put("Contacts", [{"Name": "Somebody else entirely"}])
        self._other = other["ContactID"]
        for index in range(len(NAMES)):
            if index not in QUIET:
                self._make_namesake(index)
        for odd in (*ODD, *[None] * 6):
            self.sell(odd)

    def _make_namesake(self, index: int) -> None:
        """A contact that is, or only looks like, one of our customers: active, archived or merged."""
        name = NAMES[index]
        spelled = self.random.choice([f"{name} Ltd", f"{name.upper()}  LTD", f"{name} Limited"])
        contact: Row = {
            "Name": " ".join(spelled.split()),
            "EmailAddress": f"boss{index}@shop.example",
            "ContactPersons": [
                {"FirstName": "Pat", "EmailAddress": f"pat{index}@shop.example", "IncludeInEmails": True}
            ],
        }
        number = self.random.choice(["", tax_number(index), tax_number(index), "NL999999999B99"])
        if number:
            contact["TaxNumber"] = number
        (made,) = self.systems.put("Contacts", [contact])
        if (fate := self.random.random()) < 0.2:
            archived = {"ContactID": made["ContactID"], "ContactStatus": "ARCHIVED"}
            self.systems.post("Contacts", [archived])
        elif fate < 0.4:
            (heir,) = self.systems.put("Contacts", [{"Name": f"{name} Group {index}"}])
            self.systems.merge(made["ContactID"], heir["ContactID"])

    def shadow(self, row: Row) -> None:
        """A stranger's document under the number of an invoice: it differs in one thing that must agree."""
        line = row["InvoiceLines"][0]
        body: Row = {
            "Type": "ACCREC",
            "Contact": {"ContactID": self._contact_of(row)},
            "Date": row["InvoiceDate"][:10],
            "DueDate": "2026-10-30",
            "LineItems": [
                {
                    "Description": "By hand",
                    "Quantity": 2,
                    "UnitAmount": line["UnitPrice"],
                    "AccountCode": "200",
                    "TaxType": "OUTPUT2",
                }
            ],
            "Status": "AUTHORISED",
            "CurrencyCode": "EUR",
        }
        differs = self.random.choice(["Contact", "CurrencyCode", "UnitAmount"])
        if differs == "Contact":
            body["Contact"] = {"ContactID": self._other}
        elif differs == "CurrencyCode":
            body["CurrencyCode"] = "GBP"
        else:
            body["LineItems"][0]["UnitAmount"] += self.random.choice([CENT, Decimal(100)])
        body |= {self.random.choice(["Reference", "InvoiceNumber"]): row["InvoiceNumber"]}
        if any(one["InvoiceNumber"] == body.get("InvoiceNumber") for one in self.systems.pushed()):
            return
        (made,) = self.systems.put("Invoices", [body])
        self.strangers[made["InvoiceID"]] = made

    def _contact_of(self, row: Row) -> str:
        """The contact that a customer is, or may become; another one if it has none yet."""
        wanted = str(row["CustomerName"]).casefold()
        found = [
            contact["ContactID"]
            for contact in self.systems.contacts()
            if contact["Name"].casefold() == wanted and contact.get("ContactStatus") == "ACTIVE"
        ]
        return found[0] if found else self._other

    # -- what people do in PSOhub

    def sell_something(self) -> None:
        self.sell(self.random.choice([None, None, self.random.choice(ODD)]))

    def sell(self, odd: Odd | None) -> None:
        self.number += 1
        made = sale(self.random, self.number, [*self.rows.values()], odd)
        key = made.row["InvoiceID"]
        numbers = {row["InvoiceNumber"] for row in self.rows.values()}
        self.sales[key] = made
        if made.row["InvoiceNumber"] in numbers:
            self.plain -= {
                one for one, row in self.rows.items() if row["InvoiceNumber"] == made.row["InvoiceNumber"]
            }
        elif made.plain:
            self.plain.add(key)
        if _may_be_shadowed(made.row) and self.random.random() < 0.3:
            self.shadow(made.row)
            self.plain.discard(key)
        self.systems.load({"invoices": [made.row]})

    def change_a_sale(self) -> None:
        ours = [key for key, row in self.ours().items() if row["InvoiceCurrencyCode"] == "EUR"]
        ours = [key for key in ours if self.rows[key]["TotalAmountIncVAT"] > 0]
        if ours:
            self._edit(self.random.choice(ours), amounts(Decimal(self.random.randint(1, 400))))

    def send_what_is_approved(self) -> None:
        for key, row in self.rows.items():
            if row["InvoiceStatus"] in ("Approved", "Draft"):
                self._edit(key, {"InvoiceStatus": "Sent"})

    def _edit(self, key: int, change: Row) -> None:
        self.sales[key].row.update(change)
        self.systems.edit(key, **change)

    # -- what people do in Xero

    def documents(self) -> list[Row]:
        """What sync has made in Xero: invoices, and credit notes."""
        made = self.systems.pushed() + self.systems.credited()
        return [row for row in made if row.get("InvoiceID") not in self.strangers]

    def open_invoices(self) -> list[Row]:
        return [row for row in self.documents() if row["Status"] == "AUTHORISED" and "InvoiceID" in row]

    def pay(self) -> None:
        if payable := [row for row in self.open_invoices() if row["AmountDue"] > CENT]:
            row = self.random.choice(payable)
            self.systems.pay(
                row["InvoiceID"], (row["AmountDue"] / self.random.choice([1, 1, 2])).quantize(CENT)
            )

    def void(self) -> None:
        unpaid = [
            row for row in self.open_invoices() if not row["AmountPaid"] and not row.get("AmountCredited")
        ]
        if unpaid:
            self.systems.change(self.random.choice(unpaid)["InvoiceID"], Status="VOIDED")

    def edit(self) -> bool:
        """Change the due date of an invoice that sync knows. Returns whether there is one."""
        links = self.links()
        linked = {links[source].partition("/")[2] for source in links.keys() - self.unlinked}
        if known := [row for row in self.open_invoices() if row["InvoiceID"] in linked]:
            self.edits += 1
            due = f"2026-11-{self.edits:02}"
            self.systems.change(self.random.choice(known)["InvoiceID"], DueDate=due)
        return bool(known)

    def merge_contacts(self) -> None:
        """A bookkeeper merges a customer of ours into another contact."""
        quiet = {f"{NAMES[index]} Ltd" for index in QUIET}
        live = [
            row
            for row in self.systems.contacts()
            if row.get("ContactStatus") == "ACTIVE"
            and row["Name"] not in quiet
            and row["ContactID"] != self._other
        ]
        if len(live) > 1:
            away, into = self.random.sample(live, 2)
            self.systems.merge(away["ContactID"], into["ContactID"])

    def archive_a_contact(self) -> None:
        numbers = {str(COMPANY + index) for index in range(len(NAMES)) if index not in QUIET}
        live = [row for row in self.systems.contacts() if row.get("ContactNumber") in numbers]
        if active := [row for row in live if row.get("ContactStatus") == "ACTIVE"]:
            contact = {
                "ContactID": self.random.choice(active)["ContactID"],
                "ContactStatus": "ARCHIVED",
            }
            self.systems.post("Contacts", [contact])

    # -- what people decide with sync

    def accept(self) -> None:
        rows = [
            row for row in self._reported("rows") if row["source"] and row["kind"] in ("voided", "edited")
        ]
        if rows:
            self.say("accept", self.random.choice(rows)["source"], "--why", "agreed")

    def dismiss(self) -> None:
        if held := [row for row in self._held() if row["address"].startswith("psohub.invoices/")]:
            address = self.random.choice(held)["address"]
            self.say("held", "dismiss", address, "--why", "it is all right")
            self.plain.discard(int(address.partition("/")[2]))

    def retry(self) -> None:
        """A person says that another document is to be created, next to what looks the same."""
        if held := [row for row in self._held() if row["code"] != IN_DOUBT]:
            self.say("held", "retry", self.random.choice(held)["address"])

    def unlink(self) -> None:
        """A link is undone, and at times restored by hand."""
        links = self.links()
        if links:
            source, target = self.random.choice(sorted(links.items()))
            self.say("unlink", f"psohub.invoices/{source}")
            self.unlinked.add(source)
            again = self.random.random() < 0.5
            if not again or self.say("link", f"psohub.invoices/{source}", target).code != 0:
                self.plain.discard(int(source))  # what has changed since, or is paid, is not adopted again

    def _held(self) -> list[Row]:
        return list(self.sync("held", self.config, "--output", "json").json["held"]) if self.last else []

    def _reported(self, what: str) -> list[Row]:
        return list(self.last["reconcile"][what]) if self.last and self.last.get("reconcile") else []

    def say(self, verb: str, *arguments: str) -> Result:
        """A command about single records; it may be refused, in a sentence."""
        words = [verb]
        if verb == "held":
            words, arguments = [verb, arguments[0]], arguments[1:]
        result = self.sync(*words, self.config, *arguments)
        assert result.code in (0, 1, 2), result.err
        return result

    # -- runs

    def run(self) -> Result:
        result = self.sync("run", self.config, "--output", "json")
        self.last = result.json
        not_done = self.last.get("actions_not_done") or ()
        self.not_mailed |= {row["address"].partition("/")[2] for row in not_done if row["verb"] == "email"}
        return result

    def settle(self) -> None:
        """People look at all that the last run has reported, and say that it is all right."""
        drift = [row for row in self._reported("rows") if row["kind"] in DRIFT and row["accepted"] is None]
        if drift:
            self.say("accept", *{row["source"] for row in drift}, "--why", "agreed")
        for row in self._held():
            if row["verb"] == "write":
                self.say("held", "dismiss", row["address"], "--why", "agreed")
            else:
                self.say("held", "drop", row["address"])

    def links(self) -> dict[str, str]:
        """The documents that the ledger links: PSOhub's id -> address in Xero."""
        ledger = open_ledger(f"sqlite:///{self.config.with_suffix('.db')}", read_only=True)
        try:
            return {
                link.address.key: str(link.target)
                for name in ("invoices", "credit-notes")
                for link in ledger.links.all(name)
            }
        finally:
            ledger.close()

    def deeds(self) -> list[Callable[[], object]]:
        """What may happen in between two runs, the more frequent more than once."""
        return [
            *(
                self.sell_something,
                self.sell_something,
                self.sell_something,
                self.change_a_sale,
                self.send_what_is_approved,
            ),
            *(self.pay, self.pay, self.void, self.edit, self.merge_contacts, self.archive_a_contact),
            *(self.accept, self.dismiss, self.retry, self.unlink),
        ]


def _may_be_shadowed(row: Row) -> bool:
    """Whether Xero takes the same document from somebody else."""
    return str(row["InvoiceDate"]).startswith("2026-09") and row["TotalAmountExVAT"] > 0
