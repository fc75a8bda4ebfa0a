"""Whether a record at the target is the one that a payload describes: the fields of `target.agree`.

Pure: the payload with its references resolved, and what was found, go in; what differs comes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.model.change import Difference
from engine.model.payload import Payload, find_refs
from engine.model.schema import Stream
from engine.planning import control_totals
from engine.planning.diff import drift
from engine.planning.paths import nested, value_at


@dataclass(frozen=True, slots=True)
class Claim:
    """What a payload says of the record that it may be."""

    payload: Payload
    body: Mapping[str, Any]  # its references resolved; one that is open names a record that is yet to be made
    totals: Mapping[str, Decimal]  # what the target will compute from the body
    base_currency: str = ""  # what the target takes if a document names no currency


def disagreements(
    claim: Claim, values: Mapping[str, Any], stream: Stream, agree: tuple[str, ...]
) -> tuple[Difference, ...]:
    """The fields of `agree` in which a found record is not what the payload says.

    A field that the payload leaves out agrees only with its absence, and a currency that it leaves out with
    the one that the target would take: what is not known to be equal is not taken for equal.
    """
    return tuple(difference for path in agree for difference in _compared(claim, values, stream, path))


def contradictions(
    body: Mapping[str, Any], values: Mapping[str, Any], stream: Stream
) -> tuple[Difference, ...]:
    """The identifiers that both have and that differ: a namesake with its own number is another record."""
    names = [name for name in stream.identifiers if body.get(name) and values.get(name)]
    return drift({name: body[name] for name in names}, values, stream, complete=True)


def _compared(claim: Claim, values: Mapping[str, Any], stream: Stream, path: str) -> tuple[Difference, ...]:
    ours, theirs = value_at(claim.body, path), value_at(values, path)
    if ours is None and path in stream.control_totals:
        return _total(claim, theirs, path)
    if ours is None and path == stream.currency and claim.base_currency:
        ours = claim.base_currency
    if ours is None or theirs is None:
        return () if ours is theirs else (Difference(path, ours, theirs),)
    if next(find_refs([ours]), None) is not None:
        return (Difference(path, ours, theirs),)  # nothing that exists refers to what does not exist yet
    return drift(nested(path, ours), nested(path, theirs), stream, complete=True)


def _total(claim: Claim, theirs: Any, path: str) -> tuple[Difference, ...]:
    """Compare a total that the target computes with what the source says, to the cent.

    Cents that the mapping accepts are no disagreement: the target would have computed them as well.
    """
    payload = claim.payload
    stated = control_totals.source_totals(payload).get(path)
    ours = stated if stated is not None else claim.totals.get(path)
    if ours is None or not isinstance(theirs, int | Decimal):
        return (Difference(path, ours, theirs),)
    accepted = payload.tolerance if stated is not None and payload.on_difference == "accept" else Decimal(0)
    return () if abs(theirs - ours) <= accepted else (Difference(path, ours, theirs),)
