"""An address with a ligature has one plain spelling, and is mailed at that; other letters hold the e-mail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases.harness import Case, opened

PLAIN = "office@fine.example"


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with opened("15-ligature-in-an-address", tmp_path, settings={"auto_send": True}) as opened_case:
        yield opened_case


def mailed_to(case: Case, address: str) -> None:
    (row,) = case.psohub_invoices()
    case.systems.edit(row["InvoiceID"], InvoiceContactEmail=address)


def test_the_contact_and_the_e_mail_get_the_plain_spelling(case: Case) -> None:
    (contact,) = case.read("psohub/contacts.json")
    mailed_to(case, contact["Email"])
    case.run()
    assert [row.get("EmailAddress") for row in case.systems.contacts()] == [PLAIN]
    assert [mail["to"] for mail in case.systems.emails()] == [[PLAIN]]


def test_a_letter_without_a_plain_spelling_holds_the_e_mail_and_is_named(case: Case) -> None:
    mailed_to(case, "b\u00fcro@fine.example")
    planned = case.plan()
    ran = case.run()
    assert len(case.systems.pushed()) == 1
    assert case.systems.emails() == []
    for report in (planned.json, ran.json):
        (held,) = report["held"]
        assert "b\u00fcro@fine.example" in held["reason"]
        assert "LATIN SMALL LETTER U WITH DIAERESIS" in held["reason"]
