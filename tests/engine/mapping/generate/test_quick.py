"""Values made quickly are the very values that their own constructors make."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

import pytest

from engine.mapping.run.quick import quick
from engine.model.address import Address
from engine.model.payload import ActionRequest, Payload, Ref

ADDRESS = Address("psohub", "invoices", "1")
GIVEN: tuple[Any, ...] = (
    ADDRESS,
    "invoices",
    {"Type": "ACCREC"},
    "INV-1",
    (),
    {},
    "hold",
    Decimal(0),
    (ActionRequest("email"),),
)


@dataclass(frozen=True, slots=True)
class Defaults:
    a: int
    b: str = "b"
    c: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class WithoutSlots:
    a: int


@dataclass(frozen=True, slots=True)
class Checked:
    a: int

    def __post_init__(self) -> None:
        if self.a < 0:
            raise ValueError("negative")


def test_a_quick_payload_is_a_payload_like_any_other() -> None:
    made, plain = quick(Payload, 9)(*GIVEN), Payload(*GIVEN)
    assert type(made) is Payload
    assert (made, repr(made)) == (plain, repr(plain))
    assert replace(made, title="other").title == "other"
    assert copy.deepcopy(made) == plain
    assert pickle.loads(pickle.dumps(made)) == plain


def test_a_quick_value_is_frozen_and_hashes_and_sorts_alike() -> None:
    made = quick(Address, 3)("psohub", "invoices", "1")
    assert (made, hash(made), str(made)) == (ADDRESS, hash(ADDRESS), str(ADDRESS))
    assert made < Address("psohub", "invoices", "2")
    assert {made: 1}[ADDRESS] == 1
    with pytest.raises(FrozenInstanceError):
        made.key = "2"
    ref = quick(Ref, 2)("contacts", made)
    assert ref == Ref("contacts", ADDRESS)


def test_fields_that_are_not_given_get_their_defaults_each_its_own() -> None:
    make = quick(Defaults, 1)
    first, second = make(1), make(1)
    assert first == second == Defaults(1)
    assert first.c is not second.c
    assert quick(Defaults, 2)(1, "x") == Defaults(1, "x")


@pytest.mark.parametrize("kind", [WithoutSlots, Checked])
def test_what_cannot_be_made_quickly_is_made_as_usual(kind: type[Any]) -> None:
    assert quick(kind, 1) is kind


def test_a_payload_has_the_fields_that_the_generated_code_gives_it() -> None:
    names = [one.name for one in fields(Payload)]
    assert names[:9] == [
        "address", "mapping", "body", "title", "match", "totals", "on_difference", "tolerance", "actions",
    ]  # fmt: skip
