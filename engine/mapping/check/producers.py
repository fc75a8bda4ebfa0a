"""The checks of producers: types go in from the field, and come up from the expressions and the parts.

Each is registered under its node; a test compares with the tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from engine.document import Scalar
from engine.mapping.check.fit import described_want, expression_fits, fits
from engine.mapping.check.kinds import described
from engine.mapping.check.literals import Unfit, fitted
from engine.mapping.check.rule_check import Checked, RuleCheck, common_type, part_type
from engine.mapping.check.scope import Name, Scope, names_of
from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import AS_TEXT, Draft, Expr, Fields, Rule
from engine.mapping.syntax.words import NUMBER
from engine.model.diagnostic import Span
from engine.model.schema import ANY, TEXT, Field, Type, list_of
from engine.model.text import is_blank


@contextmanager
def _in_list(check: RuleCheck) -> Iterator[None]:
    before, check.in_list = check.in_list, True
    yield
    check.in_list = before


def _parts(check: RuleCheck, rules: tuple[Rule, ...], want: Type, label: str) -> tuple[Rule, ...] | None:
    parts = [check.rule(rule, want, label) for rule in rules]
    known = tuple(part for part in parts if part is not None)
    return known if len(known) == len(parts) else None


def _literal(check: RuleCheck, rule: Rule, want: Type, label: str, field: Field | None) -> Checked | None:
    node, span = rule.producer, rule.span
    assert isinstance(node, tree.Plain)
    if node.scalar is None:
        if want.kind not in ("list", "any") or want is AS_TEXT:
            check.diagnostics.error("M224", span, f"{label} takes {described(want)}, found a list")
            return None
        return tree.Plain(None, [] if field else None, field is not None), want
    value = fitted(node.scalar, want, label, check.diagnostics)
    if isinstance(value, Unfit):
        return None
    if value.value is None and field is not None and not field.nullable:
        check.diagnostics.error("M224", span, f"{label} cannot be null", hint="an absent field is left out")
        return None
    blank = value.value is None or (isinstance(value.value, str) and is_blank(value.value))
    if blank and field is None:
        return tree.Plain(node.scalar, None), value.type
    return tree.Plain(node.scalar, value.value, blank), value.type


def _text(check: RuleCheck, rule: Rule, want: Type, label: str, field: Field | None) -> Checked | None:
    del field
    node, span = rule.producer, rule.span
    assert isinstance(node, tree.Text)
    if node.expression is not None:
        typed = check.infer.expr(node.expression)
        if typed is None or not expression_fits(typed, want, label, check.diagnostics):
            return None
        return tree.Text((typed,)), typed.type
    parts: list[str | Expr | None] = [
        part if isinstance(part, str) else check.infer.textable(part, "text around an expression")
        for part in node.parts
    ]
    known = tuple(part for part in parts if part is not None)
    if len(known) < len(parts) or not fits(TEXT, want, label, span, check.diagnostics):
        return None
    size = sum(len(part) for part in known if isinstance(part, str))
    if want.max is not None and size > want.max:
        message = f"{label} takes up to {want.max} characters, this has {size} besides its expressions"
        check.diagnostics.error("M208", span, message)
        return None
    return tree.Text(known), TEXT


def _first(check: RuleCheck, rule: Rule, want: Type, label: str, field: Field | None) -> Checked | None:
    del field
    assert isinstance(rule.producer, tree.First)
    parts = _parts(check, rule.producer.rules, want, label)
    return None if parts is None else (tree.First(parts), common_type([part_type(part) for part in parts]))


def _join(check: RuleCheck, rule: Rule, want: Type, label: str, field: Field | None) -> Checked | None:
    del field
    assert isinstance(rule.producer, tree.Join)
    parts = _parts(check, rule.producer.rules, AS_TEXT, label)
    fit = fits(TEXT, want, label, rule.span, check.diagnostics)
    return (tree.Join(parts, rule.producer.separator), TEXT) if parts is not None and fit else None


# ---- lists and objects


def _listed(check: RuleCheck, rule: Rule, want: Type, label: str, field: Field | None) -> Checked | None:
    del field
    assert isinstance(rule.producer, tree.Listed)
    item = _item_wanted(check, want, rule.span, label)
    # Check the parts even if the producer does not fit here: they may have mistakes of their own.
    with _in_list(check):
        parts = _parts(check, rule.producer.rules, item or ANY, label)
    if parts is None or item is None:
        return None
    return tree.Listed(parts), list_of(common_type([part_type(part) for part in parts]))


def _item_wanted(check: RuleCheck, want: Type, span: Span, label: str) -> Type | None:
    if want is not AS_TEXT and want.kind in ("list", "any"):
        return want.of or ANY
    hint = "make an object with fields, use or ref" if want.kind == "object" else ""
    check.diagnostics.error(
        "M224", span, f"{label} takes {described_want(want)}; this makes a list", hint=hint
    )
    return None


def _object_wanted(check: RuleCheck, want: Type, span: Span, label: str) -> bool:
    if want is not AS_TEXT and want.kind in ("object", "any"):
        return True
    hint = "write {list: [ … ]} for a list of one" if want.kind == "list" else ""
    message = f"{label} takes {described_want(want)}; this makes an object"
    check.diagnostics.error("M224", span, message, hint=hint)
    return False


def _object(check: RuleCheck, rule: Rule, want: Type, label: str, field: Field | None) -> Checked | None:
    del field
    node, span = rule.producer, rule.span
    assert isinstance(node, tree.Object)
    if not _object_wanted(check, want, span, label):
        return None
    if node.use is None:
        _check_needs(check, node.needs, node.fields, want, label)
        return replace(node, fields=_made(check, node.fields, want, label, span)), want
    shape = check.uses.shape(node.use, want, node.fields, label, check.in_list)
    item = check.scope.names[check.scope.item]
    if shape is None or not check.uses.takes(node.use, shape, item.origin, check.scope.parent):
        return None
    _check_needs(check, node.needs, (*shape.fields, *node.fields), want, label)
    use = replace(node.use, item=check.scope.item, parent=check.scope.parent)
    return tree.Object(_overriding(check, node.fields, shape, want, label, span), use, node.needs), want


def _check_needs(check: RuleCheck, needs: Sequence[Scalar], rules: Fields, made: Type, label: str) -> None:
    """Report what `needs` names and the object does not have, or has no rule for."""
    filled = [field_rule.name for field_rule in rules]
    for name in needs:
        if name.text in filled:
            continue
        if made.kind == "object" and name.text not in made.fields:
            message = f'{label} has no field "{name.text}"'
            check.diagnostics.error("M203", name.span, message, near=(name.text, filled))
        else:
            message = f"`needs` names {name.text}, for which there is no rule: the object would never be sent"
            check.diagnostics.error("M209", name.span, message, near=(name.text, filled))


def _made(check: RuleCheck, rules: Fields, made: Type, label: str, span: Span) -> Fields:
    if check.creating:
        check.filled(rules, made, label, span)
    return check.fields(rules, made, label)


def _overriding(check: RuleCheck, rules: Fields, shape: Draft, made: Type, label: str, span: Span) -> Fields:
    """Fields written with `use`: they see the names around them and those of the shape."""
    if check.creating:
        check.filled((*shape.fields, *rules), made, f"{label} (by {shape.name})", span)
    before = check.scope
    check.scope = Scope({**before.names, **names_of(shape)}, shape.item_name, shape.parent_name)
    out = check.fields(rules, made, label)
    check.scope = before
    return out


def _each(check: RuleCheck, rule: Rule, want: Type, label: str, field: Field | None) -> Checked | None:
    del field
    node, span = rule.producer, rule.span
    assert isinstance(node, tree.Each)
    made = _item_wanted(check, want, span, label)
    if made is not None and made.kind not in ("object", "any"):
        check.diagnostics.error("M224", span, f"{label} is a list of {described(made)}; `each` makes objects")
        made = None
    over = check.infer.expr(node.over)
    if over is not None and over.type.kind != "list":
        hint = "for a single object, write fields without each" if over.type.kind == "object" else ""
        message = f"`each` takes a list; this is {described(over.type)}"
        check.diagnostics.error("M218", over.place.span, message, hint=hint)
        over = None
    if over is None:
        return None
    fit, made = (
        made is not None,
        made or ANY,
    )  # check its content even if it does not fit here
    item = Name(over.type.of or ANY, over.source if isinstance(over, tree.Path) else "")
    with _in_list(check):
        each = _each_used(check, node, over, item, made, label) if node.use else None
        if node.use is None:
            each = _each_inline(check, rule, node, over, item, made, label)
    return (each, want) if each is not None and fit else None


def _each_inline(
    check: RuleCheck, rule: Rule, node: tree.Each, over: Expr, item: Name, made: Type, label: str
) -> tree.Each | None:
    if node.name in check.scope.names:
        message = f'the name "{node.name}" is already in use here'
        check.diagnostics.error("M105", rule.key_span("as"), message, hint="choose another")
        return None
    before = check.scope
    holder = over.root.name if isinstance(over, tree.Path) and len(over.members) == 1 else ""
    check.scope = before.within(node.name, item, holder)
    where = check.infer.condition(node.where, "where") if node.where is not None else None
    fields = _made(check, node.fields, made, label, rule.span)
    _check_needs(check, node.needs, node.fields, made, label)
    check.scope = before
    if node.where is not None and where is None:
        return None
    return replace(node, over=over, where=where, fields=fields)


def _each_used(
    check: RuleCheck, node: tree.Each, over: Expr, item: Name, made: Type, label: str
) -> tree.Each | None:
    assert node.use is not None
    shape = check.uses.shape(node.use, made, node.fields, label, check.in_list)
    if shape is None or not check.uses.takes(node.use, shape, item.origin, "its list"):
        return None
    before = check.scope
    check.scope = Scope({**before.names, **names_of(shape)}, shape.item_name, shape.parent_name)
    where = check.infer.condition(node.where, "where") if node.where is not None else None
    check.scope = before
    fields = _overriding(check, node.fields, shape, made, label, node.use.mapping.span)
    _check_needs(check, node.needs, (*shape.fields, *node.fields), made, label)
    if node.where is not None and where is None:
        return None
    return replace(node, over=over, where=where, fields=fields)


def _reference(check: RuleCheck, rule: Rule, want: Type, label: str, field: Field | None) -> Checked | None:
    del field
    node = rule.producer
    assert isinstance(node, tree.Reference)
    if not _object_wanted(check, want, rule.span, label):
        return None
    key = check.infer.expr(node.key)
    if key is not None and key.type.kind != "text":
        hint = "convert it to text: | text" if key.type.kind in NUMBER else ""
        message = f"`key` takes text; this is {described(key.type)}"
        check.diagnostics.error("M224", key.place.span, message, hint=hint)
        key = None
    if not check.uses.referable(node, want, label) or key is None:
        return None
    return replace(node, key=key), want


CHECKERS: Mapping[type[Any], Callable[[RuleCheck, Rule, Type, str, Field | None], Checked | None]] = {
    tree.Plain: _literal,
    tree.Text: _text,
    tree.First: _first,
    tree.Join: _join,
    tree.Listed: _listed,
    tree.Each: _each,
    tree.Object: _object,
    tree.Reference: _reference,
}
