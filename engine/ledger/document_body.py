"""A document of the books as one JSON text, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.ledger.values import UnreadableValue, to_json, to_object
from engine.model.drift import Control, Document, Standing


@dataclass(frozen=True, slots=True)
class Body:
    """What the text holds, named as in `Document`."""

    standing: Standing | None
    taken: Any
    controls: Mapping[str, Control]
    absent: bool


def write_body(document: Document) -> str:
    standing = document.standing
    return to_json(
        {
            "standing": standing and [standing.state, standing.currency, standing.total, standing.paid],
            "taken": document.taken,
            "controls": {
                mapping: [control.totals, control.policy, control.tolerance]
                for mapping, control in document.controls.items()
            },
            "absent": document.absent,
        }
    )


def read_body(cell: Any) -> Body:
    body = to_object(cell)
    try:
        controls = {mapping: _control(*control) for mapping, control in body["controls"].items()}
        standing = _standing(*body["standing"]) if body["standing"] else None
        return Body(standing, body["taken"], controls, body["absent"] is True)
    except (LookupError, TypeError, AttributeError, ArithmeticError, ValueError):
        raise UnreadableValue("not a document of the books") from None


def _standing(state: Any, currency: str, total: int | Decimal, paid: int | Decimal) -> Standing:
    return Standing(state, currency, Decimal(total), Decimal(paid))


def _control(totals: Mapping[str, int | Decimal], policy: str, tolerance: int | Decimal) -> Control:
    return Control({name: Decimal(total) for name, total in totals.items()}, policy, Decimal(tolerance))
