"""Whether a program is small enough to be generated for sure, found out without generating it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import Draft, Fields, Rule

# Far below what the writer allows (30,000 lines, 90 levels of blocks), so that no count here need be exact.
MOST_RULES = 2000
MOST_LEVELS = 6  # of rules in rules
MOST_BRANCHES = 6  # of expressions in expressions, each of which may open a block


def is_small(draft: Draft, drafts: Mapping[str, Draft]) -> bool:
    count = _Count(drafts)
    parts = [draft.fields, draft.totals.fields, *(draft.target.match if draft.target else ())]
    conditions = [
        draft.source.where if draft.source else None,
        *(condition for action in draft.actions for condition in (action.when, action.needed)),
    ]
    computed = (rule for action in draft.actions for rule in (action.to, action.unless))
    directions = [rule for rule in computed if rule is not None]
    fits = all(count.fields(part, 1) for part in parts) and all(map(_is_shallow, conditions))
    return fits and all(count.rule(rule, 1) for rule in directions)


@dataclass(slots=True)
class _Count:
    """Counts rules, with those of used shapes; answers False as soon as one bound is passed."""

    drafts: Mapping[str, Draft]
    rules: int = 0

    def fields(self, rules: Fields, level: int) -> bool:
        return all(self.rule(field_rule.rule, level) for field_rule in rules)

    def rule(self, rule: Rule, level: int) -> bool:
        self.rules += 1
        if self.rules > MOST_RULES or level > MOST_LEVELS:
            return False
        if not all(_is_shallow(expression) for expression in _expressions(rule)):
            return False
        if rule.default is not None and not self.rule(rule.default, level + 1):
            return False
        match rule.producer:
            case tree.First(rules) | tree.Join(rules) | tree.Listed(rules):
                return all(self.rule(part, level + 1) for part in rules)
            case tree.Each(fields=own, use=use) | tree.Object(fields=own, use=use):
                shape = self.drafts[use.mapping.text].fields if use else ()
                return self.fields((*own, *shape), level + 1)
        return True


def _expressions(rule: Rule) -> Iterator[Any]:
    yield rule.when
    yield rule.lookup.where if rule.lookup is not None else None
    match rule.producer:
        case tree.Text(parts):
            yield from parts
        case tree.Each(over=over, where=where):
            yield over
            yield where
        case tree.Reference(key=key):
            yield key


def _is_shallow(node: Any, level: int = 1) -> bool:
    if isinstance(node, tuple):
        return all(_is_shallow(part, level) for part in node)
    if node is None or isinstance(node, str | tree.Const | tree.Path):
        return True
    if level > MOST_BRANCHES:
        return False
    below = (getattr(node, field.name) for field in fields(node) if field.name not in ("place", "type"))
    return all(_is_shallow(part, level + 1) for part in below if isinstance(part, tuple | tree.Expr))
