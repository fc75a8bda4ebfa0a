"""What Xero is known to answer (connectors/xero/API.md, 9, 10 and 13) is played to the program by a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e import test_e2e_xero_errors as errors
from tests.e2e import test_e2e_xero_refusals as refusals

PAGE = (Path(__file__).parents[2] / "connectors" / "xero" / "API.md").read_text("utf-8")
NOT_SENT = "Only AUTHORISED invoices may have SentToContact updated."  # a warning: test_e2e_stored.py
# Page and tests name an account, a contact and a tax type each in their own way.
PLACEHOLDER = re.compile(r"'\w+'|\bname \w+ is")
PLAYED = {
    "### 13.2 ": errors.MESSAGES,
    "### 10.": refusals.CONTACTS + refusals.INVOICES,
    "## 9. ": refusals.CREDIT_NOTES + refusals.ALLOCATIONS,
}


def _section(head: str) -> str:
    """The sections whose heading starts so."""
    parts = re.split(r"^(?=##)", PAGE, flags=re.MULTILINE)
    return "".join(part for part in parts if part.startswith(head))


def _plain(message: str) -> str:
    return PLACEHOLDER.sub("'X'", " ".join(message.split()))


@pytest.mark.parametrize("head", PLAYED)
def test_each_message_of_the_page_is_played(head: str) -> None:
    quoted = [text for text in re.findall(r"`([A-Z][^`]*)`", _section(head)) if text.count(" ") > 2]
    played = [_plain(message) for message in PLAYED[head]]
    assert len(quoted) >= len(played) - 1
    assert [
        text
        for text in quoted
        if text != NOT_SENT and not any(one.startswith(_plain(text.partition("…")[0])) for one in played)
    ] == []


def test_each_status_of_the_page_is_played() -> None:
    stated = [int(status) for status in re.findall(r"^\| (\d{3}) \|", _section("### 13.1 "), re.MULTILINE)]
    played = [row.status for row in errors.ROWS]
    assert len(stated) > 12
    assert [status for status in set(stated) if played.count(status) < stated.count(status)] == []
