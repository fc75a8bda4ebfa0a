"""A case: a situation that people who do this job have met, played on both sandboxes.

The situations are kept outside the repository, in `shared/cases` beside the checkout; a test of one is
skipped where they are missing. PSOhub's rows are loaded as they are written. Xero's records are made as a
bookkeeper makes them, through Xero's API, so they get ids of their own: `Case.ids` leads from the case's ids
to those.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.drills.proxy import Fault, Proxy, proxies
from tests.e2e.program import ROOT, Program, Result
from tests.e2e.systems import Row, Systems, served

CASES = ROOT.parent / "shared" / "cases"
BASE = "NZD"  # the currency of the cases' books, with a tax of 15 %
RATE = 15
SETTINGS = {"rounding": "accept", "auto_send": False}  # beside those that every test config has
TIMES = 100_000
FOREIGN_CUSTOMER = "Bookkeeper's own customer"


@dataclass(slots=True)
class Case:
    """One situation: both systems with what the case says, a config for the shipped pack, and the program."""

    input: Path
    systems: Systems
    config: Path
    sync: Program
    proxies: Mapping[str, Proxy]
    ids: dict[str, str] = field(default_factory=dict)  # an id in the case's files -> the id in the sandbox

    def run(self, *options: str) -> Result:
        """`sync run`, with its report as JSON in `Result.json`; a crash of the program is a failed test."""
        return self.command("run", *options)

    def plan(self, *options: str) -> Result:
        return self.command("plan", *options)

    def command(self, verb: str, *arguments: str) -> Result:
        result = self.sync(verb, self.config, *arguments, "--output", "json")
        assert result.code != 3, result.err
        return result

    def text(self, verb: str, *arguments: str) -> Result:
        """A verb with its text for people."""
        result = self.sync(verb, self.config, *arguments)
        assert result.code != 3, result.err
        return result

    def held(self) -> list[Row]:
        """What `sync held` lists."""
        return list(self.command("held").json["held"])

    def read(self, name: str) -> Any:
        """One of the case's JSON files; amounts are exact."""
        return json.loads((self.input / name).read_text(encoding="utf-8"), parse_float=Decimal)

    def answer(self, system: str, name: str, **when: Any) -> Fault:
        """From now on the system gives the answer in a case's `.http` file to requests that match.

        `when`: method, path (without the API's base), query, holds (a text in the body), times; the first
        three may contain `*`.
        """
        fault = answer_of(self.input / name, **when)
        self.proxies[system].faults.append(fault)
        return fault

    def psohub_invoice(self, number: str) -> Row:
        """An invoice as PSOhub has it now, by its number."""
        return next(row for row in self.psohub_invoices() if row.get("InvoiceNumber") == number)

    def psohub_invoices(self) -> list[Row]:
        return self.systems.psohub_rows("invoices")

    def load_psohub(self, folder: str = "psohub") -> None:
        """Load `invoices.json`, `companies.json`, `contacts.json` and `projects.json`, those that there are.

        A customer that the case gives no row of its own gets one: PSOhub has every customer that it bills.
        """
        names = ("companies", "contacts", "projects", "invoices")
        rows: dict[str, list[Row]] = {
            name: self.read(f"{folder}/{name}.json")
            for name in names
            if (self.input / folder / f"{name}.json").exists()
        }
        known = {str(row.get("CompanyID")) for row in rows.get("companies", ())}
        billed = {str(row["CustomerID"]): row for row in rows.get("invoices", ()) if row.get("CustomerID")}
        rows["companies"] = rows.get("companies", []) + [
            {"CompanyID": row["CustomerID"], "CompanyName": row.get("CustomerName") or f"Customer {key}"}
            for key, row in billed.items()
            if key not in known
        ]
        self.systems.load(rows)

    def load_xero(self, folder: str = "xero") -> None:
        """Make what `contacts.json` and `invoices.json` say stands in Xero; archived contacts first."""
        contacts = self._xero(f"{folder}/contacts.json")
        for row in sorted(contacts, key=lambda row: row.get("ContactStatus") != "ARCHIVED"):
            self._add_contact(row)
        for row in self._xero(f"{folder}/invoices.json"):
            self.add_invoice(row)

    def _xero(self, name: str) -> list[Row]:
        return list(self.read(name)) if (self.input / name).exists() else []

    def _add_contact(self, row: Row) -> None:
        body = {name: value for name, value in row.items() if name not in ("ContactID", "ContactStatus")}
        (made,) = self.systems.put("Contacts", [body])
        self.ids[str(row.get("ContactID"))] = made["ContactID"]
        if row.get("ContactStatus") == "ARCHIVED":
            archived = {"ContactID": made["ContactID"], "ContactStatus": "ARCHIVED"}
            self.systems.post("Contacts", [archived])

    def add_invoice(self, row: Row) -> str:
        """A bookkeeper's own invoice with these totals; its id in the sandbox."""
        contact = str(row["Contact"]["ContactID"])
        if contact not in self.ids:
            self._add_contact({"ContactID": contact, "Name": row["Contact"].get("Name", FOREIGN_CUSTOMER)})
        tax = Decimal(row["Total"]) - Decimal(row["SubTotal"])
        line = {
            "Description": "By hand",
            "Quantity": 1,
            "UnitAmount": row["SubTotal"],
            "AccountCode": "200",
            "TaxAmount": tax,
        }
        names = ("Type", "InvoiceNumber", "Reference", "Date", "DueDate", "CurrencyCode", "LineAmountTypes")
        body = {name: row[name] for name in names if row.get(name)}
        body |= {"Contact": {"ContactID": self.ids[contact]}, "LineItems": [line], "Status": "AUTHORISED"}
        (made,) = self.systems.put("Invoices", [body])
        self.ids[str(row.get("InvoiceID"))] = made["InvoiceID"]
        return str(made["InvoiceID"])


