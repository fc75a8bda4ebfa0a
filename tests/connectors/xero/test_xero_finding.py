from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from urllib.parse import quote

import pytest

from connectors.xero.client import Row
from connectors.xero.finding import can_search_for, equality
from connectors.xero.listing import later
from connectors.xero.resource import filters
from connectors.xero.streams import CONTACTS
from engine.sdk import Page, System
from tests.connectors.xero.bodies_kit import invoice
from tests.connectors.xero.xero_kit import Books, batch


def test_filters_hold_25_equalities_and_stay_short() -> None:
    found = list(filters([equality("Reference", f"INV-{at}") for at in range(60)]))
    assert [one.count("==") for one in found] == [25, 25, 10]
    long = list(filters([equality("Name", "ü" * 60 + str(at)) for at in range(9)]))
    assert len(long) == 3
    assert all(len(quote(one)) < 1600 for one in long)
    assert sum(one.count("==") for one in long) == 9


def test_day_is_asked_for_as_a_range() -> None:
    assert equality("Date", date(2026, 1, 5)) == "(Date>=DateTime(2026,01,05) AND Date<=DateTime(2026,01,05))"


@pytest.mark.parametrize("value", ['Bat "Q" Man', "back\\slash", "tab\t", "x" * 900, " ", "line\nbreak"])
def test_what_no_filter_can_hold_is_not_put_into_one(value: str) -> None:
    assert not can_search_for(CONTACTS, "Name", value)


def test_number_that_looks_like_a_path_or_an_id_is_not_put_into_the_address() -> None:
    assert can_search_for(CONTACTS, "ContactNumber", "14073748838924974")
    assert not can_search_for(CONTACTS, "ContactNumber", "a/b")
    assert not can_search_for(CONTACTS, "ContactNumber", "5a9d0b0e-0c1f-4e5c-9d6a-7b1f3c2e8a41")


@pytest.fixture(scope="module")
def customers(books: Books) -> dict[str, str]:
    """Contacts that stand there, by name."""
    xero = books.open()
    names = [
        *(f"Customer {at}" for at in range(60)),
        'Bat "Q" Man',
        "Müller & Söhne + Co",
        "Gone",
        "Merged",
        "Heir",
    ]
    bodies = [{"Name": name, "ContactNumber": f"n{at}"} for at, name in enumerate(names)]
    bodies[0]["TaxNumber"] = "NL1"
    bodies[1]["EmailAddress"] = "one@example.com"
    bodies[2]["AccountNumber"] = "ACC-2"
    ids: dict[str, str] = {}
    for start in range(0, len(bodies), 50):
        some = bodies[start : start + 50]
        for body, receipt in zip(some, xero.target.write(batch("contacts", "create", some)), strict=True):
            assert receipt.outcome == "done", receipt
            assert receipt.target_id
            ids[body["Name"]] = receipt.target_id
    xero.target.write(batch("contacts", "update", [{"ContactStatus": "ARCHIVED"}], [ids["Gone"]]))
    books.merge(ids["Merged"], ids["Heir"])
    xero.source.close()
    return ids


def names(found: object) -> list[list[str]]:
    return [[one.values["Name"] for one in row] for row in found]  # type: ignore[attr-defined]


def test_contacts_are_found_by_what_rules_name(xero: System, customers: dict[str, str]) -> None:
    rules = [
        {"Name": "customer  7"},
        {"ContactNumber": "n8"},
        {"EmailAddress": "one@example.com"},
        {"AccountNumber": "ACC-2"},
        {"ContactID": customers["Heir"].upper()},
        {"Name": "Customer 1", "TaxNumber": "NL1"},
        {"Name": "Müller & Söhne + Co"},
        {"Name": "Nobody"},
        {"TaxNumber": ""},
        {},
    ]
    assert names(xero.target.find("contacts", rules)) == [
        ["Customer 7"], ["Customer 8"], ["Customer 1"], ["Customer 2"], ["Heir"], [],
        ["Müller & Söhne + Co"], [], [], [],
    ]  # fmt: skip


def test_archived_contacts_are_found_and_merged_ones_are_followed(
    xero: System, customers: dict[str, str]
) -> None:
    rules = [{"Name": "Gone"}, {"Name": "Merged"}, {"ContactNumber": "n63"}]
    found = xero.target.find("contacts", rules)
    assert names(found) == [["Gone"], ["Heir"], ["Heir"]]
    through = [record.through.values["Name"] if record.through else None for (record,) in found]
    assert through == [None, "Merged", "Merged"]


@pytest.mark.parametrize(
    "name",
    [
        "MÜLLER & SÖHNE + CO",
        "Mu\u0308ller & So\u0308hne + Co",
        "\ufeffMüller\u200b & Söhne + Co",
        " Müller  &\tSöhne + Co ",
        "Müller ＆ Söhne + Co",
    ],
)
def test_names_are_found_as_people_read_them(xero: System, customers: dict[str, str], name: str) -> None:
    assert names(xero.target.find("contacts", [{"Name": name}])) == [["Müller & Söhne + Co"]]


