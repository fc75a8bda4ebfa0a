"""Match the elements of an answer to those that were sent. Pure.

The order of an answer is not guaranteed (connectors/xero/API.md, 5). Ids decide for updates, numbers for
creates that send one, else the echoed content; the order only if nothing else differs. Elements that
differ in an identifying field are not matched, as an element without an answer is better than one with
another's; unless it is the only one left on both sides, and Xero has changed the field itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.xero import wire
from connectors.xero.resource import Resource
from engine.sdk import NotTyped, Stream

CHANGEABLE = ("Reference", "Date", "Name")  # identifying fields that Xero may shorten or move itself
CONTACT = "Contact.ContactID"  # many documents have the same
Element = Mapping[str, Any]


def matched(sent: Sequence[Element], answered: Sequence[Element], resource: Resource) -> list[Element | None]:
    """For each element that was sent its answered one; None if there is none."""
    typed = [_typed(element, resource.stream) for element in answered]
    pairs = []
    for index, body in enumerate(sent):
        wanted = _typed(body, resource.stream)
        for place, element in enumerate(typed):
            if not _contradict(wanted, element, resource):
                pairs.append((_distance(wanted, element), abs(index - place), index, place))
    out: list[Element | None] = [None] * len(sent)
    taken: set[int] = set()
    for _, _, index, place in sorted(pairs):
        if out[index] is None and place not in taken:
            out[index] = answered[place]
            taken.add(place)
    _match_last(out, sent, answered, resource, taken)
    return out


def _match_last(
    out: list[Element | None],
    sent: Sequence[Element],
    answered: Sequence[Element],
    resource: Resource,
    taken: set[int],
) -> None:
    """Match the only pair that is left of as many answers as elements, if id, number and contact agree."""
    left = [index for index, element in enumerate(out) if element is None]
    places = [place for place in range(len(answered)) if place not in taken]
    if len(sent) != len(answered) or len(left) != 1:
        return
    ours, theirs = sent[left[0]], answered[places[0]]
    fixed = [name for name in resource.identifying if name not in CHANGEABLE]
    if not _contradict(ours, theirs, resource, fixed):
        out[left[0]] = theirs


def _typed(element: Element, stream: Stream) -> Mapping[str, Any]:
    try:
        return wire.values(element, stream)
    except NotTyped:
        return element


def _contradict(wanted: Element, answered: Element, resource: Resource, names: Sequence[str] = ()) -> bool:
    """Whether both contain an identifying field, with different values.

    Where an id or a number agrees, the fields that Xero may change itself do not count.
    """
    agreed: set[str] = set()
    differing: set[str] = set()
    for name in names or resource.identifying:
        ours, theirs = wire.member(wanted, name), wire.member(answered, name)
        if ours is None or theirs is None or (name == resource.stream.key and theirs == wire.ZERO):
            continue
        same = resource.compared(name, ours) == resource.compared(name, theirs)
        (agreed if same else differing).add(name)
    if agreed - {*CHANGEABLE, CONTACT}:
        differing -= {*CHANGEABLE}
    return bool(differing)


def _distance(wanted: Any, answered: Any) -> int:
    """How many members that were sent are not echoed unchanged; each line counts separately."""
    if isinstance(wanted, Mapping):
        if not isinstance(answered, Mapping):
            return 1 + len(wanted)
        return sum(_distance(value, answered.get(name)) for name, value in wanted.items())
    if isinstance(wanted, list):
        if not isinstance(answered, list):
            return 1 + len(wanted)
        rest = sum(_distance(ours, theirs) for ours, theirs in zip(wanted, answered, strict=False))
        return rest + abs(len(wanted) - len(answered))
    return 0 if _equal(wanted, answered) else 1


def _equal(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, str) and isinstance(theirs, str):
        return ours.strip() == theirs.strip()
    if isinstance(ours, int | Decimal) and isinstance(theirs, int | Decimal | str):
        try:
            return Decimal(ours) == Decimal(theirs)
        except InvalidOperation:
            return False
    return bool(ours == theirs)
