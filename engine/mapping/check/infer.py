"""Types of expressions: every hole is resolved and checked when the file is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from engine.mapping.check.infer_calls import Calls
from engine.mapping.check.kinds import alike, said, type_of, unified
from engine.mapping.check.scope import resolve
from engine.mapping.syntax import tree
from engine.mapping.syntax.functions import NUMBER, TEXTABLE
from engine.mapping.syntax.tree import Expr
from engine.model.schema import ANY, BOOL, DECIMAL, INT, TEXT, Type, list_of


class Inference(Calls):
    """Types the expressions of one mapping. None stands for: wrong, and noted."""

    def expr(self, node: Expr) -> Expr | None:
        return self._READERS[type(node)](self, node)

    def condition(self, node: Expr, what: str) -> Expr | None:
        """A hole that must be true or false."""
        typed = self.expr(node)
        if typed is None:
            return None
        if typed.type.kind != "bool":
            message = f"{what} asks for true or false; this is {said(typed.type)}"
            self._wrong("M217", typed.at, message, self._as_condition(typed.type))
            return None
        return typed

    def _as_condition(self, type_: Type) -> str:
        return "compare it with something, or ask: is present" if type_.kind != "object" else ""

    # ---- nodes

    def _const(self, node: tree.Const) -> Expr | None:
        return replace(node, type=type_of(node.value))

    def _path(self, node: tree.Path) -> Expr | None:
        return resolve(node, self.scope, self.found)

    def _negative(self, node: tree.Negative) -> Expr | None:
        of = self._number(node.of, "-")
        return None if of is None else replace(node, of=of, type=of.type)

    def _number(self, node: Expr, sign: str) -> Expr | None:
        typed = self.expr(node)
        if typed is None or typed.type.kind in NUMBER:
            return typed
        hint = ""
        if typed.type.kind == "date":
            hint = "days are added with plus_days"
        elif typed.type.kind == "text":
            hint = "texts are put together with ~; brackets around a sum beside it" if sign == "+" else ""
            if isinstance(typed, tree.Call) and typed.of.type.kind in NUMBER:
                hint = f"a function takes the value right before it: (a {sign} b) | {typed.function}"
        self._wrong("M210", typed.at, f"{sign} takes numbers; this is {said(typed.type)}", hint)
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
        for one in (left, right):
            if one.type.kind in ("object", "list", "any"):
                hint = "go through it with each, or ask: is present" if one.type.kind == "list" else ""
                self._wrong("M210", one.at, f"{sign} does not take what is {said(one.type)}", hint)
                return False
        if a != b and not (a in NUMBER and b in NUMBER):
            hint = ""
            if {a, b} == {"text", "date"}:
                hint = "make the text a date: '2026-01-31' | date"
            elif "text" in (a, b) and (a in NUMBER or b in NUMBER):
                hint = "a number is written without quotes; a number becomes text with | text"
            message = (
                f"{sign} compares like with like; left is {said(left.type)}, right is {said(right.type)}"
            )
            self._wrong("M210", right.at, message, hint)
            return False
        if a == "bool" and sign not in ("==", "!="):
            self._wrong("M210", right.at, f"{sign} has no meaning for true and false")
            return False
        return True

    def _never(self, left: Expr, right: Expr, sign: str) -> None:
        """An enum compared with a word that it never has."""
        for const, other in ((left, right), (right, left)):
            if not isinstance(const, tree.Const) or isinstance(other, tree.Const):
                continue
            if isinstance(const.value, str) and not const.value.strip():
                if sign in ("!=", "not in"):
                    continue  # true where there is something: clumsy, and no mistake
                hint = "blank text is absent: ask, is missing"
                self.found.warning("M223", const.at.span, "this is never true", hint=hint)
            elif other.type.values and const.value not in other.type.values:
                what = other.text if isinstance(other, tree.Path) else "the other side"
                message = f'{what} is never "{const.value}"'
                self.found.error("M207", const.at.span, message, near=(const.value, other.type.values))

    def _items(self, node: tree.Items) -> Expr | None:
        self._wrong("M109", node.at, "a list literal stands right of in only", "a list is a rule: list")
        return None

    def _among(self, node: tree.Among) -> Expr | None:
        left = self.expr(node.left)
        word = "not in" if node.negated else "in"
        if isinstance(node.right, tree.Items):
            values = [self.expr(one) for one in node.right.values]
            if left is None or any(one is None for one in values):
                return None
            known = [one for one in values if one is not None]
            fit = [self._comparable(left, one, word) for one in known]  # of all, so that each mistake is said
            if not all(fit):
                return None
            for one in known:
                self._never(left, one, word)
            right: Expr = replace(node.right, values=tuple(known), type=list_of(left.type))
            return replace(node, left=left, right=right, type=BOOL)
        typed = self.expr(node.right)
        if left is None or typed is None:
            return None
        if typed.type.kind != "list":
            hint = "write a list: [a, b]"
            self._wrong("M210", typed.at, f"right of {word} stands a list; this is {said(typed.type)}", hint)
            return None
        of = typed.type.of or ANY
        if not alike(left.type, of):
            message = f"{word} compares like with like; this is {said(left.type)}, the list holds {said(of)}"
            self._wrong("M210", left.at, message)
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
                message = f"both sides must be alike; left is {said(then.type)}, right {said(otherwise.type)}"
                self._wrong("M210", otherwise.at, message)
                return None
            type_ = both
        return replace(node, when=when, then=then, otherwise=otherwise, type=type_)

    def _concat(self, node: tree.Concat) -> Expr | None:
        parts = [self.textable(one, "~") for one in node.parts]
        known = tuple(one for one in parts if one is not None)
        return replace(node, parts=known, type=TEXT) if len(known) == len(parts) else None

    def textable(self, node: Expr, what: str) -> Expr | None:
        typed = self.expr(node)
        if typed is None or typed.type.kind in TEXTABLE:
            return typed
        hint = "name one of its fields" if typed.type.kind == "object" else ""
        self._wrong("M210", typed.at, f"{what} makes text, and this is {said(typed.type)}", hint)
        return None

    def _exists(self, node: tree.Exists) -> Expr | None:
        of = self.expr(node.of)
        return None if of is None else replace(node, of=of, type=BOOL)

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
        tree.Call: Calls.call,
    }
