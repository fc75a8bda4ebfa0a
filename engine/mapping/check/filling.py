"""Whether the rules of a mapping can ever give a field a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import Draft, Fields, Rule
from engine.model.text import is_blank


def may_fill(fields: Fields, path: str, drafts: Mapping[str, Draft]) -> bool:
    """False if the field at this path, such as `Contact.Name`, has no rule, or one that gives nothing."""
    name, *inner = path.split(".")
    rule = next((field_rule.rule for field_rule in fields if field_rule.name == name), None)
    return rule is not None and _may_give(rule, inner, drafts)


def _may_give(rule: Rule, inner: Sequence[str], drafts: Mapping[str, Draft]) -> bool:
    if isinstance(rule.when, tree.Const) and rule.when.value is False:
        return False
    if rule.broken or (rule.default is not None and _may_give(rule.default, inner, drafts)):
        return True
    match rule.producer:
        case tree.Plain(value=value):
            return value is not None and not (isinstance(value, str) and is_blank(value)) and value != []
        case tree.First(rules):
            return any(_may_give(part, inner, drafts) for part in rules)
        case tree.Object(fields=fields, use=use) if inner:
            shape = drafts[use.mapping.text].fields if use else ()
            return may_fill(tree.merged(shape, fields), ".".join(inner), drafts)
    return True
