"""Expressions become Python. Nothing of the mapping's text gets in but as a repr'd constant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, ClassVar

from engine.mapping.generate.functions import Functions
from engine.mapping.generate.writer import ABSENT, Value
from engine.mapping.syntax import tree
from engine.mapping.syntax.functions import FUNCTIONS
from engine.mapping.syntax.tree import Expr, walk
from engine.model.schema import Type

_COMPOSITE = ("list", "object", "any")


class Expressions(Functions):
    """Writes expressions into a function."""

    # ---- holes and conditions

    def hole(self, node: Expr) -> Value:
        """A whole hole: blank text out of it is absent, so is an empty list or object."""
        before, self.at = self.at, node.at.span
        value = self.expr(node)
        if value.blank and node.type.kind == "text":
            value = self.own(value)
            for line in self.blank_is_absent(value.code):
                self.line(line)
            value = Value(value.code, own=True)
        elif node.type.kind in _COMPOSITE:
            value = self._not_empty(value, node.type)
        self.at = before
        return value

    def _not_empty(self, value: Value, type_: Type) -> Value:
        if type_.kind == "list" and type_.of is not None and type_.of.kind not in _COMPOSITE:
            return Value(f"{value.code} or None", atom=False)
        return Value(f"{self.helper('filled')}({value.code})", atom=False)

    def truth(self, node: Expr) -> str:
        """The node as a Python condition."""
        before, self.at = self.at, node.at.span
        value = self.expr(node)
        self.at = before
        if value.maybe:
            return f"{self.atom(value).code} is True"
        return value.code if value.atom else f"({value.code})"

    def expr(self, node: Expr) -> Value:
        """The node's value. What has been computed already, here or around here, is not computed again."""
        if isinstance(node, tree.Const | tree.Path):
            return self._WRITERS[type(node)](self, node)
        key = self._key(node)
        known = self.out.values(key)
        if known is None:
            value = self._WRITERS[type(node)](self, node)
            known = replace(value, own=False)
            if value.atom:
                self.out.keep(key, known)
        return known

    def _key(self, node: Any) -> Any:
        """What makes two expressions the same: all but places, and names by the variables that hold them."""
        if isinstance(node, tree.Path):
            root = node.root.name
            return self.env.get(root, root), tuple(one.name for one in node.members)
        if isinstance(node, tree.Const):
            return type(node.value), repr(node.value)
        if isinstance(node, tuple):
            return tuple(self._key(one) for one in node)
        if not is_dataclass(node):
            return node
        parts = (getattr(node, one.name) for one in fields(node) if one.name not in ("at", "type"))
        return type(node), *(self._key(one) for one in parts)

    # ---- nodes

    def _const(self, node: tree.Const) -> Value:
        blank = isinstance(node.value, str) and not node.value.strip()
        return Value(self.constant(node.value), maybe=False, blank=blank)

    def _path(self, node: tree.Path) -> Value:
        names = tuple(one.name for one in node.members)
        root = node.root.name
        if root == "settings":
            return self._setting(names[0]) if names else ABSENT
        if root == "run":
            return Value(self.bound(f"run.{names[0]}", "r"), maybe=False) if names else ABSENT
        return self.read(self.env[root], names, node.text, node.type)

    def _setting(self, name: str) -> Value:
        if name in self.needed:
            return Value(self.bound(f"kit.needed(settings, {name!a})"), maybe=False)
        return Value(self.bound(f"kit.present(settings.get({name!a}))"))

    def _negative(self, node: tree.Negative) -> Value:
        of = self.atom(self.expr(node.of))
        code = f"-{of.code}" if node.type.kind == "int" else f"{self.helper('minus')}({of.code})"
        return self.strict([of], code)

    def _arithmetic(self, node: tree.Arithmetic) -> Value:
        left, right = self.atom(self.expr(node.left)), self.atom(self.expr(node.right))
        a, b = left.code, right.code
        if node.sign == "/":
            site = self.site("mapping.failed", node.at.text)
            return self.strict([left, right], f"{self.helper('divide')}({a}, {b}, {site})", maybe=True)
        if node.type.kind == "int":
            return self.strict([left, right], f"{a} {node.sign} {b}")
        name = {"+": "add", "-": "subtract", "*": "multiply"}[node.sign]
        return self.strict([left, right], f"{self.helper(name)}({a}, {b})")

    def _checked(self, values: list[Value], code: str) -> Value:
        """A comparison: not true where one of the values is absent."""
        checks = [f"{one.code} is not None" for one in values if one.maybe]
        return Value(" and ".join([*dict.fromkeys(checks), code]), maybe=False, atom=False)

    def _compare(self, node: tree.Compare) -> Value:
        left, right = self.atom(self.expr(node.left)), self.atom(self.expr(node.right))
        values = [left, right]
        if node.sign == "==":
            # What is absent equals nothing that is present: one check is enough, or none.
            values = [left] if left.maybe and right.maybe else []
        return self._checked(values, f"{left.code} {node.sign} {right.code}")

    def _among(self, node: tree.Among) -> Value:
        word = "not in" if node.negated else "in"
        left = self.atom(self.expr(node.left))
        if isinstance(node.right, tree.Items):
            values = node.right.values
            if all(isinstance(one, tree.Const) for one in values):
                held = self.constant(frozenset(one.value for one in values if isinstance(one, tree.Const)))
                return self._checked([left] if node.negated else [], f"{left.code} {word} {held}")
            codes = [self.atom(self.expr(one)).code for one in values]
            return self._checked([left], f"{left.code} {word} ({', '.join(codes)},)")
        if isinstance(node.right, tree.Path) and node.right.root.name == "settings" and node.right.members:
            source = f"settings.get({node.right.members[0].name!a})"
            right = Value(self.bound(f"kit.members({source})"))
            # Nothing absent is a member of a set: one check is enough.
            return self._checked([right, left][: 1 + node.negated], f"{left.code} {word} {right.code}")
        right = self.atom(self.expr(node.right))
        return self._checked([right, left], f"{left.code} {word} {right.code}")

    def _logic(self, node: tree.Logic) -> Value:
        left = self.truth(node.left)
        if not lazy(node.right):
            right = self.truth(node.right)
            return self.atom(Value(f"{left} {node.word} {right}", maybe=False, atom=False))
        # What may refuse the record, or costs more than a look, runs only where its value is asked for.
        name = self.out.new()
        self.line(f"{name} = {left}")
        with self.block(f"if {name}:" if node.word == "and" else f"if not {name}:"):
            if node.word == "and":
                self.granted(node.left)
            self.line(f"{name} = {self.truth(node.right)}")
        return Value(name, maybe=False, own=True)

    def _not(self, node: tree.Not) -> Value:
        return Value(f"not {self.truth(node.of)}", maybe=False, atom=False)

    def _choice(self, node: tree.Choice) -> Value:
        condition = self.truth(node.when)
        if not lazy(node.then) and not (node.otherwise and lazy(node.otherwise)):
            then = self.atom(self.expr(node.then))
            other = self.atom(self.expr(node.otherwise)) if node.otherwise else ABSENT
            code = f"{then.code} if {condition} else {other.code}"
            return self.atom(Value(code, then.maybe or other.maybe, False, blank=then.blank or other.blank))
        name = self.out.new()
        with self.block(f"if {condition}:"):
            then = self.expr(node.then)
            self.line(f"{name} = {then.code}")
        with self.block("else:"):
            other = self.expr(node.otherwise) if node.otherwise else ABSENT
            self.line(f"{name} = {other.code}")
        return Value(name, then.maybe or other.maybe, own=True, blank=then.blank or other.blank)

    def _concat(self, node: tree.Concat) -> Value:
        return self.concat([(self.atom(self.expr(one)), one.type) for one in node.parts])

    def _exists(self, node: tree.Exists) -> Value:
        value = self.atom(self.hole(node.of))
        if not value.maybe:
            return Value("False" if node.negated else "True", maybe=False)
        return Value(f"{value.code} is {'' if node.negated else 'not '}None", maybe=False, atom=False)

    def _call(self, node: tree.Call) -> Value:
        of = self.atom(self.expr(node.of))
        args = [self.atom(self.expr(one)) for one in node.args]
        return self.called(node, of, args)

    _WRITERS: ClassVar[dict[type[Any], Callable[[Expressions, Any], Value]]] = {
        tree.Const: _const,
        tree.Path: _path,
        tree.Negative: _negative,
        tree.Arithmetic: _arithmetic,
        tree.Compare: _compare,
        tree.Among: _among,
        tree.Logic: _logic,
        tree.Not: _not,
        tree.Choice: _choice,
        tree.Concat: _concat,
        tree.Exists: _exists,
        tree.Call: _call,
    }


def refuses(node: Expr) -> bool:
    """Whether computing this may refuse the record."""
    return any(
        (isinstance(one, tree.Arithmetic) and one.sign == "/")
        or (isinstance(one, tree.Call) and FUNCTIONS[one.function].refuses)
        for one in walk(node)
    )


def lazy(node: Expr) -> bool:
    """Whether this is better not computed where its value is not asked for."""
    return any(isinstance(one, tree.Arithmetic | tree.Call) for one in walk(node))
