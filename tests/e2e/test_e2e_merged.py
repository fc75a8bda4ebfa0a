"""Two contacts are merged in Xero: invoices go to the one that is left, and nothing looks edited."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.program import Program
from tests.e2e.systems import served


def test_invoices_go_to_the_heir_and_the_earlier_ones_are_no_drift(tmp_path: Path) -> None:
    with served(tmp_path, psohub={"invoices": 3, "customers": 1}, xero={}) as systems:
        config, sync = systems.config(tmp_path), Program(tmp_path)
        assert sync("run", config).code == 0
        before = systems.pushed()
        (away,) = {one["Contact"]["ContactID"] for one in before}
        (heir,) = systems.put("Contacts", [{"Name": "The Heir Ltd", "EmailAddress": "heir@plain.example"}])
        systems.merge(away, heir["ContactID"])
        quiet = sync("reconcile", config, "--output", "json")
        assert (quiet.code, quiet.json["reconcile"]["edited"]) == (0, 0), quiet.out
        row = systems.offered()[0]
        systems.add(
            **{**row, "InvoiceID": 41939771881679999, "InvoiceNumber": "INV-2026-0999", "ExternalID": " "}
        )
        ran = sync("run", config, "--output", "json")
        assert ran.code == 0, ran.out
        (new,) = [one for one in systems.pushed() if one["InvoiceID"] not in {o["InvoiceID"] for o in before}]
        assert new["Contact"]["ContactID"] == heir["ContactID"]
        assert any("was merged into The Heir Ltd" in notice for notice in ran.json["notices"])
        again = sync("run", config, "--output", "json")
        assert (again.code, again.json["notices"]) == (0, [])


def test_a_change_of_the_customer_goes_to_the_heir_without_the_number_that_stays_behind(
    tmp_path: Path,
) -> None:
    with served(tmp_path, psohub={"invoices": 2, "customers": 1}, xero={}) as systems:
        config, sync = systems.config(tmp_path), Program(tmp_path)
        assert sync("run", config).code == 0
        (away,) = {one["Contact"]["ContactID"] for one in systems.pushed()}
        number = {one["ContactID"]: one for one in systems.contacts()}[away]["ContactNumber"]
        (heir,) = systems.put("Contacts", [{"Name": "The Heir Ltd", "EmailAddress": "heir@plain.example"}])
        systems.merge(away, heir["ContactID"])
        (company,) = [one for one in systems.psohub_rows("companies") if str(one["CompanyID"]) == number]
        systems.load({"companies": [{**company, "City": "Nelson"}]})
        planned = sync("plan", config, "--output", "json")
        ran = sync("run", config, "--output", "json")
        assert (planned.code, ran.code) == (0, 0), ran.out
        for report in (planned, ran):
            assert report.json["flows"]["contacts"]["updated"] == 1
            (told,) = [one for one in report.json["notices"] if number in one and "not sent" in one]
            assert "ContactNumber" in told
        kept = {one["ContactID"]: one for one in systems.contacts()}[heir["ContactID"]]
        assert any(address.get("City") == "Nelson" for address in kept["Addresses"])
        assert not kept.get("ContactNumber")
        again = sync("run", config, "--output", "json")
        assert (again.code, again.json["notices"]) == (0, [])
        assert again.json["flows"]["contacts"]["unchanged"] == 1


def test_a_new_ledger_finds_the_heir_by_the_number_that_stays_behind(tmp_path: Path) -> None:
    with served(tmp_path, psohub={"invoices": 1, "customers": 1}, xero={}) as systems:
        sync = Program(tmp_path)
        (wanted,) = {str(row["CustomerID"]) for row in systems.offered()}
        away, heir = systems.put(
            "Contacts", [{"Name": "Away", "ContactNumber": wanted}, {"Name": "The Heir Ltd"}]
        )
        systems.merge(away["ContactID"], heir["ContactID"])
        config = systems.config(tmp_path, settings={"auto_send": False})
        planned = sync("plan", config, "--output", "json").json
        (change,) = [one for one in planned["changes"] if one["mapping"] == "contacts"]
        assert "ContactNumber" not in {one["path"] for one in change["diff"]}
        ran = sync("run", config, "--output", "json")
        assert (ran.code, ran.json["flows"]["contacts"]["adopted"]) == (0, 1), ran.out
        (invoice,) = systems.pushed()
        assert invoice["Contact"]["ContactID"] == heir["ContactID"]
        assert sync("run", config).code == 0


@pytest.mark.parametrize(
    ("into", "ledger"), [("of nobody", "lost"), ("of a customer", "lost"), ("of a customer", "kept")]
)
def test_customers_merged_into_one_contact_are_linked_to_it_again(
    tmp_path: Path, into: str, ledger: str
) -> None:
    with served(tmp_path, psohub={"invoices": 12, "customers": 3}, xero={}) as systems:
        sync = Program(tmp_path)
        config = systems.config(tmp_path)
        assert sync("run", config).code == 0
        contacts = {one["ContactNumber"]: one["ContactID"] for one in systems.contacts()}
        customers = sorted({str(row["CustomerID"]) for row in systems.offered()})
        assert len(customers) == 3
        if into == "of nobody":
            (made,) = systems.put("Contacts", [{"Name": "The Heir Ltd", "ContactNumber": "own"}])
            heir, merged = made["ContactID"], customers[:2]
        else:
            heir, merged = contacts[customers[2]], customers[:2]
        for customer in merged:
            systems.merge(contacts[customer], heir)
        for number, customer in enumerate(merged):
            row = next(row for row in systems.offered() if str(row["CustomerID"]) == customer)
            key = 41939771881679990 + number
            added = {"InvoiceID": key, "InvoiceNumber": f"INV-2026-099{number}", "ExternalID": " "}
            systems.add(**{**row, **added})
        if ledger == "lost":
            config = systems.config(tmp_path, name="fresh")
        else:
            for customer in merged:
                assert sync("unlink", config, f"psohub.companies/{customer}").code == 0
        planned = sync("plan", config, "--output", "json")
        assert planned.json["held"] == []
        ran = sync("run", config, "--output", "json")
        assert ran.code == 0, ran.out
        made_now = [one for one in systems.pushed() if one.get("Reference", "").startswith("INV-2026-099")]
        assert [one["Contact"]["ContactID"] for one in made_now] == [heir, heir]
        assert ran.json["flows"]["contacts"]["adopted"] == (3 if ledger == "lost" else 2)
        told = [notice for notice in ran.json["notices"] if "merged" in notice]
        assert len(told) == 2
        assert told == [notice for notice in planned.json["notices"] if "merged" in notice]
        again = sync("run", config, "--output", "json")
        assert (again.code, again.json["notices"], again.json["reconcile"]["rows"]) == (0, [], [])