@pytest.fixture
def long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list was read too long ago to be searched without asking for what changed."""
    monkeypatch.setattr("connectors.xero.listing.FRESH", 0.0)


def test_a_fresh_list_is_searched_without_a_request(books: Books, customers: dict[str, str]) -> None:
    xero = books.open(page_size=20)
    rules = [{"Reference": f"FRESH-{at}"} for at in range(60)]  # more than a few filters hold
    assert not any(xero.target.find("invoices", rules))
    assert names(xero.target.find("contacts", [{"Name": "heir"}])) == [["Heir"]]
    assert xero.target.write(batch("contacts", "create", [{"Name": "Fresh Newcomer"}]))[0].target_id
    documents(xero, customers["Heir"], ["FRESH-7"])
    books.requests()
    assert names(xero.target.find("contacts", [{"Name": "fresh newcomer"}])) == [["Fresh Newcomer"]]
    found = xero.target.find("invoices", rules)
    assert [len(records) for records in found] == [int(at == 7) for at in range(60)]
    assert "LineItems" in found[7][0].values  # the document, not what is kept of it
    asked = [one["query"] for one in books.requests()]
    assert len(asked) == 1
    assert "IDs=" in asked[0]
    xero.source.close()


@pytest.mark.usefixtures("long_ago")
def test_the_list_of_contacts_is_read_once_and_then_kept_up_to_date(
    books: Books, customers: dict[str, str]
) -> None:
    xero = books.open(page_size=20)
    books.clock(3600)
    assert xero.target.write(batch("contacts", "create", [{"Name": "Newcomer"}]))[0].target_id
    assert names(xero.target.find("contacts", [{"Name": "newcomer"}])) == [["Newcomer"]]
    books.requests()
    assert xero.target.write(batch("contacts", "create", [{"Name": "Latecomer"}]))[0].target_id
    assert names(xero.target.find("contacts", [{"Name": "latecomer"}, {"Name": "Heir"}])) == [
        ["Latecomer"],
        ["Heir"],
    ]
    asked = [one for one in books.requests() if one["path"].endswith("Contacts") and one["method"] == "GET"]
    xero.source.close()
    assert len(asked) == 1


def documents(xero: System, customer: str, references: list[str]) -> None:
    for reference in references:
        body = invoice(customer, reference)
        assert xero.target.write(batch("invoices", "create", [body]))[0].target_id


@pytest.mark.parametrize("more", [0, 60], ids=["by filter", "in the list"])
@pytest.mark.parametrize("wanted", ["PSO-0007", "PSO\u20110007"])
def test_a_reference_is_found_whatever_its_hyphens(
    books: Books, customers: dict[str, str], wanted: str, more: int
) -> None:
    xero = books.open()
    documents(xero, customers["Heir"], ["PSO-0007"])
    others = [{"Reference": f"{wanted} {at}"} for at in range(more)]
    found = xero.target.find("invoices", [{"Reference": wanted}, *others])
    assert found[0]
    assert {record.values["Reference"] for record in found[0]} == {"PSO-0007"}
    assert not any(found[1:])
    xero.source.close()


@pytest.mark.usefixtures("long_ago")
def test_later_searches_of_a_run_ask_only_for_what_changed(books: Books, customers: dict[str, str]) -> None:
    """Rounds of a work queue: what the run itself has written long ago does not come again each time."""
    xero, other = books.open(page_size=5), books.open()
    customer = customers["Heir"]
    round_by_round = [[f"round {number}, {at}" for at in range(80)] for number in range(3)]
    rules = [[{"Reference": name} for name in names] for names in round_by_round]
    assert not any(xero.target.find("invoices", rules[0]))
    documents(xero, customer, round_by_round[0][:3])
    books.clock(60)
    assert not any(xero.target.find("invoices", rules[1]))  # shows those of the first round
    books.clock(120)
    documents(xero, customer, round_by_round[1][:2])
    documents(other, customer, [round_by_round[2][5]])  # a stranger's
    books.requests()
    found = xero.target.find("invoices", rules[2])
    assert [[one.values["Reference"] for one in row] for row in found if row] == [[round_by_round[2][5]]]
    (asked, *single) = [one for one in books.requests() if one["path"].endswith("/Invoices")]
    assert "page=1" in asked["query"]
    assert len(single) <= 1  # the one that was found, with its lines
    xero.source.close()
    other.source.close()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (None, 5),  # the system does not say when it answered: the newest of what it showed
        (4, 4),  # a later page shows later changes, but what was on the first may have changed since
        (9, 9),
        (10**9, 20),  # a clock that is ahead of ours is not believed
    ],
)
def test_changes_are_asked_for_from_when_the_first_page_was_answered(
    moment: int | None, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return start + timedelta(seconds=20)

    monkeypatch.setattr("connectors.xero.listing.datetime", Clock)
    first: Page[Row] = Page((), moment=None if moment is None else start + timedelta(seconds=moment))
    shown = start + timedelta(seconds=5)
    assert later(None, first, shown) == start + timedelta(seconds=expected)
    assert later(start + timedelta(hours=1), first, shown) == start + timedelta(hours=1)


def test_contacts_of_the_documents_are_checked_without_reading_the_list_again(books: Books) -> None:
    xero = books.open()
    made = []
    for names in (["Alpha one"], ["Beta one"]):
        assert xero.target.find("contacts", [{"Name": name} for name in names]) == [[]]
        (receipt,) = xero.target.write(batch("contacts", "create", [{"Name": name} for name in names]))
        made.append(receipt.target_id or "")
    xero.target.write(batch("contacts", "update", [{"ContactStatus": "ARCHIVED"}], [made[1]]))
    books.requests()
    findings = xero.target.preflight("invoices", [invoice(key, "x") for key in made])
    asked = [one for one in books.requests() if one["path"].endswith("/Contacts")]
    xero.source.close()
    assert asked == []
    assert [["archived" in one.message for one in some] for some in findings] == [[], [True]]


def test_quotes_and_tax_numbers_are_looked_for_in_the_list(
    books: Books, xero: System, customers: dict[str, str]
) -> None:
    books.requests()
    assert names(xero.target.find("contacts", [{"Name": 'bat "q" man'}, {"TaxNumber": "NL1"}])) == [
        ['Bat "Q" Man'],
        ["Customer 0"],
    ]
    assert [one["path"][-9:] for one in books.requests()] == ["ect/token", "/Contacts"]


def test_many_rules_cost_one_reading_of_a_short_list(
    books: Books, xero: System, customers: dict[str, str]
) -> None:
    books.requests()
    found = xero.target.find("contacts", [{"ContactNumber": f"n{at}"} for at in range(60)])
    assert names(found) == [[f"Customer {at}"] for at in range(60)]
    assert len(books.requests()) == 2


def test_few_rules_in_a_long_list_are_asked_for(books: Books, customers: dict[str, str]) -> None:
    xero = books.open(page_size=3)
    books.requests()
    found = xero.target.find("contacts", [{"EmailAddress": "one@example.com"}, {"AccountNumber": "ACC-2"}])
    xero.source.close()
    assert names(found) == [["Customer 1"], ["Customer 2"]]
    assert all("where" in one["query"] for one in books.requests() if one["path"].endswith("Contacts"))


def test_pages_are_read_to_the_end_in_a_lasting_order(books: Books, customers: dict[str, str]) -> None:
    xero = books.open(page_size=7)
    read = [one.address.key for one in xero.source.read("contacts")]  # type: ignore[union-attr]
    xero.source.close()
    assert len(read) == len(set(read)) >= len(customers)
    assert read == sorted(read)


def test_keys_are_read_in_chunks_and_unknown_ones_left_out(
    books: Books, xero: System, customers: dict[str, str]
) -> None:
    some = [customers[f"Customer {at}"] for at in range(5)]
    keys = [*some, "5a9d0b0e-0c1f-4e5c-9d6a-7b1f3c2e8a41", "no id"]
    assert {one.address.key for one in xero.source.read("contacts", keys=keys)} == set(some)  # type: ignore[union-attr]
    assert list(xero.source.read("contacts", keys=[])) == []
    many = list(customers.values())
    assert {one.address.key for one in xero.source.read("contacts", keys=many)} == set(many)  # type: ignore[union-attr]


@pytest.mark.usefixtures("long_ago")
def test_documents_are_listed_once_and_then_only_what_changed(
    books: Books, customers: dict[str, str]
) -> None:
    xero = books.open()
    bodies = [invoice(customers["Heir"], f"LIST-{at}") for at in range(5)]
    receipts = xero.target.write(batch("invoices", "create", bodies[:3]))
    first, second, _ = (one.target_id or "" for one in receipts)
    books.clock(3600)
    xero.target.write(batch("invoices", "create", bodies[3:4]))
    rules = [{"Reference": f"LIST-{at}"} for at in range(60)]  # more than a few filters hold
    assert [len(found) for found in xero.target.find("invoices", rules)[:5]] == [1, 1, 1, 1, 0]

    voided = {"InvoiceID": first, "Status": "VOIDED"}
    xero.target.write(batch("invoices", "update", [voided], [first]))
    xero.target.write(batch("invoices", "create", bodies[4:]))
    books.requests()
    found = xero.target.find("invoices", rules)
    asked = [one for one in books.requests() if one["path"].endswith("/Invoices")]
    assert [len(records) for records in found[:6]] == [0, 1, 1, 1, 1, 0]
    assert found[1][0].address.key == second
    assert found[1][0].values["Total"] == found[3][0].values["Total"]  # the document, not what is kept of it
    assert len(asked) == 2  # what changed, and the documents that were found and had not
    xero.source.close()
