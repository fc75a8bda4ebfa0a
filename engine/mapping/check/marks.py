"""Fields that a modifier marks for what happens to them when a record changes later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import Draft, Fields, Rule


def marked_fields(fields: Fields, word: str, drafts: Mapping[str, Draft]) -> tuple[str, ...]:
    """The paths of the fields whose rules have this modifier, such as `Contact.Name`.

    A field of an object that is marked itself is not listed again. Items of lists have no marks.
    """
    return tuple(dict.fromkeys(_marked(fields, word, drafts)))


def _marked(fields: Fields, word: str, drafts: Mapping[str, Draft]) -> Iterator[str]:
    for field_rule in fields:
        if field_rule.rule.has(word):
            yield field_rule.name
            continue
        for made in _objects(field_rule.rule):
            shape = drafts[made.use.mapping.text].fields if made.use else ()
            inner = tree.merged(shape, made.fields)
            yield from (f"{field_rule.name}.{name}" for name in _marked(inner, word, drafts))


def _objects(rule: Rule) -> Iterator[tree.Object]:
    """The objects that may become a rule's value."""
    match rule.producer:
        case tree.Object():
            yield rule.producer
        case tree.First(rules):
            for part in rules:
                yield from _objects(part)
    if rule.default is not None:
        yield from _objects(rule.default)
