"""What an update sends, and what it changes. Pure: the body last sent and the present one go in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.model.change import Difference
from engine.model.payload import Payload, Ref
from engine.model.schema import Stream
from engine.planning.diff import diff, drift
from engine.planning.paths import value_at, with_value, without

_EMPTY: tuple[Any, ...] = (None, "", [], {}, ())


@dataclass(frozen=True, slots=True)
class UpdateRules:
    """How a mapping and its target treat single fields in updates."""

    only_create: tuple[str, ...] = ()  # sent at creation and never again
    clears: tuple[str, ...] = ()  # emptied at the target where they are absent by now
    title: str = ""  # what people know the record by: sent again only if it changes at the source
    emptied: Callable[[str, Any], Any] = lambda path, value: ""  # what empties a field that holds a value


@dataclass(frozen=True, slots=True)
class Comparison:
    """A present payload, compared with what was sent last."""

    differences: tuple[Difference, ...]  # what sending it changes
    emptied: tuple[str, ...]  # fields that were sent, are absent by now, and are left alone
    body: Mapping[str, Any]  # what an update sends; references as in the payload
    clears: bool = False  # whether it empties a field at the target


def compare(
    before: Mapping[str, Any], mapped: Mapping[str, Any], resolved: Mapping[str, Any], rules: UpdateRules
) -> Comparison:
    """`before` was sent last; `mapped` is the present body, `resolved` the same with its references resolved.

    A field that is absent by now is left alone by the target, and is not a difference, unless the mapping
    clears it. The title is left out if the source gives what it gave before: a name that was kept at
    adoption, or given by a person at the target, is not a change of the source.
    """
    kept = without(before, rules.only_create)
    cleared = {
        path: empty
        for path in rules.clears
        if (value := value_at(kept, path)) not in _EMPTY
        and value_at(resolved, path) in _EMPTY
        and (empty := rules.emptied(path, value)) != value
    }
    body, after = without(mapped, rules.only_create), without(resolved, rules.only_create)
    for path, empty in cleared.items():
        body, after = with_value(body, path, empty), with_value(after, path, empty)
    emptied = tuple(
        name
        for name, value in kept.items()
        if name not in after and name not in rules.clears and value not in _EMPTY
    )
    if rules.title in body and body[rules.title] == before.get(rules.title):
        del body[rules.title]
    known = {name: value for name, value in kept.items() if name in after}
    return Comparison(_changes(known, after), emptied, body, bool(cleared))


def may_clear(payload: Payload, rules: UpdateRules) -> bool:
    """Whether a field that the mapping clears is absent, so that an update may be due to empty it."""
    return any(value_at(payload.body, path) in _EMPTY for path in rules.clears)


def unlike(
    resolved: Mapping[str, Any], values: Mapping[str, Any], stream: Stream, rules: UpdateRules
) -> tuple[Difference, ...]:
    """Fields of a record that is about to be adopted that are not as the payload has them.

    Not its title: adoption never renames. Not what the mapping sends at creation only. Rows that the target
    has beyond the payload's are the target's own.
    """
    owned = without(resolved, (*rules.only_create, rules.title) if rules.title else rules.only_create)
    opened = (Difference(name, values.get(name), ref) for name, ref in owned.items() if isinstance(ref, Ref))
    changed = (
        Difference(difference.path, difference.after, difference.before)
        for difference in drift(owned, values, stream)
        if difference.before is not None
    )
    return (*changed, *opened)


def top_level(path: str) -> str:
    """The body's own field of a path: `Phones` of `Phones[0].PhoneNumber`."""
    return path.partition(".")[0].partition("[")[0]


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """The differences; a reference that is still open names another record than the one that was sent."""
    opened = [
        Difference(name, before.get(name), value) for name, value in after.items() if isinstance(value, Ref)
    ]
    names = {difference.path for difference in opened}
    rest = {name: value for name, value in after.items() if name not in names}
    return (*diff({name: value for name, value in before.items() if name in rest}, rest), *opened)
