"""The held queue: what waits for a person, what is tried again and when, and what is released by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine.model.address import Address
from engine.model.change import Held
from engine.model.link import HeldRow
from engine.model.record import Notice
from engine.passes.push import push
from engine.sdk.system import Finding
from tests.engine.passes.passes_kit import World, amended, counts, held, rows

INVOICE = Address("shop", "invoices", "1")


def no_travel(stream: str, body: Mapping[str, Any]) -> str:
    return "travel is not sold here" if "travel" in str(body.get("Note", "")) else ""


def test_what_was_refused_is_not_sent_again(world: World) -> None:
    world.books.refuse = no_travel
    world.invoice(note="travel")
    world.push()
    world.books.writes.clear()
    report = world.push()
    assert world.books.writes == []
    assert held(report) == {"shop.invoices/1": "memory.refused: travel is not sold here"}
    assert counts(report) == {"held": 1}


def test_what_was_refused_is_sent_again_when_its_payload_changes(world: World) -> None:
    world.books.refuse = no_travel
    world.invoice(note="travel")
    world.push()
    world.shop.edit("invoices", "1", note="work")
    report = world.push()
    assert counts(report) == {"created": 1}
    assert held(report) == {}
    assert world.ledger.held.rows() == []


def test_what_was_refused_and_changed_and_refused_again_stays_held(world: World) -> None:
    world.books.refuse = no_travel
    world.invoice(note="travel")
    world.push()
    world.shop.edit("invoices", "1", note="more travel")
    world.push()
    world.books.writes.clear()
    world.push()
    assert world.books.writes == []


def test_retry_releases_what_was_refused(world: World) -> None:
    world.books.refuse = no_travel
    world.invoice(note="travel")
    world.push()
    world.books.refuse = lambda stream, body: ""
    world.push()
    assert world.booked() == []  # no one has asked for a retry yet
    world.retry()
    assert counts(world.push()) == {"created": 1}
    assert world.ledger.held.rows() == []


def test_a_refused_update_is_not_sent_again_until_it_changes(world: World) -> None:
    world.invoice()
    world.push()
    world.books.refuse = lambda stream, body: "no such city" if body.get("City") == "Nowhere" else ""
    world.shop.edit("companies", "7", city="Nowhere")
    assert held(world.push()) == {"shop.companies/7": "memory.refused: no such city"}
    world.books.writes.clear()
    report = world.push()
    assert world.books.writes == []
    assert held(report) == {"shop.companies/7": "memory.refused: no such city"}
    world.shop.edit("companies", "7", city="Utrecht")
    assert counts(world.push(), "contacts") == {"updated": 1}
    assert world.ledger.held.rows() == []


def test_retry_releases_a_refused_update(world: World) -> None:
    world.invoice()
    world.push()
    world.books.refuse = lambda stream, body: "not today" if "City" in body else ""
    world.shop.edit("companies", "7", city="Utrecht")
    world.push()
    world.books.refuse = lambda stream, body: ""
    world.retry()
    assert counts(world.push(), "contacts") == {"updated": 1}


def test_retry_sends_a_change_that_its_mapping_holds(world: World) -> None:
    world.invoice()
    world.push()
    world.shop.edit("invoices", "1", currency="USD")
    world.push()
    world.retry()
    assert counts(world.push()) == {"updated": 1}
    assert world.one()["Currency"] == "USD"
    assert world.ledger.held.rows() == []
    world.shop.edit("invoices", "1", currency="GBP")  # one word is not leave for ever
    assert counts(world.push()) == {"held": 1}


def test_what_changes_after_it_was_retried_is_held_again(world: World) -> None:
    world.invoice()
    world.push()
    world.shop.edit("invoices", "1", currency="USD")
    world.push()
    world.retry()
    world.shop.edit("invoices", "1", currency="GBP")
    assert counts(world.push()) == {"held": 1}
    world.shop.edit("invoices", "1", currency="CHF")
    world.push()  # held for the same reason, and for another payload
    world.retry()
    assert counts(world.push()) == {"updated": 1}
    assert world.one()["Currency"] == "CHF"


def test_a_change_that_was_taken_back_was_approved_by_no_one(world: World) -> None:
    world.invoice()
    world.push()
    for currency in ("USD", "EUR", "USD"):
        world.shop.edit("invoices", "1", currency=currency)
        report = world.push()
    assert counts(report) == {"held": 1}
    assert world.one()["Currency"] == "EUR"


def test_a_change_that_was_let_go_does_not_undo_what_a_person_did_there(world: World) -> None:
    world.invoice()
    world.push()
    world.shop.edit("invoices", "1", currency="USD")
    world.push()
    world.retry()
    world.one()["Currency"] = "GBP"
    assert [one.code for one in world.push().held.values()] == ["edited"]
    assert world.one()["Currency"] == "GBP"


def test_the_first_moment_and_the_refused_payload_are_remembered_while_the_cause_stays(world: World) -> None:
    world.books.refuse = no_travel
    world.invoice(note="travel")
    world.push()
    (first,) = world.ledger.held.rows()
    world.push()
    assert world.ledger.held.rows() == [first]
    assert first.fingerprint


def test_a_record_that_its_mapping_refuses_is_held_with_every_reason_and_the_rule(world: World) -> None:
    world.invoice(number=None, customer_id=" ")
    report = world.push()
    ((code, reason, where),) = [(one.code, one.reason, one.where) for one in report.held.values()]
    assert code == "mapping.required"
    assert "Reference" in reason
    assert "Contact" in reason
    assert where.split("/")[-1].startswith("invoices.yaml:")


def test_what_a_mapping_refused_goes_out_once_it_can_be_mapped(world: World) -> None:
    world.invoice(number=None)
    world.push()
    world.invoice()
    assert counts(world.push()) == {"created": 1}
    assert world.ledger.held.rows() == []


# -- references


def test_a_reference_to_a_held_record_holds_with_its_reason(world: World) -> None:
    world.company("7", name="")
    world.invoice("1")
    report = world.push()
    assert set(held(report)) == {"shop.companies/7", "shop.invoices/1"}
    reason = held(report)["shop.invoices/1"]
    assert reason.startswith("reference: needs shop.companies/7, which is held: ")
    assert "Name" in reason
    assert world.booked() == []


def test_a_reference_to_what_the_target_refused_in_this_run_holds_with_its_reason(world: World) -> None:
    world.books.refuse = lambda stream, body: "name is taken" if stream == "contacts" else ""
    world.invoice("1")
    report = world.push()
    assert held(report)["shop.invoices/1"] == (
        "reference: needs shop.companies/7, which is held: name is taken"
    )
    assert world.booked() == []


def test_what_waited_for_a_reference_goes_on_when_that_exists(world: World) -> None:
    world.company("7", name="")
    world.invoice("1")
    world.push()
    world.company("7")
    report = world.push()
    assert counts(report) == counts(report, "contacts") == {"created": 1}
    assert held(report) == {}
    assert world.ledger.held.rows() == []


# -- preflight


def test_what_preflight_finds_is_held_with_the_nearest_value_and_nothing_is_sent(world: World) -> None:
    found = [
        Finding("currency", "EUX is no currency", "EUR"),
        Finding("lock", "March is locked"),
    ]
    world.books.findings = lambda stream, body: found if body.get("Currency") == "EUX" else []
    world.invoice("1", currency="EUX")
    world.invoice("2")
    report = world.push()
    assert held(report) == {"shop.invoices/1": "currency: EUX is no currency (nearest: EUR); March is locked"}
    assert counts(report) == {"created": 1, "held": 1}
    assert world.sent() == [["INV-2"]]


def test_what_preflight_held_is_looked_at_again_in_every_run(world: World) -> None:
    world.books.findings = lambda stream, body: [Finding("lock", "locked")] if stream == "invoices" else []
    world.invoice("1")
    world.push()
    world.books.findings = lambda stream, body: []
    assert counts(world.push()) == {"created": 1}


def test_preflight_sees_references_that_are_linked_already(world: World) -> None:
    seen = []

    def findings(stream: str, body: Mapping[str, Any]) -> list[Finding]:
        seen.append(body.get("Contact"))
        return []

    world.books.findings = findings
    world.invoice("1")
    world.push()
    world.invoice("2")
    world.push()
    assert seen[-1] == {"ContactID": "contacts-1"}


def test_totals_that_differ_are_held_with_the_arithmetic(world: World) -> None:
    world.books.totals = lambda stream, body: {"Total": Decimal("121.01")} if "Total" in body else {}
    world.invoice()
    assert held(world.push()) == {
        "shop.invoices/1": "totals: the totals differ: Total 121.00 in shop, 121.01 in books (+0.01); "
        "on_difference is hold"
    }


def test_totals_that_differ_by_more_than_the_tolerance_are_held_whatever_the_policy(world: World) -> None:
    world.settings["rounding"] = "accept"
    world.books.totals = lambda stream, body: {"Total": Decimal("121.06")} if "Total" in body else {}
    world.invoice()
    assert held(world.push()) == {
        "shop.invoices/1": "totals: the totals differ by more than 0.05: "
        "Total 121.00 in shop, 121.06 in books (+0.06)"
    }


def test_accepted_cents_go_out_as_they_are(world: World) -> None:
    world.settings["rounding"] = "accept"
    world.books.totals = lambda stream, body: {"Total": Decimal("121.05")} if "Total" in body else {}
    world.invoice()
    assert counts(world.push()) == {"created": 1}


def test_a_policy_that_puts_the_cents_right_sends_the_changed_body(world: World) -> None:
    world.settings["rounding"] = "rounding_line"
    world.books.totals = lambda stream, body: (
        {"Total": Decimal("121.00" if "Lines" in body else "121.01")} if "Total" in body else {}
    )
    world.books.settle = lambda stream, body, policy, totals: {**body, "Lines": [{"text": policy}]}
    address = world.invoice()
    assert counts(world.push()) == {"created": 1}
    assert world.one()["Lines"] == [{"text": "rounding_line"}]
    assert world.link(address).body["Lines"] == [{"text": "rounding_line"}]
    world.books.writes.clear()
    assert counts(world.push()) == {"unchanged": 1}  # the fingerprint is of what the mapping made
    assert world.books.writes == []


def test_a_policy_is_asked_for_totals_to_the_cent(world: World) -> None:
    world.settings["rounding"] = "adjust_tax"
    world.books.totals = lambda stream, body: {"Total": Decimal("121.01")} if "Total" in body else {}
    asked = []
    world.books.settle = lambda stream, body, policy, totals: asked.append(dict(totals))
    world.invoice(total=Decimal("120.99553719"))
    world.push()
    assert asked == [{"Total": Decimal("121.00")}]


def test_a_policy_that_cannot_put_the_cents_right_holds(world: World) -> None:
    world.settings["rounding"] = "adjust_tax"
    world.books.totals = lambda stream, body: {"Total": Decimal("121.01")} if "Total" in body else {}
    world.invoice()
    (reason,) = held(world.push()).values()
    assert reason.endswith("adjust_tax cannot fix that")


# -- what is released by itself


def test_held_record_that_is_skipped_by_now_is_released(world: World) -> None:
    world.books.refuse = no_travel
    world.invoice(note="travel")
    world.push()
    world.shop.edit("invoices", "1", status="draft")
    assert held(world.push()) == {}
    assert world.ledger.held.rows() == []


def test_what_is_held_and_deleted_at_the_source_is_let_go(world: World) -> None:
    world.books.refuse = no_travel
    world.invoice(note="travel")
    world.push()
    world.shop.drop("invoices", "1")
    world.push()
    assert world.ledger.held.rows() == []


@pytest.mark.parametrize("kind", ["cut_off", "queue_full", "unreadable"])
def test_what_is_held_and_merely_not_shown_stays(world: World, kind: str) -> None:
    world.books.refuse = no_travel
    world.invoice(note="travel")
    world.push()
    world.shop.drop("invoices", "1")
    world.shop.notices["invoices"] = [Notice(kind, "invoices", "there may be more")]
    world.push()
    assert len(world.ledger.held.rows()) == 1


def test_a_held_contact_that_no_invoice_needs_now_stays_held(world: World) -> None:
    world.books.refuse = lambda stream, body: "name is taken" if stream == "contacts" else ""
    world.invoice("1")
    world.push()
    world.shop.drop("invoices", "1")
    world.books.refuse = lambda stream, body: ""
    world.invoice("2", customer_id="8")
    world.push()
    assert [str(row.address) for row in world.ledger.held.rows()] == ["shop.companies/7"]


# -- in doubt


def in_doubt(world: World) -> None:
    now = datetime.now(UTC)
    world.ledger.held.save(
        HeldRow("invoices", INVOICE, "in_doubt", "it may stand there", "books", "old", now)
    )


def test_what_is_in_doubt_stays_held_whatever_its_payload_becomes(world: World) -> None:
    world.invoice("1")
    in_doubt(world)
    world.shop.edit("invoices", "1", note="changed since")
    assert held(world.push()) == {"shop.invoices/1": "in_doubt: it may stand there"}
    assert world.booked() == []


@pytest.mark.parametrize("how", ["draft", "dropped"])
def test_what_is_in_doubt_stays_held_though_the_source_lets_go_of_it(world: World, how: str) -> None:
    world.invoice("1")
    in_doubt(world)
    if how == "draft":
        world.shop.edit("invoices", "1", status="draft")
    else:
        world.shop.drop("invoices", "1")
    world.push()
    assert [row.code for row in world.ledger.held.rows()] == ["in_doubt"]


def test_what_is_in_doubt_is_decided_again_once_a_person_has_looked(world: World) -> None:
    world.invoice("1")
    in_doubt(world)
    world.push()
    world.retry()
    assert counts(world.push()) == {"created": 1}


# -- counting


def test_many_held_records_cost_one_reading_of_the_held_rows(world: World) -> None:
    for key in range(40):
        world.invoice(str(key), number=None)
    calls = []

    class Counting:
        def __init__(self, held: Any) -> None:
            self._held = held

        def __getattr__(self, name: str) -> Any:
            if name == "rows":
                calls.append(name)
            return getattr(self._held, name)

    world.killable.held = Counting(world.killable.held)  # type: ignore[assignment]
    assert counts(world.push()) == {"held": 40}
    assert len(calls) < 10


def test_a_record_that_is_settled_later_in_the_run_is_not_reported_as_held(world: World) -> None:
    context = world.context()
    address = world.invoice("1")
    context.report.hold(Held(address, "invoices", "", "earlier round", "books"))
    push(context)
    assert context.report.held == {}
    assert counts(context.report) == {"created": 1}


def test_a_record_that_is_in_order_later_in_the_run_is_not_reported_as_held(world: World) -> None:
    address = world.invoice("1")
    world.push()
    context = world.context()
    context.report.hold(Held(address, "invoices", "", "earlier round", "books"))
    push(context)
    assert context.report.held == {}


def test_a_held_linked_mapping_counts_as_well(world: World) -> None:
    world.pack = amended('"{{ invoice.InvoiceID }}"', '{value: "{{ invoice.Note }}", required: true}')
    world.invoice("1")
    report = world.run()
    assert list(held(report)) == ["books.invoices/invoices-2"]
    assert counts(report, "status") == {"held": 1}
    assert rows(report) == []
