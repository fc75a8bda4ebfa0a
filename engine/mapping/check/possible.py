"""What is known of conditions and values while only the settings of a config are known.

What depends on anything else, such as a record's field, is unknown; nothing is guessed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

from engine.mapping.syntax.tree import (
    Action,
    Among,
    Choice,
    Compare,
    Const,
    Draft,
    Exists,
    Expr,
    Items,
    Logic,
    Not,
    Path,
    Plain,
    Rule,
    Text,
    walk,
)

UNKNOWN: Final = object()
CASES = 500  # combinations of enumerated fields that are tried
_SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """The settings, and values of a record's fields by the paths that expressions write."""

    settings: Mapping[str, Any]
    record: Mapping[str, Any] = field(default_factory=dict)

    def value(self, node: Expr) -> Any:
        match node:
            case Const(value=value):
                return value
            case Path(root=root, members=(member,)) if root.name == "settings":
                value = self.settings.get(member.name, UNKNOWN)
                return None if isinstance(value, str) and not value.strip() else value
            case Path():
                return self.record.get(node.text, UNKNOWN)
            case Items(values=values):
                items = [self.value(item) for item in values]
                return UNKNOWN if UNKNOWN in items else items
            case Choice(when=when, then=then, otherwise=otherwise):
                truth = self.truth(when)
                chosen = then if truth else otherwise
                return UNKNOWN if truth is None or chosen is None else self.value(chosen)
        said = self.truth(node)
        return UNKNOWN if said is None else said

    def truth(self, node: Expr) -> bool | None:
        """Whether a condition holds; None: unknown."""
        match node:
            case Not(of=of):
                truth = self.truth(of)
                return None if truth is None else not truth
            case Logic(word=word, left=left, right=right):
                sides, decisive = (self.truth(left), self.truth(right)), word == "or"
                if decisive in sides:
                    return decisive
                return None if None in sides else not decisive
            case Compare(sign=sign, left=left, right=right):
                ours, theirs = self.value(left), self.value(right)
                return None if _unsure(ours, theirs) else bool(_SIGNS[sign](ours, theirs))
            case Among(left=left, right=right, negated=negated):
                value, values = self.value(left), self.value(right)
                known = not _unsure(value, values) and isinstance(values, list | tuple)
                return (value in values) != negated if known else None
            case Exists(of=of, negated=negated):
                value = self.value(of)
                return None if value is UNKNOWN else (value in (None, "", [])) == negated
            case Const() | Path():
                value = self.value(node)
                return value if isinstance(value, bool) else None
        return None

    def made(self, rule: Rule) -> Any:
        """What a rule gives; unknown if it has modifiers that may change that."""
        if rule.modifiers.keys() - {"doc", "required", "max"}:
            return UNKNOWN
        match rule.producer:
            case Plain(value=value):
                return value
            case Text() as text if text.expression is not None:
                return self.value(text.expression)
            case Text(parts=(str() as words,)):
                return words
        return UNKNOWN

    def off(self, action: Action) -> bool:
        """Whether the settings alone switch an action off."""
        return action.when is not None and self.truth(action.when) is False


def possible(draft: Draft, action: Action, settings: Mapping[str, Any]) -> bool:
    """Whether a record may get the action, whatever it holds; False only if none can."""
    return any(_is_possible(draft, action, Known(settings, record)) for record in _records(draft, action))


def _is_possible(draft: Draft, action: Action, known: Known) -> bool:
    where = draft.source.where if draft.source is not None else None
    if where is not None and known.truth(where) is False:
        return False
    return not known.off(action) and not (action.unless is not None and _is_given(action.unless, known))


def _is_given(unless: Rule, known: Known) -> bool:
    """Whether a reason against the action is certainly there: text under a condition that holds."""
    if unless.modifiers.keys() - {"when", "doc"} or not isinstance(unless.producer, Plain | Text):
        return False
    words = isinstance(unless.producer, Plain) or unless.producer.expression is None
    return words and (unless.when is None or known.truth(unless.when) is True)


def _records(draft: Draft, action: Action) -> Iterator[Mapping[str, Any]]:
    """Every combination of what the enumerated fields may hold that the conditions read."""
    read = [draft.source.where if draft.source else None, action.when, action.unless]
    values = {
        node.text: node.type.values
        for part in read
        if part is not None
        for node in walk(part)
        if isinstance(node, Path) and node.root.name != "settings" and node.type.values
    }
    combinations = 1
    for choices in values.values():
        combinations *= len(choices)
    if combinations > CASES:
        values = {}
    for chosen in product(*values.values()):
        yield dict(zip(values, chosen, strict=True))


def settings_read(*parts: Any) -> list[str]:
    """The settings that rules and conditions read, in the order in which they are written."""
    paths = (node for part in parts if part is not None for node in walk(part) if isinstance(node, Path))
    return list(dict.fromkeys(path.members[0].name for path in paths if path.root.name == "settings"))


def _unsure(*values: Any) -> bool:
    return any(value is UNKNOWN or value is None for value in values)
