"""Which answered element belongs to which that was sent. Pure.

An answer's order is not promised (connectors/xero/API.md, 5). Ids decide for updates, numbers for creates
that send one, else the echoed content; order only where nothing else tells two apart. A pair that contradicts
itself in what names a document is never made: better nobody's than the wrong one's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.xero import wire
from connectors.xero.endpoints import ENDPOINTS
from connectors.xero.finding import folded
from engine.sdk import NotTyped, Stream

Element = Mapping[str, Any]


def matched(sent: Sequence[Element], answered: Sequence[Element], stream: Stream) -> list[Element | None]:
    """For each element that was sent the answered one that is its own; None where there is none."""
    typed = [_typed(one, stream) for one in answered]
    pairs = []
    for at, body in enumerate(sent):
        wanted = _typed(body, stream)
        for place, found in enumerate(typed):
            if not _contradict(wanted, found, stream):
                pairs.append((_distance(wanted, found), abs(at - place), at, place))
    out: list[Element | None] = [None] * len(sent)
    taken: set[int] = set()
    for _, _, at, place in sorted(pairs):
        if out[at] is None and place not in taken:
            out[at] = answered[place]
            taken.add(place)
    return out


def _typed(element: Element, stream: Stream) -> Mapping[str, Any]:
    try:
        return wire.values(element, stream)
    except NotTyped:
        return element


def _contradict(wanted: Element, found: Element, stream: Stream) -> bool:
    """Whether both say what the record is, and say different things."""
    for name in ENDPOINTS[stream.name].named:
        one, other = wire.member(wanted, name), wire.member(found, name)
        if one is None or other is None or (name == stream.key and other == wire.ZERO):
            continue
        if folded(one, stream.name, name) != folded(other, stream.name, name):
            return True
    return False


def _distance(wanted: Any, found: Any) -> int:
    """How many members that were sent are not echoed as they were; lines count each for itself."""
    if isinstance(wanted, Mapping):
        if not isinstance(found, Mapping):
            return 1 + len(wanted)
        return sum(_distance(value, found.get(name)) for name, value in wanted.items())
    if isinstance(wanted, list):
        if not isinstance(found, list):
            return 1 + len(wanted)
        rest = sum(_distance(one, other) for one, other in zip(wanted, found, strict=False))
        return rest + abs(len(wanted) - len(found))
    return 0 if _alike(wanted, found) else 1


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.strip() == other.strip()
    if isinstance(one, int | Decimal) and isinstance(other, int | Decimal | str):
        try:
            return Decimal(one) == Decimal(other)
        except InvalidOperation:
            return False
    return bool(one == other)
