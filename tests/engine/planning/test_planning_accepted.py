"""What the fields of a stream accept, found before anything is sent."""

from decimal import Decimal
from typing import Any

import pytest

from engine.model.address import Address
from engine.model.payload import Ref
from engine.model.schema import DECIMAL, TEXT, Field, Stream, Type, enum, list_of, obj
from engine.model.text_form import TextForm
from engine.planning.accepted import faults

OPTION = obj({"Name": Field(TEXT, required=True), "Option": Field(TEXT)})
STREAM = Stream(
    "documents",
    {
        "Number": Field(Type("text", max=5, form=TextForm(one_line=True, plain="ascii"))),
        "Kind": Field(enum("SALE", "CREDIT"), required=True),
        "Amount": Field(Type("decimal", most=Decimal("99.99"))),
        "Free": Field(DECIMAL),
        "Tags": Field(list_of(OPTION, 2)),
        "Contact": Field(obj({"ContactID": Field(Type("text", max=3))}), required=True),
    },
)
REF = Ref("contacts", Address("source", "companies", "1"))
GOOD = {"Number": "A-1", "Kind": "SALE", "Amount": Decimal("-99.99"), "Contact": REF, "Unknown": "\u00e9"}


def test_what_fits_is_accepted() -> None:
    assert faults(GOOD, STREAM, create=True) == []


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"Number": "123456"}, "too_long", "Number"),
        ({"Number": "\u00e9"}, "not_ascii", "Number"),
        ({"Kind": "SALES"}, "not_a_word", "Kind"),
        ({"Amount": Decimal(100)}, "too_large", "Amount"),
        ({"Amount": -100}, "too_large", "Amount"),
        ({"Contact": {"ContactID": "abcd"}}, "too_long", "Contact.ContactID"),
        ({"Contact": None}, "required", "Contact"),
        ({"Tags": [{"Name": "a"}] * 3}, "too_many", "Tags"),
        ({"Tags": [{"Name": "a"}, {"Option": "b"}]}, "required", "Tags[1].Name"),
    ],
)
def test_what_does_not_fit_is_named_with_its_path(change: dict[str, Any], code: str, path: str) -> None:
    (finding,) = faults({**GOOD, **change}, STREAM, create=True)
    assert (finding.code, finding.path) == (code, path)


def test_an_update_may_leave_out_what_is_required() -> None:
    assert faults({"Number": "A-2"}, STREAM, create=False) == []


def test_the_nearest_word_is_suggested() -> None:
    (finding,) = faults({**GOOD, "Kind": "SALES"}, STREAM, create=True)
    assert finding.suggestion == "SALE"


def test_slots_that_an_update_empties_lack_what_a_filled_one_needs() -> None:
    slot = obj({"Type": Field(TEXT, required=True), "Number": Field(TEXT, required=True)})
    stream = Stream("contacts", {"Phones": Field(list_of(slot))}, slots={"Phones": "Type"})
    emptied = {"Phones": [{"Type": "DEFAULT", "Number": ""}]}
    assert faults(emptied, stream, create=False) == []
    assert [one.path for one in faults(emptied, stream, create=True)] == ["Phones[0].Number"]
