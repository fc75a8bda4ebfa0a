"""What a producer makes, checked: types go in from the field, and come up from the holes and the parts."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from engine.mapping.check.catalog import Catalog
from engine.mapping.check.fit import fits, hole_fits, said_wanted
from engine.mapping.check.infer import Inference
from engine.mapping.check.kinds import said, unified
from engine.mapping.check.literals import AS_TEXT, Unfit, fitted
from engine.mapping.check.scope import Name, Scope, item_of, names_of, parent_of, scope_of
from engine.mapping.check.uses import Uses
from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import Draft, Expr, Fields, Pack, Producer, Rule
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.schema import ANY, TEXT, Field, Type, list_of

NUMBERS = ("int", "decimal")
Made = tuple[Producer, Type]


class ProducerCheck:
    """Checks the producers of one mapping; the scope grows and shrinks with `each`."""

    def __init__(self, draft: Draft, pack: Pack, catalog: Catalog, found: Diagnostics) -> None:
        self.draft, self.pack, self.catalog, self.found = draft, pack, catalog, found
        self.scope: Scope = scope_of(draft, catalog)
        self.creating = draft.target is None or draft.target.create
        self.uses = Uses(draft, pack, found)

    @property
    def infer(self) -> Inference:
        return Inference(self.scope, self.found)

    # ---- what the room above fills in

    def fields(self, rules: Fields, made: Type, owner: str) -> Fields:
        """The fields of an object of type `made`, checked."""
        raise NotImplementedError

    def filled(self, rules: Fields, made: Type, owner: str, at: Span) -> None:
        """Every field that a new record needs has a rule."""
        raise NotImplementedError

    def rule(self, rule: Rule, want: Type, label: str, own: Field | None = None) -> Rule | None:
        """The rule with the types of what it yields; None where something is wrong, which is noted."""
        raise NotImplementedError

    # ---- producers

    def producer(self, rule: Rule, want: Type, label: str, own: Field | None) -> Made | None:
        match rule.producer:
            case tree.Plain():
                return self._literal(rule.producer, rule.at, want, label, own)
            case tree.Text():
                return self._text(rule.producer, rule.at, want, label)
            case tree.First(rules):
                parts = self._parts(rules, want, label)
                return None if parts is None else (tree.First(parts), together(*map(say, parts)))
            case tree.Join(rules, glue):
                parts = self._parts(rules, AS_TEXT, label)
                fit = fits(TEXT, want, label, rule.at, self.found)
                return (tree.Join(parts, glue), TEXT) if parts is not None and fit else None
            case tree.Listed(rules):
                return self._listed(rules, rule.at, want, label)
            case tree.Each():
                return self._each(rule.producer, rule.at, want, label, rule.spot("as"))
            case tree.Object():
                return self._object(rule.producer, rule.at, want, label)
            case tree.Reference():
                return self._reference(rule.producer, rule.at, want, label)
        assert_never(rule.producer)

    def _parts(self, rules: tuple[Rule, ...], want: Type, label: str) -> tuple[Rule, ...] | None:
        parts = [self.rule(one, want, label) for one in rules]
        known = tuple(one for one in parts if one is not None)
        return known if len(known) == len(parts) else None

    def _literal(self, node: tree.Plain, at: Span, want: Type, label: str, own: Field | None) -> Made | None:
        if node.scalar is None:
            if want.kind not in ("list", "any") or want is AS_TEXT:
                self.found.error("M224", at, f"{label} takes {said(want)}, found a list")
                return None
            return tree.Plain(None, [] if own else None, own is not None), want
        value = fitted(node.scalar, want, label, self.found)
        if isinstance(value, Unfit):
            return None
        if value.value is None and own is not None and not own.nullable:
            self.found.error("M224", at, f"{label} cannot be null", hint="an absent field is left out")
            return None
        blank = value.value is None or (isinstance(value.value, str) and not value.value.strip())
        if blank and own is None:
            return tree.Plain(node.scalar, None), value.type
        return tree.Plain(node.scalar, value.value, blank), value.type

    def _text(self, node: tree.Text, at: Span, want: Type, label: str) -> Made | None:
        if node.hole is not None:
            typed = self.infer.expr(node.hole)
            if typed is None or not hole_fits(typed, want, label, self.found):
                return None
            return tree.Text((typed,)), typed.type
        parts: list[str | Expr | None] = [
            one if isinstance(one, str) else self.infer.textable(one, "text around a hole")
            for one in node.parts
        ]
        known = tuple(one for one in parts if one is not None)
        if len(known) < len(parts) or not fits(TEXT, want, label, at, self.found):
            return None
        size = sum(len(one) for one in known if isinstance(one, str))
        if want.max is not None and size > want.max:
            message = f"{label} takes up to {want.max} characters, this has {size} beside its holes"
            self.found.error("M208", at, message)
            return None
        return tree.Text(known), TEXT

    # ---- lists and objects

    def _listed(self, rules: tuple[Rule, ...], at: Span, want: Type, label: str) -> Made | None:
        item = self._item_wanted(want, at, label)
        parts = self._parts(rules, item or ANY, label)  # their own mistakes are said whatever is wanted here
        if parts is None or item is None:
            return None
        return tree.Listed(parts), list_of(together(*map(say, parts)))

    def _item_wanted(self, want: Type, at: Span, label: str) -> Type | None:
        if want is not AS_TEXT and want.kind in ("list", "any"):
            return want.of or ANY
        hint = "an object is made with fields, use or ref" if want.kind == "object" else ""
        self.found.error("M224", at, f"{label} takes {said_wanted(want)}, and this makes a list", hint=hint)
        return None

    def _object_wanted(self, want: Type, at: Span, label: str) -> bool:
        if want is not AS_TEXT and want.kind in ("object", "any"):
            return True
        hint = "a list of one is written {list: [ … ]}" if want.kind == "list" else ""
        message = f"{label} takes {said_wanted(want)}, and this makes an object"
        self.found.error("M224", at, message, hint=hint)
        return False

    def _object(self, node: tree.Object, at: Span, want: Type, label: str) -> Made | None:
        if not self._object_wanted(want, at, label):
            return None
        if node.use is None:
            return replace(node, fields=self._made(node.fields, want, label, at)), want
        shape = self.uses.shape(node.use, want, node.fields, label)
        item = self.scope.names[self.scope.item]
        if shape is None or not self.uses.takes(node.use, shape, item.origin, self.scope.parent):
            return None
        use = replace(node.use, item=self.scope.item, parent=self.scope.parent)
        return tree.Object(self._overriding(node.fields, shape, want, label, at), use), want

    def _made(self, rules: Fields, made: Type, label: str, at: Span) -> Fields:
        if self.creating:
            self.filled(rules, made, label, at)
        return self.fields(rules, made, label)

    def _overriding(self, rules: Fields, shape: Draft, made: Type, label: str, at: Span) -> Fields:
        """Fields beside `use`: they see the names around them and those of the shape."""
        if self.creating:
            self.filled((*shape.fields, *rules), made, f"{label} (by {shape.name})", at)
        before = self.scope
        self.scope = Scope({**before.names, **names_of(shape)}, item_of(shape), parent_of(shape))
        out = self.fields(rules, made, label)
        self.scope = before
        return out

    def _each(self, node: tree.Each, at: Span, want: Type, label: str, named: Span) -> Made | None:
        made = self._item_wanted(want, at, label)
        if made is not None and made.kind not in ("object", "any"):
            self.found.error("M224", at, f"{label} is a list of {said(made)}, and each makes objects")
            made = None
        over = self.infer.expr(node.over)
        if over is not None and over.type.kind != "list":
            hint = "one object is made without each, by fields" if over.type.kind == "object" else ""
            message = f"each goes through a list; this is {said(over.type)}"
            self.found.error("M218", over.at.span, message, hint=hint)
            over = None
        if over is None:
            return None
        fit, made = made is not None, made or ANY  # what stands in it is checked whatever is wanted here
        item = Name(over.type.of or ANY, over.source if isinstance(over, tree.Path) else "")
        each = self._each_used(node, over, item, made, label) if node.use else None
        if node.use is None:
            each = self._each_inline(node, over, item, made, label, at, named)
        return (each, want) if each is not None and fit else None

    def _each_inline(
        self, node: tree.Each, over: Expr, item: Name, made: Type, label: str, at: Span, named: Span
    ) -> tree.Each | None:
        if node.name in self.scope.names:
            message = f'the name "{node.name}" is in use around here'
            self.found.error("M105", named, message, hint="choose another")
            return None
        before = self.scope
        holder = over.root.name if isinstance(over, tree.Path) and len(over.members) == 1 else ""
        self.scope = before.within(node.name, item, holder)
        where = self.infer.condition(node.where, "where") if node.where is not None else None
        fields = self._made(node.fields, made, label, at)
        self.scope = before
        if node.where is not None and where is None:
            return None
        return replace(node, over=over, where=where, fields=fields)

    def _each_used(self, node: tree.Each, over: Expr, item: Name, made: Type, label: str) -> tree.Each | None:
        assert node.use is not None
        shape = self.uses.shape(node.use, made, node.fields, label)
        if shape is None or not self.uses.takes(node.use, shape, item.origin, "its list"):
            return None
        before = self.scope
        self.scope = Scope({**before.names, **names_of(shape)}, item_of(shape), parent_of(shape))
        where = self.infer.condition(node.where, "where") if node.where is not None else None
        self.scope = before
        fields = self._overriding(node.fields, shape, made, label, node.use.mapping.span)
        if node.where is not None and where is None:
            return None
        return replace(node, over=over, where=where, fields=fields)

    def _reference(self, node: tree.Reference, at: Span, want: Type, label: str) -> Made | None:
        if not self._object_wanted(want, at, label):
            return None
        key = self.infer.expr(node.key)
        if key is not None and key.type.kind != "text":
            hint = "as text: | text" if key.type.kind in NUMBERS else ""
            message = f"the key of a ref is text; this is {said(key.type)}"
            self.found.error("M224", key.at.span, message, hint=hint)
            key = None
        if not self.uses.referable(node, want, label) or key is None:
            return None
        return replace(node, key=key), want


def together(*types: Type | None) -> Type:
    """The type of what may be of any of these types; None has no say in it."""
    known = [one for one in types if one is not None]
    type_: Type | None = known[0] if known else ANY
    for one in known[1:]:
        type_ = unified(type_, one) if type_ is not None else None
    return type_ or ANY


def say(rule: Rule) -> Type | None:
    """The type of a part. A literal nothing is absent, whatever the others are."""
    return None if nothing(rule.producer) and rule.default is None else rule.type


def nothing(producer: Producer) -> bool:
    return isinstance(producer, tree.Plain) and producer.value is None
