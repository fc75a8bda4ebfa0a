"""The rule that makes a field of a payload: where it is written, for people who have to change it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from engine.mapping.syntax.tree import (
    Draft,
    Each,
    Fields,
    First,
    Join,
    Listed,
    Object,
    Rule,
    Use,
    merged,
)

_INDEX = re.compile(r"\[[0-9]+\]")


def rule_of(drafts: Mapping[str, Draft], mapping: str, path: str) -> str:
    """The `file:line:column` of the rule for a path such as `LineItems[0].AccountCode`.

    It is that of the nearest object around it if the field itself has no rule; empty without a path.
    """
    draft = drafts.get(mapping)
    if draft is None or not path:
        return ""
    place, fields = "", [draft.fields]
    for name in _INDEX.sub("", path).split("."):
        rules = [rule for some in fields for rule in some if rule.name == name]
        if not rules:
            break
        place = str(rules[0].span)
        fields = [inner for rule in rules for inner in _objects(rule.rule, drafts)]
    return place


def _objects(rule: Rule, drafts: Mapping[str, Draft]) -> Iterator[Fields]:
    """The fields of every object that a rule may make."""
    match rule.producer:
        case Object(fields, use) | Each(_, _, fields, use):
            yield merged(_used(use, drafts), fields)
        case First(rules) | Listed(rules) | Join(rules):
            for inner in rules:
                yield from _objects(inner, drafts)


def _used(use: Use | None, drafts: Mapping[str, Draft]) -> Fields:
    shape = drafts.get(use.mapping.text) if use is not None else None
    return shape.fields if shape is not None else ()
