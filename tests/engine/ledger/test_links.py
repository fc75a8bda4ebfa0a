from __future__ import annotations

import threading
from dataclasses import replace
from decimal import Decimal
from time import perf_counter

import pytest

from engine.ledger import Ledger, TargetTakenError
from engine.ledger.database import Database
from engine.model.address import Address
from engine.model.link import Link
from tests.engine.ledger.ledger_kit import NOON, in_xero, invoice, link


def test_link_reads_back_as_it_was_saved(ledger: Ledger) -> None:
    ledger.links.save([link()])
    found = ledger.links.get("invoices", invoice())
    assert found == link()
    assert str(found.body["Total"]) == "12.50"
    assert list(found.body) == list(link().body)


def test_record_that_was_never_linked_has_no_link(ledger: Ledger) -> None:
    ledger.links.save([link()])
    assert ledger.links.get("contacts", invoice()) is None
    assert ledger.links.get("invoices", Address("psohub", "projects", "1042")) is None


def test_links_are_found_by_their_target(ledger: Ledger) -> None:
    ledger.links.save([link("1"), link("2")])
    assert ledger.links.of_target(in_xero("x-2")) == [link("2")]
    assert ledger.links.of_target(in_xero("x-3")) == []


def test_link_without_a_moment_is_given_the_present(ledger: Ledger) -> None:
    ledger.links.save([replace(link(), written_at=None)])
    found = ledger.links.get("invoices", invoice())
    assert found is not None
    assert found.written_at is not None
    assert found.written_at > NOON


def test_saving_again_replaces_the_link_and_frees_its_old_target(ledger: Ledger) -> None:
    ledger.links.save([link(target="old")])
    ledger.links.save([link(target="new", fingerprint="f2")])
    assert ledger.links.fingerprints("invoices") == {"1042": ("f2", "new")}
    ledger.links.save([link("7", target="old")])
    assert ledger.links.sources("invoices") == {"new": "1042", "old": "7"}


def test_two_sources_on_one_target_are_an_error_that_names_both(ledger: Ledger) -> None:
    ledger.links.save([link("7", target="x")])
    with pytest.raises(TargetTakenError, match=r"xero\.invoices/x .*psohub\.invoices/7 .*psohub\.invoices/8"):
        ledger.links.save([link("8", target="x")])
    assert ledger.links.sources("invoices") == {"x": "7"}


def test_one_target_may_stand_in_two_mappings(ledger: Ledger) -> None:
    ledger.links.save([link("7", target="x")])
    ledger.links.save([replace(link("7", target="x"), mapping="invoice-status")])
    assert ledger.links.counts() == {"invoice-status": 1, "invoices": 1}


def test_links_walk_over_all_pages_in_order_while_they_are_written(ledger: Ledger) -> None:
    keys = [f"{number:05}" for number in range(1_234)]
    ledger.links.save(map(link, reversed(keys)))
    ledger.links.save([replace(link("0"), mapping="contacts")])
    walked = []
    for one in ledger.links.all("invoices"):
        walked.append(one.address.key)
        if len(walked) % 100 == 0:
            ledger.links.save([replace(one, fingerprint="f2")])
    assert walked == keys


def test_links_of_one_key_in_two_streams_are_not_lost_between_pages(ledger: Ledger) -> None:
    for stream in ("a", "b"):
        ledger.links.save(
            Link("m", Address("psohub", stream, str(key)), in_xero(f"{stream}{key}"), "f", written_at=NOON)
            for key in range(600)
        )
    assert len({one.address for one in ledger.links.all("m")}) == 1_200


def test_what_was_seen_lands_on_linked_records_only_and_changes_nothing_else(ledger: Ledger) -> None:
    ledger.links.save(map(link, ("1", "2")))
    ledger.links.record_observed(
        "invoices", [("x-1", {"Total": Decimal("9.90")}), ("stranger", {"Total": Decimal(1)})]
    )
    ledger.links.record_observed("contacts", [("x-2", {"Total": Decimal("9.90")})])
    assert list(ledger.links.all("invoices")) == [
        replace(link("1"), last_seen={"Total": Decimal("9.90")}),
        link("2"),
    ]


def test_seen_records_may_come_from_a_stream_that_reads_the_ledger_itself(ledger: Ledger) -> None:
    ledger.links.save(link(str(key)) for key in range(1_100))
    seen = ((one.target.key, {"of": one.address.key}) for one in ledger.links.all("invoices"))
    ledger.links.record_observed("invoices", seen)
    assert all(one.last_seen == {"of": one.address.key} for one in ledger.links.all("invoices"))


HUNDRED_THOUSAND = """
    INSERT INTO links (mapping, source_connector, source_stream, source_key,
        target_connector, target_stream, target_key, fingerprint, at, body, seen)
    WITH RECURSIVE one (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM one WHERE n < 99999)
    SELECT 'invoices', 'psohub', 'invoices', n, 'xero', 'invoices', 'x-' || n, printf('%064x', n),
        '2026-03-14T12:00:00.000000+00:00', printf('{"Text": "%.600c"}', 'x'), '{}' FROM one
"""


def test_hundred_thousand_links_are_known_at_once_without_their_bodies(ledger: Ledger) -> None:
    database: Database = ledger._database
    with database.writing() as tx:
        tx.execute(HUNDRED_THOUSAND)
    start = perf_counter()
    known = ledger.links.fingerprints("invoices")
    took = perf_counter() - start
    assert len(known) == 100_000
    assert known["99999"] == (f"{99999:064x}", "x-99999")
    assert took < 1, f"{took:.2f} s"
    plan = database.rows(
        "EXPLAIN QUERY PLAN SELECT source_key, fingerprint, target_key FROM links WHERE mapping = 'invoices'"
    )
    assert "COVERING INDEX links_light" in str(plan)


def test_threads_take_turns(ledger: Ledger) -> None:
    def work(prefix: str) -> None:
        for number in range(50):
            ledger.links.save([link(f"{prefix}{number}")])
            ledger.links.fingerprints("invoices")

    threads = [threading.Thread(target=work, args=(prefix,)) for prefix in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.links.counts() == {"invoices": 200}