def case_folder(name: str) -> Path:
    """The folder of a case; skips the test where it is missing."""
    if not (CASES / name).is_dir():
        pytest.skip(f"needs {name} in shared/cases beside the checkout")
    return CASES / name


@contextmanager
def opened(
    name: str,
    folder: Path,
    *,
    settings: Mapping[str, Any] | None = None,
    limits: Mapping[str, Any] | None = None,
    more: str = "",
    xero: Mapping[str, Any] | None = None,
    load: bool = True,
) -> Iterator[Case]:
    """Open the case with this name, e.g. `12-write-back-says-no`, in a folder of the test's own.

    `settings` and `limits` are added to the config's; `more` to the settings of its PSOhub connector;
    `xero` are options of the Xero sandbox. Without `load` both systems are empty, and `load_psohub` and
    `load_xero` fill them.
    """
    situation = case_folder(name)
    with served(folder, psohub={"invoices": 0}, xero=dict(xero or {})) as systems:
        keep_books_in(systems, BASE, RATE)
        with proxies(psohub=systems.psohub, xero=systems.xero) as between:
            config = systems.config(
                folder,
                settings={**SETTINGS, **(settings or {})},
                limits={"first_run_since": "2026-01-01", **(limits or {})},
                psohub=between["psohub"].origin,
                xero=between["xero"].origin,
                more=more,
            )
            case = Case(situation, systems, config, Program(folder), between)
            if load:
                case.load_psohub()
                case.load_xero()
            systems.reset()
            yield case


def keep_books_in(systems: Systems, currency: str, rate: int) -> None:
    """Change the sandbox's organisation to another base currency and rate of tax."""
    component = {"Name": "Tax", "Rate": rate, "IsCompound": False, "IsNonRecoverable": False}
    rates = {"EffectiveRate": rate, "DisplayTaxRate": rate, "TaxComponents": [component]}
    systems.books("Currencies", "USD", Code=currency)
    systems.books("TaxRates", "OUTPUT2", **rates)
    systems.books("Organisation", "Sandbox Consulting B.V.", BaseCurrency=currency)


def answer_of(file: Path, **when: Any) -> Fault:
    """The answer in an `.http` file (status line, headers, blank line, body) as a fault of a proxy."""
    head, _, body = file.read_bytes().replace(b"\r\n", b"\n").partition(b"\n\n")
    status, *lines = head.decode("ascii").splitlines()
    headers = dict(line.split(": ", 1) for line in lines)
    body = body.removesuffix(b"\n")
    return Fault(
        "answer_before",
        status=int(status.split(" ")[1]),
        headers=headers,
        body=body,
        **{"times": TIMES, **when},
    )
