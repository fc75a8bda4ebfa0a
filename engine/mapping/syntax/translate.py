"""What Jinja parsed becomes our own expression tree; nodes that are not listed here are mistakes.

Nodes are distinguished by the names of their classes, so that Jinja is imported only where it parses. Their
line number is the offset of a character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from engine.document import Scalar
from engine.mapping.syntax import tree
from engine.mapping.syntax.language import TESTS
from engine.mapping.syntax.tree import Expr, Place
from engine.model.advice import did_you_mean

MAX_DEPTH = 64
_ARITHMETIC = {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/"}
_COMPARES = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="}
_REFUSED = {
    "Call": ("a call", "functions are written as filters: {{ value | function }}"),
    "Getitem": ("a subscript", "write a dot: {{ invoice.number }}"),
    "Slice": ("a slice", ""),
    "Pow": ("the power operator", ""),
    "FloorDiv": ("the operator //", "use + - * / or the function round"),
    "Mod": ("the operator %", "use + - * / or the function round"),
    "Pos": ("a plus sign before a value", ""),
    "Tuple": ("a list in round brackets", "write [a, b] after in"),
    "TemplateData": ("text", ""),
}


_SIMPLE = re.compile(r"\((?P<inner>[^()]*(?:\([^()]*\)[^()]*)*)\)|[\w.]+")  # before a subscript
_INDEX = re.compile(r"(?:\[\s*-?\s*\d+\s*\]|\.?\d+)(?:\.(\w+))?")  # [0].email, or .0.email


class ExpressionMistake(Exception):
    """What is wrong with an expression, and the place in its scalar's text."""

    def __init__(self, code: str, start: int, length: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.start, self.length, self.message, self.hint = code, start, length, message, hint


class Translator:
    """Translates one expression. `lengths`: of the token at each offset; `signs`: operators and offsets."""

    def __init__(self, scalar: Scalar, lengths: Mapping[int, int], signs: Sequence[tuple[Any, int]]) -> None:
        self.scalar, self.lengths, self.signs = scalar, lengths, signs

    def mistake(self, code: str, offset: int, message: str, hint: str = "") -> ExpressionMistake:
        return ExpressionMistake(code, offset, self.lengths.get(offset, 1), message, hint)

    def _place(self, start: int, end: int | None = None) -> Place:
        length = self.lengths.get(start, 1) if end is None else end - start
        return Place(self.scalar, start, max(1, length))

    def _over(self, *parts: Expr) -> Place:
        start = min(part.place.start for part in parts)
        return self._place(start, max(part.place.start + part.place.length for part in parts))

    def expr(self, node: Any, depth: int = 1) -> Expr:
        if depth > MAX_DEPTH:
            message = f"the expression is nested deeper than {MAX_DEPTH} levels"
            raise self.mistake("M110", node.lineno, message)
        kind = type(node).__name__
        reader = self._READERS.get(kind)
        if reader is not None:
            return reader(self, node, depth + 1)
        what, hint = _REFUSED.get(kind, (kind.lower(), ""))
        if kind == "Getitem":
            hint = self._instead_of_subscript(node) or hint
        binary = hasattr(node, "operator") and hasattr(node, "right")
        offset = self._sign(node) if binary else node.lineno
        raise self.mistake("M109", offset, f"{what} is not allowed in an expression", hint)

    def _instead_of_subscript(self, node: Any) -> str:
        """How to take an item of a list; empty if the subscript is not a number."""
        if type(node.arg).__name__ == "Slice":
            return "take one item: {{ list | first }}, {{ list | last }}; the rule's `cut` shortens a text"
        index, negative = node.arg, type(node.arg).__name__ == "Neg"
        number = getattr(index.node if negative else index, "value", None)
        if type(number) is not int:
            return ""
        if number != negative:
            return "only the first and the last item can be taken: {{ list | first }}, {{ list | last }}"
        function, text = "last" if negative else "first", self.scalar.text
        before = text[text.rfind("{{", 0, node.lineno) + 2 : node.lineno].strip().removesuffix(".")
        known = _SIMPLE.fullmatch(before)
        item = f"{(known['inner'] or before) if known else 'list'} | {function}"
        after = _INDEX.match(text, node.lineno)
        return f"write {{{{ {f'({item}).{after[1]}' if after and after[1] else item} }}}}"

    def _sign(self, node: Any) -> int:
        """The offset of the operator: the last one of its kind before its right side."""
        signs = [offset for sign, offset in self.signs if sign == node.operator]
        return max((offset for offset in signs if offset < node.right.lineno), default=int(node.lineno))

    def _const(self, node: Any, depth: int) -> Expr:
        del depth
        if node.value is None:
            message = "none is not allowed in an expression"
            raise self.mistake("M109", node.lineno, message, "write {{ value is missing }}")
        return tree.Const(value=node.value, place=self._place(node.lineno))

    def _name(self, node: Any, depth: int) -> Expr:
        del depth
        place = self._place(node.lineno)
        return tree.Path(root=tree.Member(node.name, place), members=(), place=place)

    def _dot(self, node: Any, depth: int) -> Expr:
        of = self.expr(node.node, depth)
        member = tree.Member(node.attr, self._place(node.lineno))
        end = node.lineno + self.lengths.get(node.lineno, 1)
        if isinstance(of, tree.Call | tree.Dot):
            return tree.Dot(of=of, member=member, place=self._place(of.place.start, end))
        if not isinstance(of, tree.Path):
            hint = "give it a name with each … as, or take one item of a list: (list | first).field"
            raise self.mistake("M109", node.lineno, "a dot can only follow a name", hint)
        return tree.Path(
            root=of.root, members=(*of.members, member), place=self._place(of.root.place.start, end)
        )

    def _negative(self, node: Any, depth: int) -> Expr:
        of = self.expr(node.node, depth)
        place = self._place(node.lineno, of.place.start + of.place.length)
        if isinstance(of, tree.Const) and isinstance(of.value, int | Decimal) and type(of.value) is not bool:
            return tree.Const(value=_negated(of.value), place=place)
        return tree.Negative(of=of, place=place)

    def _arithmetic(self, node: Any, depth: int) -> Expr:
        left, right = self.expr(node.left, depth), self.expr(node.right, depth)
        sign = _ARITHMETIC[type(node).__name__]
        return tree.Arithmetic(sign=sign, left=left, right=right, place=self._over(left, right))

    def _compare(self, node: Any, depth: int) -> Expr:
        if depth + len(node.ops) > MAX_DEPTH:
            message = f"the expression is nested deeper than {MAX_DEPTH} levels"
            raise self.mistake("M110", node.lineno, message)
        left = self.expr(node.expr, depth)
        out: Expr | None = None
        for operand in node.ops:
            right = self.expr(operand.expr, depth)
            place = self._over(left, right)
            pair: Expr
            if operand.op in ("in", "notin"):
                pair = tree.Among(left=left, right=right, negated=operand.op == "notin", place=place)
            else:
                pair = tree.Compare(sign=_COMPARES[operand.op], left=left, right=right, place=place)
            if out is not None:
                pair = tree.Logic(word="and", left=out, right=pair, place=self._over(out, pair))
            out, left = pair, right
        assert out is not None
        return out

    def _list(self, node: Any, depth: int) -> Expr:
        values = tuple(self.expr(part, depth) for part in node.items)
        last = values[-1].place.start + values[-1].place.length if values else node.lineno
        return tree.Items(values=values, place=self._place(node.lineno, self.scalar.text.find("]", last) + 1))

    def _and(self, node: Any, depth: int) -> Expr:
        left, right = self.expr(node.left, depth), self.expr(node.right, depth)
        word: Any = "and" if type(node).__name__ == "And" else "or"
        return tree.Logic(word=word, left=left, right=right, place=self._over(left, right))

    def _not(self, node: Any, depth: int) -> Expr:
        of = self.expr(node.node, depth)
        if (
            type(node.node).__name__ == "Test"
            and isinstance(of, tree.Exists)
            and node.lineno == of.place.start
        ):
            return tree.Exists(of=of.of, negated=not of.negated, place=of.place)
        return tree.Not(of=of, place=self._place(node.lineno))

    def _choice(self, node: Any, depth: int) -> Expr:
        when, then = self.expr(node.test, depth), self.expr(node.expr1, depth)
        otherwise = self.expr(node.expr2, depth) if node.expr2 is not None else None
        parts = (when, then) if otherwise is None else (when, then, otherwise)
        return tree.Choice(when=when, then=then, otherwise=otherwise, place=self._over(*parts))

    def _concat(self, node: Any, depth: int) -> Expr:
        parts = tuple(self.expr(part, depth) for part in node.nodes)
        return tree.Concat(parts=parts, place=self._over(*parts))

    def _call(self, node: Any, depth: int) -> Expr:
        assert node.node is not None
        of = self.expr(node.node, depth)
        if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
            message = f"the function {node.name} takes its arguments without names"
            raise self.mistake("M109", node.lineno, message)
        args = tuple(self.expr(part, depth) for part in node.args)
        return tree.Call(function=node.name, of=of, args=args, place=self._place(node.lineno))

    def _test(self, node: Any, depth: int) -> Expr:
        of = self.expr(node.node, depth)
        test = TESTS.get(node.name)
        if test is None:
            message = f'unknown test "{node.name}"'
            raise self.mistake("M109", node.lineno, message, did_you_mean(node.name, TESTS))
        if node.args or node.kwargs:
            raise self.mistake("M109", node.lineno, f"{node.name} takes no argument")
        return tree.Exists(of=of, negated=not test.present, place=self._place(node.lineno))

    _READERS: ClassVar[dict[str, Callable[..., Expr]]] = {
        "Const": _const,
        "Name": _name,
        "Getattr": _dot,
        "Neg": _negative,
        "Add": _arithmetic,
        "Sub": _arithmetic,
        "Mul": _arithmetic,
        "Div": _arithmetic,
        "Compare": _compare,
        "List": _list,
        "And": _and,
        "Or": _and,
        "Not": _not,
        "CondExpr": _choice,
        "Concat": _concat,
        "Filter": _call,
        "Test": _test,
    }


def _negated(value: int | Decimal) -> int | Decimal:
    """Exact, unlike the minus of Python, which rounds a decimal to 28 digits."""
    if isinstance(value, int):
        return -value
    return value.copy_negate() if value else value
