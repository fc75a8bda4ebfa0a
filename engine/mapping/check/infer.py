"""Types of expressions: every one is resolved and checked when the file is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from engine.mapping.check.calls import CallCheck
from engine.mapping.check.kinds import comparable, described, type_of, unified
from engine.mapping.check.scope import Scope, resolve
from engine.mapping.syntax import tree
from engine.mapping.syntax.expressions import source_of
from engine.mapping.syntax.tree import Expr, Place
from engine.mapping.syntax.words import NUMBER, TEXTABLE
from engine.model.diagnostics import Diagnostics
from engine.model.schema import ANY, BOOL, DECIMAL, INT, TEXT, Type, list_of
from engine.model.text import is_blank


@dataclass(frozen=True, slots=True)
class Inference:
    """Types the expressions of one mapping. None stands for: wrong, and reported."""

    scope: Scope
    diagnostics: Diagnostics

    def _wrong(self, code: str, place: Place, message: str, hint: str = "") -> None:
        self.diagnostics.error(code, place.span, message, hint=hint)

    def expr(self, node: Expr) -> Expr | None:
        return self._READERS[type(node)](self, node)

    def condition(self, node: Expr, what: str) -> Expr | None:
        """An expression that must be true or false."""
        typed = self.expr(node)
        if typed is None:
            return None
        if typed.type.kind != "bool":
            message = f"{what} takes true or false; this is {described(typed.type)}"
            self._wrong("M217", typed.place, message, self._as_condition(typed.type))
            return None
        return typed

    def _as_condition(self, type_: Type) -> str:
        return "use a comparison, or: is present" if type_.kind != "object" else ""

    # ---- nodes

    def _const(self, node: tree.Const) -> Expr | None:
        return replace(node, type=type_of(node.value))

    def _path(self, node: tree.Path) -> Expr | None:
        return resolve(node, self.scope, self.diagnostics)

    def _negative(self, node: tree.Negative) -> Expr | None:
        of = self._number(node.of, "-")
        return None if of is None else replace(node, of=of, type=of.type)

    def _number(self, node: Expr, sign: str) -> Expr | None:
        typed = self.expr(node)
        if typed is None or typed.type.kind in NUMBER:
            return typed
        hint = ""
        if typed.type.kind == "date":
            hint = "use plus_days to add days"
        elif typed.type.kind == "text":
            hint = "concatenate text with ~; put brackets around arithmetic next to it" if sign == "+" else ""
            if isinstance(typed, tree.Call) and typed.of.type.kind in NUMBER:
                hint = f"a function applies to the value directly before it: (a {sign} b) | {typed.function}"
        self._wrong("M210", typed.place, f"{sign} takes numbers; this is {described(typed.type)}", hint)
        return None

    def _arithmetic(self, node: tree.Arithmetic) -> Expr | None:
        left, right = self._number(node.left, node.sign), self._number(node.right, node.sign)
        if left is None or right is None:
            return None
        whole = left.type.kind == right.type.kind == "int" and node.sign != "/"
        return replace(node, left=left, right=right, type=INT if whole else DECIMAL)

    def _compare(self, node: tree.Compare) -> Expr | None:
        left, right = self.expr(node.left), self.expr(node.right)
        if left is None or right is None:
            return None
        if not self._comparable(left, right, node.sign):
            return None
        self._never(left, right, node.sign)
        return replace(node, left=left, right=right, type=BOOL)

    def _comparable(self, left: Expr, right: Expr, sign: str) -> bool:
        a, b = left.type.kind, right.type.kind
        for side in (left, right):
            if side.type.kind in ("object", "list", "any"):
                hint = "use each for its items, or write: is present" if side.type.kind == "list" else ""
                self._wrong("M210", side.place, f"{sign} does not take {described(side.type)}", hint)
                return False
        if a != b and not (a in NUMBER and b in NUMBER):
            hint = ""
            if {a, b} == {"text", "date"}:
                hint = "turn the text into a date: '2026-01-31' | date"
            elif "text" in (a, b) and (a in NUMBER or b in NUMBER):
                hint = "write a number without quotes, or turn it into text with | text"
            types = f"left is {described(left.type)}, right is {described(right.type)}"
            message = f"{sign} compares values of one type; {types}"
            self._wrong("M210", right.place, message, hint)
            return False
        if a == "bool" and sign not in ("==", "!="):
            self._wrong("M210", right.place, f"{sign} cannot compare true and false")
            return False
        return True

    def _never(self, left: Expr, right: Expr, sign: str) -> None:
        """Report an enum that is compared with a word that it never has."""
        for const, other in ((left, right), (right, left)):
            if not isinstance(const, tree.Const) or isinstance(other, tree.Const):
                continue
            if isinstance(const.value, str) and is_blank(const.value):
                if sign in ("!=", "not in"):
                    continue  # true for every value that is present: clumsy, but not a mistake
                hint = "blank text is absent; write: is missing"
                self.diagnostics.warning("M223", const.place.span, "this is never true", hint=hint)
            elif other.type.values and const.value not in other.type.values:
                what = other.text if isinstance(other, tree.Path) else "the other side"
                message = f'{what} is never "{const.value}"'
                self.diagnostics.error(
                    "M207", const.place.span, message, near=(const.value, other.type.values)
                )

    def _items(self, node: tree.Items) -> Expr | None:
        self._wrong(
            "M109",
            node.place,
            "a list literal is only allowed to the right of in",
            "make a list with a rule: list",
        )
        return None

    def _among(self, node: tree.Among) -> Expr | None:
        left = self.expr(node.left)
        word = "not in" if node.negated else "in"
        if isinstance(node.right, tree.Items):
            values = [self.expr(item) for item in node.right.values]
            if left is None or any(value is None for value in values):
                return None
            known = [value for value in values if value is not None]
            fit = [
                self._comparable(left, value, word) for value in known
            ]  # all, so that each mistake is reported
            if not all(fit):
                return None
            for value in known:
                self._never(left, value, word)
            right: Expr = replace(node.right, values=tuple(known), type=list_of(left.type))
            return replace(node, left=left, right=right, type=BOOL)
        typed = self.expr(node.right)
        if left is None or typed is None:
            return None
        if typed.type.kind != "list":
            hint = "write a list: [a, b]"
            self._wrong(
                "M210",
                typed.place,
                f"{word} takes a list to its right; this is {described(typed.type)}",
                hint,
            )
            return None
        of = typed.type.of or ANY
        if not comparable(left.type, of):
            types = f"this is {described(left.type)}, the list holds {described(of)}"
            message = f"{word} compares values of one type; {types}"
            self._wrong("M210", left.place, message)
            return None
        return replace(node, left=left, right=typed, type=BOOL)

    def _logic(self, node: tree.Logic) -> Expr | None:
        left = self.condition(node.left, node.word)
        right = self.condition(node.right, node.word)
        if left is None or right is None:
            return None
        return replace(node, left=left, right=right, type=BOOL)

    def _not(self, node: tree.Not) -> Expr | None:
        of = self.condition(node.of, "not")
        return None if of is None else replace(node, of=of, type=BOOL)

    def _choice(self, node: tree.Choice) -> Expr | None:
        when = self.condition(node.when, "if")
        then = self.expr(node.then)
        otherwise = self.expr(node.otherwise) if node.otherwise is not None else None
        if when is None or then is None or (node.otherwise is not None and otherwise is None):
            return None
        type_ = then.type
        if otherwise is not None:
            both = unified(then.type, otherwise.type)
            if both is None:
                types = f"left is {described(then.type)}, right is {described(otherwise.type)}"
                message = f"both results must have one type; {types}"
                self._wrong("M210", otherwise.place, message)
                return None
            type_ = both
        return replace(node, when=when, then=then, otherwise=otherwise, type=type_)

    def _concat(self, node: tree.Concat) -> Expr | None:
        parts = [self.textable(part, "~") for part in node.parts]
        known = tuple(part for part in parts if part is not None)
        return replace(node, parts=known, type=TEXT) if len(known) == len(parts) else None

    def textable(self, node: Expr, what: str) -> Expr | None:
        typed = self.expr(node)
        if typed is None or typed.type.kind in TEXTABLE:
            return typed
        hint = "write one of its fields" if typed.type.kind == "object" else ""
        self._wrong("M210", typed.place, f"{what} makes text; this is {described(typed.type)}", hint)
        return None

    def _exists(self, node: tree.Exists) -> Expr | None:
        of = self.expr(node.of)
        return None if of is None else replace(node, of=of, type=BOOL)

    def _dot(self, node: tree.Dot) -> Expr | None:
        of = self.expr(node.of)
        if of is None:
            return None
        source, owner = source_of(of), source_of(of) or "it"
        if of.type.kind != "object":
            hint = "take one of its items first: (… | first).field" if of.type.kind == "list" else ""
            message = f"{owner} is {described(of.type)} and has no fields of its own"
            self._wrong("M204", node.member.place, message, hint)
            return None
        name, field = node.member.name, of.type.fields.get(node.member.name)
        if field is None:
            message = f'{owner} has no field "{name}"'
            span, near = node.member.place.span, (name, of.type.fields)
            self.diagnostics.error("M204", span, message, near=near)
            return None
        return replace(node, of=of, type=field.type, source=f"{source}.{name}" if source else "")

    def _call(self, node: tree.Call) -> Expr | None:
        return CallCheck(self.expr, self.diagnostics).call(node)

    _READERS: ClassVar[dict[type[Any], Callable[[Inference, Any], Expr | None]]] = {
        tree.Const: _const,
        tree.Path: _path,
        tree.Negative: _negative,
        tree.Arithmetic: _arithmetic,
        tree.Compare: _compare,
        tree.Items: _items,
        tree.Among: _among,
        tree.Logic: _logic,
        tree.Not: _not,
        tree.Choice: _choice,
        tree.Concat: _concat,
        tree.Exists: _exists,
        tree.Call: _call,
        tree.Dot: _dot,
    }
