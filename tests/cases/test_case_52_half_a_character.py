"""Halves of characters are replaced where answers are read, before anything keeps them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cases.harness import opened
from tests.drills.proxy import Fault

CASE = "52-half-a-character"
SITUATION = "01-number-of-another-customer"


def halved(member: str, method: str, path: str) -> Fault:
    """Answers in which the text of a member ends with half of a character."""

    def change(body: bytes) -> bytes:
        return re.sub(rf'("{member}": ?"[^"]*)"'.encode(), rb'\1\\ud800"', body)

    return Fault("alter", method=method, path=path, times=99, change=change)


@pytest.mark.parametrize("member", ["InvoiceNumber", "Reference", "InvoiceID", "Name", "Description"])
def test_what_xero_answers_never_ends_as_our_mistake(tmp_path: Path, member: str) -> None:
    with opened(SITUATION, tmp_path, load=False) as case:
        case.load_psohub()
        case.proxies["xero"].faults += [halved(member, "*", "/Invoices*"), halved(member, "*", "/Contacts*")]
        for _ in range(2):
            result = case.run()
            assert result.code in (0, 1, 2, 6), result.err
            result.out.encode()
            assert case.command("status").code == 0
        case.proxies["xero"].clear_faults()
        case.run()
        assert len(case.systems.pushed()) == 1


@pytest.mark.parametrize("member", ["InvoiceNumber", "CustomerName", "CompanyName", "LineName", "Email"])
def test_what_psohub_answers_is_pushed_with_the_sign_for_it(tmp_path: Path, member: str) -> None:
    with opened(SITUATION, tmp_path, load=False) as case:
        case.load_psohub()
        case.proxies["psohub"].faults.append(halved(member, "GET", "*"))
        result = case.run()
        assert result.code in (0, 1), result.err
        kept = json.dumps([case.systems.pushed(), case.systems.contacts()], default=str) + result.out
        assert "\\ud800" not in kept
