"""The connector against the sandbox."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from engine.sdk import (
    Address,
    Batch,
    InDoubtError,
    Part,
    RequestRefusedError,
    SignInError,
    System,
    UnavailableError,
)
from tests.connectors.psohub.psohub_kit import Company, notices, records, served, unusable


def update(key: str, **body: str) -> Batch:
    part = Part(Address("xero", "invoices", "x"), body, key)
    return Batch("invoices", "update", "k", (part,), datetime.now(UTC))


def test_invoices_come_once_each_queue_first(company: Company, psohub: System) -> None:
    company.requests()
    found = records(psohub.source.read("invoices"))
    assert len({one.address for one in found}) == len(found) >= 40
    assert {one.values["status"] for one in found} <= {"draft", "approved", "sent", "paid"}
    # Both are equally long, as none has an external id yet: four statuses prove that neither is cut off.
    assert ["noexternalid" in str(one) for one in company.requests()] == [False, *[True] * 5]
    assert psohub.source.requests == 6
    assert notices(psohub.source.read("invoices")) == []
    assert psohub.source.requests == 6, "read once, until something is written"
    psohub.target.write(update(found[0].address.key))
    assert notices(psohub.source.read("invoices")) == [], "what was proved once need not be proved again"


def test_only_what_paths_ask_for_is_joined(company: Company, psohub: System) -> None:
    paths = frozenset({"number", "customer.name", "project.due_days", "lines.gl_account"})
    company.requests()
    found = records(psohub.source.read("invoices", paths=paths))
    for one in found:
        assert one.values["customer"]["id"] == one.values["customer_id"]
        assert one.values["project"]["id"] == one.values["project_id"]
        assert not {"contact", "pdf"} & one.values.keys()
    asked = [one["path"].rpartition("/")[2] for one in company.requests()]
    assert [asked.count(name) for name in ("companies", "contacts", "projects")] == [1, 0, 1]


def test_document_comes_where_it_is_asked_for(psohub: System) -> None:
    (one, *_) = records(psohub.source.read("invoices", paths=frozenset({"pdf"})))
    assert one.values["pdf"].startswith("JVBERi")


def test_few_companies_are_asked_for_one_by_one_and_many_as_a_list(company: Company, psohub: System) -> None:
    everyone = [one.address.key for one in records(psohub.source.read("companies"))]
    company.requests()
    few = records(psohub.source.read("companies", keys=[*everyone[:3], "999"]))
    assert [one.address.key for one in few] == sorted(everyone[:3])
    assert len(company.requests()) == 4
    many = records(psohub.source.read("companies", keys=everyone[:12]))
    assert {one.address.key for one in many} == set(everyone[:12])
    assert len(company.requests()) == 1
    assert list(psohub.source.read("companies", keys=[])) == []


def test_people_of_companies_are_joined_with_one_call(company: Company, psohub: System) -> None:
    company.requests()
    found = records(psohub.source.read("companies", paths=frozenset({"contacts.email", "email"})))
    assert len(company.requests()) == 2
    with_people = [one.values for one in found if "contacts" in one.values]
    assert with_people
    for values in with_people:
        assert all(person["company_id"] == values["id"] for person in values["contacts"])
        emails = [person["email"] for person in values["contacts"] if "email" in person]
        assert values.get("email") == (emails[0] if emails else None)


def test_contacts_and_projects_are_read(psohub: System) -> None:
    people, projects = records(psohub.source.read("contacts")), records(psohub.source.read("projects"))
    assert all("company_id" in one.values for one in people)
    some = projects[0].address.key
    assert [one.address.key for one in records(psohub.source.read("projects", keys=[some]))] == [some]
    assert [
        one.address.key for one in records(psohub.source.read("contacts", keys=[people[0].address.key]))
    ] == [people[0].address.key]


def test_full_queue_is_worked_through_by_status_and_told(company: Company) -> None:
    psohub = company.open(limit=8)
    company.requests()
    found = list(psohub.source.read("invoices"))
    psohub.source.close()
    assert notices(found) == ["queue_full", "cut_off"]
    asked = [str(one) for one in company.requests()]
    assert ["approved" in one for one in asked].count(True) == 1
    assert len(asked) == 5
    assert len(records(found)) > 8


def test_limit_that_is_not_heard_is_noticed(tmp_path: Path) -> None:
    """(connectors/psohub/API.md, 8.12)"""
    with served(tmp_path / "p.db", invoices=70, limit_cap=50) as company:
        psohub = company.open()
        assert "queue_full" in notices(psohub.source.read("invoices"))
        psohub.source.close()


def test_limit_that_is_refused_is_asked_for_lower(company: Company, psohub: System) -> None:
    company.fault("status", "companies", status=400, body='{"message": "limit is at most 1000"}')
    company.requests()
    assert records(psohub.source.read("companies"))
    assert [one["query"] for one in company.requests()] == ["limit=100000", "limit=1000"]


@pytest.mark.parametrize("cap", [7, 37, 100])
def test_cap_of_any_size_is_noticed(tmp_path: Path, cap: int) -> None:
    with served(tmp_path / "p.db", invoices=150, limit_cap=cap) as company:
        psohub = company.open()
        assert "queue_full" in notices(psohub.source.read("invoices"))
        psohub.source.close()


@pytest.mark.parametrize("invoices", [1, 5, 6, 12, 50, 63])
def test_a_first_run_with_all_invoices_in_the_queue_is_not_cut_off(tmp_path: Path, invoices: int) -> None:
    with served(tmp_path / "p.db", invoices=invoices) as company:
        psohub = company.open()
        read = list(psohub.source.read("invoices"))
        assert "queue_full" not in notices(read)
        assert "cut_off" not in notices(read)
        company.requests()
        assert notices(psohub.source.read("invoices")) == []
        assert len(company.requests()) <= 2  # a length that was found complete is not examined again
        psohub.source.close()


@pytest.mark.parametrize("cap", [1, 4])
def test_a_record_that_a_short_list_lacks_is_asked_for(tmp_path: Path, cap: int) -> None:
    with served(tmp_path / "p.db", invoices=40) as company:
        psohub = company.open()
        everyone = [one.address.key for one in records(psohub.source.read("companies"))][:14]
        psohub.source.close()
    with served(tmp_path / "p.db", invoices=40, limit_cap=cap) as company:
        psohub = company.open(single_reads=3)
        found = records(psohub.source.read("companies", keys=[*everyone, "1", "2", "3"]))
        assert {one.address.key for one in found} == set(everyone)
        psohub.source.close()


def test_what_a_complete_list_lacks_is_asked_for_a_few_times_only(company: Company) -> None:
    psohub = company.open(single_reads=3)
    company.requests()
    assert records(psohub.source.read("companies", keys=[str(key) for key in range(1, 20)])) == []
    assert len(company.requests()) == 4  # the list, and three of them alone
    psohub.source.close()


def test_related_records_are_read_once_while_the_system_is_open(company: Company, psohub: System) -> None:
    everyone = [one.address.key for one in records(psohub.source.read("companies"))]
    paths = frozenset({"name", "email"})
    company.requests()
    for _ in range(3):
        found = records(psohub.source.read("companies", keys=everyone[:12], paths=paths))
        assert {one.address.key for one in found} == set(everyone[:12])
    assert len(company.requests()) == 2  # companies, contacts


def test_single_reads_are_added_up_until_a_list_is_cheaper(company: Company) -> None:
    psohub = company.open(single_reads=4)
    everyone = [one.address.key for one in records(psohub.source.read("companies"))]
    company.requests()
    for start in (0, 3, 6):
        list(psohub.source.read("companies", keys=everyone[start : start + 3]))
    psohub.source.close()
    assert ["companyid" in str(one) for one in company.requests()] == [True, True, True, False]


def test_external_id_and_paid_are_written_back(company: Company, psohub: System) -> None:
    one = records(psohub.source.read("invoices"))[0]
    (receipt,) = psohub.target.write(update(one.address.key, external_id="XI-1", status="paid"))
    assert (receipt.outcome, receipt.target_id) == ("done", one.address.key)
    assert receipt.observed["external_id"] == "XI-1"
    (again,) = records(psohub.source.read("invoices", keys=[one.address.key]))
    assert (again.values["status"], again.values["external_id"]) == ("paid", "XI-1")
    (hits,) = psohub.target.find("invoices", [{"number": one.values["number"]}])
    assert [hit.address for hit in hits] == [one.address]
    assert [hit.address for hit in psohub.target.find("invoices", [{"external_id": "XI-1"}])[0]] == [
        one.address
    ]


def test_refusals_are_receipts_in_psohubs_words(psohub: System) -> None:
    (unknown,) = psohub.target.write(update("12345", external_id="x"))
    assert unknown.outcome == "refused"
    assert "There is no record with InvoiceID 12345" in unknown.reason
    part = Part(Address("xero", "invoices", "x"), {}, None)
    (create,) = psohub.target.write(Batch("invoices", "create", "k", (part,), datetime.now(UTC)))
    assert create.outcome == "refused"
    assert [one.outcome for one in psohub.actions.act(update("1"))] == ["refused"]


def test_write_without_an_answer_is_in_doubt_and_not_repeated(company: Company, psohub: System) -> None:
    one = records(psohub.source.read("invoices"))[1]
    company.fault("drop_after", "invoice")
    company.requests()
    with pytest.raises(InDoubtError):
        psohub.target.write(update(one.address.key, external_id="XI-2"))
    assert len(company.requests()) == 1
    assert psohub.target.find("invoices", [{"external_id": "XI-2"}])[0]


def test_answer_that_is_no_json_names_the_call(company: Company, psohub: System) -> None:
    company.fault("status", "companies", status=200, body='"CompanyName": "Acme", "CompanyID": 1')
    with pytest.raises(
        UnavailableError,
        match=r"GET companies cannot be read: it is not JSON at line 1, column 14.*CompanyName",
    ):
        list(psohub.source.read("companies"))


def test_invoice_with_an_unreadable_field_is_unusable_if_it_is_read(company: Company) -> None:
    company.add(InvoiceNumber="BROKEN", TotalAmountExVAT="much")
    psohub = company.open()
    found = list(psohub.source.read("invoices", paths=frozenset({"number", "total_ex_vat"})))
    (broken,) = unusable(found)
    assert (broken.title, broken.address.stream, broken.unknown) == (
        "BROKEN",
        "invoices",
        frozenset({"total_ex_vat"}),
    )
    assert broken.reason.startswith('total_ex_vat: expected a number such as 1234.56, found "much"')
    assert "BROKEN" not in {one.values.get("number") for one in records(found)}
    other = list(psohub.source.read("invoices", paths=frozenset({"number"})))
    assert not unusable(other), "a mapping that does not read the field does not miss it"
    psohub.source.close()


def test_every_row_without_a_readable_id_is_told(company: Company, psohub: System) -> None:
    rows = [{"InvoiceID": True}, {"InvoiceID": 1.5}, {"InvoiceID": 7}, {"InvoiceNumber": "INV-9"}]
    for _ in range(2):  # the queue, and the list
        company.fault("status", "invoices", status=200, body=json.dumps(rows))
    found = list(psohub.source.read("invoices"))
    assert [one.values["id"] for one in records(found)] == ["7"]
    without = unusable(found)
    assert len({one.address for one in without}) == len(without) == 3
    assert without[2].address.key == without[2].title == "INV-9"
    assert all("id: it has no InvoiceID" in one.reason or "expected an id" in one.reason for one in without)


@pytest.mark.parametrize(
    ("status", "advice"), [(401, "check access_token"), (403, "check the scopes"), (412, "proxy or gateway")]
)
def test_what_is_denied_comes_with_advice(company: Company, status: int, advice: str) -> None:
    psohub = company.open()
    company.fault("status", "companies", status=status, body='{"message": "no"}')
    with pytest.raises(SignInError, match=f"PSOhub answered {status}: no; .*{advice}"):
        list(psohub.source.read("companies"))
    psohub.source.close()


def test_check_shows_psohubs_own_words(company: Company, psohub: System) -> None:
    assert psohub.source.check() == []
    wrong = company.open(access_token="no-such-token")
    (finding,) = wrong.source.check()
    assert finding.code == "sign_in"
    assert finding.message.startswith("PSOhub answered 401: The access token is missing or not valid; ")
    assert "check access_token" in finding.message
    lost = company.open(api_url=company.origin)
    with pytest.raises(RequestRefusedError, match="GET companies"):
        list(lost.source.read("companies"))
    for system in (wrong, lost):
        system.source.close()


@pytest.mark.parametrize(
    ("known", "unit", "same"),
    [
        ("127.0.0.1 Acme Consulting", "2", True),
        ("127.0.0.1", "2", True),
        ("127.0.0.1 2", "2", True),
        ("127.0.0.1 1", "2", False),
        ("127.0.0.1 2", None, False),
        ("psohub.example Acme", "2", False),
    ],
)
def test_ledger_of_a_unit_goes_on_under_its_id(company: Company, known: str, unit: str, same: bool) -> None:
    psohub = company.open(business_unit=unit)
    assert psohub.source.continues(known) is same
    psohub.source.close()


def test_standing_and_identity(company: Company) -> None:
    psohub = company.open(business_unit="Acme Consulting")
    assert psohub.source.identity() == "127.0.0.1 Acme Consulting"
    standing = psohub.books.standing("invoices", {"status": "paid", "total_inc_vat": 121, "currency": "EUR"})
    assert standing is not None
    assert (standing.state, standing.paid) == ("paid", Decimal(121))
    long = psohub.books.standing("invoices", {"status": "sent", "total_inc_vat": Decimal("1729.40500001")})
    assert long is not None
    assert (str(long.total), long.paid) == ("1729.41", Decimal(0))
    assert psohub.books.standing("companies", {}) is None
    assert psohub.source.quotas() == {}
    psohub.source.close()
