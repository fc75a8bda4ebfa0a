from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from connectors.xero.matching import matched
from connectors.xero.streams import CONTACTS, INVOICES
from connectors.xero.wire import ZERO
from connectors.xero.writing import receipt


def invoice(at: int, **more: Any) -> dict[str, Any]:
    return {
        "Type": "ACCREC",
        "Contact": {"ContactID": f"c{at % 3}"},
        "Date": "2026-09-14",
        "Reference": f"R{at}",
        "LineItems": [{"Description": f"line {at}", "Quantity": 1, "UnitAmount": Decimal(at)}],
        **more,
    }


def answered(sent: dict[str, Any], key: str = "new") -> dict[str, Any]:
    lines = [
        {**line, "UnitAmount": Decimal(line["UnitAmount"]) + Decimal("0.0")} for line in sent["LineItems"]
    ]
    return {**sent, "InvoiceID": key, "Date": "/Date(1789344000000+0000)/", "LineItems": lines}


def test_shuffled_answers_find_their_own() -> None:
    sent = [invoice(at) for at in range(50)]
    answers = [answered(one, f"id-{at}") for at, one in enumerate(sent)]
    random.Random(7).shuffle(answers)
    assert [one and one["InvoiceID"] for one in matched(sent, answers, INVOICES)] == [
        f"id-{at}" for at in range(50)
    ]


def test_same_reference_is_told_apart_by_lines() -> None:
    sent = [invoice(1, Reference="PO"), invoice(4, Reference="PO")]
    answers = [answered(sent[1], "four"), answered(sent[0], "one")]
    assert [one and one["InvoiceID"] for one in matched(sent, answers, INVOICES)] == ["one", "four"]


def test_what_nothing_tells_apart_keeps_its_order() -> None:
    sent = [invoice(1), invoice(1)]
    answers = [answered(sent[0], "first"), answered(sent[1], "second")]
    assert [one and one["InvoiceID"] for one in matched(sent, answers, INVOICES)] == ["first", "second"]


def test_missing_element_is_nobodys_and_never_its_neighbours() -> None:
    sent = [invoice(1), invoice(2)]
    found = matched(sent, [answered(sent[1], "two")], INVOICES)
    assert found[0] is None
    assert receipt(found[0], INVOICES).outcome == "doubt"
    assert found[1] is not None


@pytest.mark.parametrize("changed", [{"Reference": "R"}, {"Date": "2026-09-15"}])
def test_the_last_pair_belongs_together_though_xero_changed_it(changed: dict[str, Any]) -> None:
    sent = [invoice(1), invoice(2)]
    answers = [{**sent[1], "InvoiceID": "two", **changed}, answered(sent[0], "one")]
    assert [one and one["InvoiceID"] for one in matched(sent, answers, INVOICES)] == ["one", "two"]
    assert matched(sent, [{**one, **changed} for one in answers], INVOICES) == [None, None]


def test_what_has_an_id_or_a_number_is_known_though_xero_changed_other_fields() -> None:
    sent = [invoice(at, InvoiceID=f"id-{at}") for at in range(3)]
    answers = [{**one, "Reference": "R", "Date": "2026-09-15"} for one in reversed(sent)]
    assert [one and one["InvoiceID"] for one in matched(sent, answers, INVOICES)] == ["id-0", "id-1", "id-2"]
    people = [{"Name": f"Name  {at}", "ContactNumber": str(at)} for at in range(3)]
    kept = [{**one, "Name": "Name", "ContactID": f"c{one['ContactNumber']}"} for one in reversed(people)]
    assert [one and one["ContactID"] for one in matched(people, kept, CONTACTS)] == ["c0", "c1", "c2"]


def test_the_last_pair_is_none_if_another_record_is_named() -> None:
    other = answered(invoice(1, Contact={"ContactID": "another"}), "one")
    assert matched([invoice(1)], [other], INVOICES) == [None]
    assert matched([invoice(1, InvoiceID="a")], [answered(invoice(1), "b")], INVOICES) == [None]


def test_updates_are_matched_by_id_alone() -> None:
    sent = [{"InvoiceID": "A", "Reference": "x"}, {"InvoiceID": "B", "Reference": "x"}]
    answers = [{"InvoiceID": "b", "Reference": "x"}, {"InvoiceID": "a", "Reference": "x"}]
    assert [one and one["InvoiceID"] for one in matched(sent, answers, INVOICES)] == ["a", "b"]


def test_refused_element_echoes_the_request_under_no_id() -> None:
    sent = [{"Name": "Twice  Ltd", "ContactNumber": "1"}, {"Name": "New", "ContactNumber": "2"}]
    answers: list[dict[str, Any]] = [
        {"ContactID": "c2", "Name": "New", "ContactNumber": "2", "StatusAttributeString": "OK"},
        {
            "ContactID": ZERO,
            "Name": "Twice Ltd",
            "ContactNumber": "1",
            "StatusAttributeString": "ERROR",
            "HasValidationErrors": True,
            "ValidationErrors": [{"Message": "taken"}, {"Description": "twice"}, {"Message": "taken"}],
        },
    ]
    first, second = (receipt(one, CONTACTS) for one in matched(sent, answers, CONTACTS))
    assert (first.outcome, first.reason, first.code) == ("refused", "taken · twice", "xero.validation")
    assert (second.outcome, second.target_id) == ("done", "c2")


def test_errors_inside_lines_are_told_and_an_answer_without_id_is_doubt() -> None:
    refused = receipt(
        {
            "InvoiceID": ZERO,
            "HasErrors": True,
            "LineItems": [{"ValidationErrors": [{"Message": "bad line"}]}],
        },
        INVOICES,
    )
    assert (refused.outcome, refused.reason) == ("refused", "bad line")
    assert receipt({"Reference": "x"}, INVOICES).outcome == "doubt"
    assert receipt({"InvoiceID": "i", "HasErrors": False, "ValidationErrors": []}, INVOICES).outcome == "done"
