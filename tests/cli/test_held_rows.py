"""Held records are named by their address, or by the number of either document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.cli.held_rows import named_rows
from engine.ledger import Ledger, open_ledger
from engine.model.drift import Document
from engine.model.errors import ConfigError
from engine.model.link import HeldRow
from tests.engine.ledger.ledger_kit import held, in_xero, link

CONFIG = Path("books.yaml")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(f"sqlite:///{tmp_path}/names.db")
    links = [link("1"), link("2")]
    opened.links.save(links)
    numbers = [("INV-2026-0001", "INV-0002"), ("INV-0002", "INV-0003")]
    for one, (ours, theirs) in zip(links, numbers, strict=True):
        opened.documents.save([Document(one.address, ours, None), Document(one.target, theirs, None)])
    yield opened
    opened.close()


def test_both_numbers_name_a_record(ledger: Ledger) -> None:
    first, second = held("1"), held("2")

    def named(*wanted: str) -> list[HeldRow]:
        return named_rows(ledger, [first, second], wanted, CONFIG, "held")

    assert named() == [first, second]
    assert named("INV-2026-0001") == named("1") == named(str(first.address)) == [first]
    assert named("INV-0003", "1") == [second, first]
    with pytest.raises(ConfigError, match='"INV-0009" is not held'):
        named("INV-0009")


def test_a_number_of_two_records_names_neither(ledger: Ledger) -> None:
    with pytest.raises(ConfigError, match='"INV-0002" is the number of several records; use one of'):
        named_rows(ledger, [held("1"), held("2")], ["INV-0002"], CONFIG, "held")


def test_a_write_back_is_named_by_the_number_at_its_source(ledger: Ledger) -> None:
    back = replace(held("1"), mapping="invoice-status", address=in_xero("x-1"))
    assert named_rows(ledger, [back, held("2")], ["INV-2026-0001"], CONFIG, "held") == [back]
