"""Payloads in the form in which they go out."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from engine.model.address import Address
from engine.model.outgoing import body_form, formed, outgoing
from engine.model.payload import Payload, Ref, Refusal
from engine.model.record import Record
from engine.model.schema import DECIMAL, Field, Stream, Type, enum, list_of, obj
from engine.model.text_form import ONE_LINE, TextForm

LINE = obj(
    {"Text": Field(Type("text")), "Amount": Field(DECIMAL), "Quantity": Field(Type("decimal", places=4))}
)
STREAM = Stream(
    "contacts",
    {
        "Name": Field(Type("text", form=ONE_LINE)),
        "Number": Field(Type("text", form=TextForm(one_line=True, plain="ascii"))),
        "Country": Field(Type("text", form=TextForm(one_line=True, plain="letters"))),
        "Kind": Field(enum(" A ", "B")),
        "Lines": Field(list_of(LINE)),
        "Currency": Field(Type("text")),
    },
    currency="Currency",
)
ADDRESS = Address("source", "companies", "7")


def payload(body: dict[str, Any], *match: dict[str, Any]) -> Payload:
    return Payload(ADDRESS, "contacts", body, "Acme", match)


def test_every_text_of_a_body_is_brought_into_its_form() -> None:
    ref = Ref("others", ADDRESS)
    made = outgoing(
        payload(
            {
                "Name": "A\u200bcme   Ltd",
                "Kind": " A ",
                "Lines": [{"Text": "a\x02b\nc", "Amount": 1}],
                "Other": {"Deep": "x\ufeff"},
                "Ref": ref,
                "Empty": "",
                "Null": None,
            }
        ),
        STREAM,
    )
    assert made.body == {
        "Name": "Acme Ltd",
        "Kind": " A ",
        "Lines": [{"Text": "ab\nc", "Amount": 1}],
        "Other": {"Deep": "x"},
        "Ref": ref,
        "Empty": "",
        "Null": None,
    }
    assert made.notes == (
        'source.companies/7 (Acme): Name: sent as "Acme Ltd", without ZERO WIDTH SPACE',
        'source.companies/7 (Acme): Lines[0].Text: sent as "ab c", without U+0002',
        'source.companies/7 (Acme): Other.Deep: sent as "x", without ZERO WIDTH NO-BREAK SPACE',
    )


def test_a_text_of_which_nothing_is_left_is_left_out() -> None:
    made = outgoing(payload({"Name": "Acme", "Country": "\u65e5"}), STREAM)
    assert made.body == {"Name": "Acme"}
    (note,) = made.notes
    assert note.startswith('source.companies/7 (Acme): Country: "\u65e5" is left out: without CJK')


def test_collapsed_blanks_and_composed_accents_are_not_reported() -> None:
    made = outgoing(payload({"Name": " Cafe\u0301  Ltd "}), STREAM)
    assert (made.body["Name"], made.notes) == ("Caf\u00e9 Ltd", ())


def test_match_values_have_the_form_of_their_field() -> None:
    made = outgoing(payload({}, {"Number": "A\u20111"}, {"Country": "\u65e5", "Name": "x"}), STREAM)
    assert made.match == ({"Number": "A-1"}, {})


def test_a_mapper_is_formed_and_its_refusals_pass() -> None:
    record = Record(ADDRESS, {})
    refusals = (Refusal(ADDRESS, "code", "reason", "where"),)
    made = formed(lambda _: payload({"Name": "A\u200b"}), STREAM)(record)
    assert isinstance(made, Payload)
    assert made.body == {"Name": "A"}
    assert formed(lambda _: refusals, STREAM)(record) == refusals
    assert formed(lambda _: None, STREAM)(record) is None


def test_a_body_that_was_sent_earlier_can_be_brought_into_the_form() -> None:
    assert body_form({"Name": "A  b", "Number": "1"}, STREAM) == {"Name": "A b", "Number": "1"}


def test_a_number_goes_out_with_the_decimals_that_its_field_keeps() -> None:
    lines = [
        {"Quantity": Decimal("33.33333333"), "Amount": Decimal("0.123456789")},
        {"Quantity": Decimal("2.50")},
    ]
    made = outgoing(payload({"Lines": lines, "Currency": "KWD"}), STREAM)
    quantities = [str(line["Quantity"]) for line in made.body["Lines"]]
    assert quantities == ["33.3333", "2.50"]
    assert str(made.body["Lines"][0]["Amount"]) == "0.123456789"
    assert made.notes == ()


@pytest.mark.parametrize(
    ("currency", "said", "money"),
    [
        ("EUR", "991.73553719", "991.74"),
        ("EUR", "-120.995", "-121.00"),
        ("EUR", "1200", "1200.00"),
        ("KWD", "10.125", "10.125"),
        ("KWD", "10.12500001", "10.125"),
        (None, "0.005", "0.01"),
    ],
)
def test_totals_are_money_of_the_payloads_currency(currency: str | None, said: str, money: str) -> None:
    body = {"Currency": currency} if currency else {}
    made = outgoing(replace(payload(body), totals={"Total": Decimal(said)}), STREAM)
    assert str(made.totals["Total"]) == money
