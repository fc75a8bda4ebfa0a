"""Addresses and telephones: Xero answers a row for every type, in any order, mostly blank
(connectors/xero/API.md, 8)."""

from __future__ import annotations

from connectors.xero import wire
from connectors.xero.streams import RESOURCES

POBOX = {"AddressType": "POBOX", "AddressLine1": "Lindenweg 148", "City": "Hamburg"}
STREET = {"AddressType": "STREET", "City": "Bremen"}
BLANK = {"AddressType": "STREET", "City": "", "Region": "", "PostalCode": "", "Country": ""}


def read(**members: object) -> dict[str, object]:
    return wire.values({"ContactID": "c", "Name": "Acme", **members}, RESOURCES["contacts"].stream)


def test_what_was_sent_is_known_again_among_blank_rows() -> None:
    phone = {"PhoneType": "DEFAULT", "PhoneNumber": "+49 30 555 5992"}
    blanks = [
        {"PhoneType": kind, "PhoneNumber": "", "PhoneAreaCode": ""} for kind in ("DDI", "FAX", "MOBILE")
    ]
    found = read(Addresses=[BLANK, POBOX], Phones=[*blanks, phone])
    assert found["Addresses"] == [POBOX]
    assert found["Phones"] == [phone]


def test_rows_stand_in_one_order_whatever_the_answers_order() -> None:
    assert read(Addresses=[STREET, POBOX]) == read(Addresses=[POBOX, STREET])


def test_contact_without_any_has_empty_lists_and_one_without_lists_has_none() -> None:
    assert read(Addresses=[BLANK])["Addresses"] == []
    assert "Addresses" not in read()
