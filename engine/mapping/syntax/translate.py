"""What Jinja parsed becomes our own expression tree; nodes that are not listed here are mistakes.

Nodes are told apart by the names of their classes, so that Jinja itself is imported where it parses, and
nowhere else. Their line number is the offset of a character.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from engine.document import Scalar
from engine.mapping.syntax import tree
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
    "FloorDiv": ("the operator //", "there are + - * / and the function round"),
    "Mod": ("the operator %", "there are + - * / and the function round"),
    "Pos": ("a plus sign before a value", ""),
    "Tuple": ("a list in round brackets", "write [a, b], right of in"),
    "TemplateData": ("text", ""),
}


class HoleMistake(Exception):
    """What is wrong with a hole, and where in its scalar's text."""

    def __init__(self, code: str, start: int, length: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.start, self.length, self.message, self.hint = code, start, length, message, hint


class Translator:
    """Translates one hole's nodes. `lengths`: of the token at each offset; `signs`: operators and offsets."""

    def __init__(self, scalar: Scalar, lengths: Mapping[int, int], signs: Sequence[tuple[Any, int]]) -> None:
        self.scalar, self.lengths, self.signs = scalar, lengths, signs

    def mistake(self, code: str, at: int, message: str, hint: str = "") -> HoleMistake:
        return HoleMistake(code, at, self.lengths.get(at, 1), message, hint)

    def _place(self, at: int, end: int | None = None) -> Place:
        length = self.lengths.get(at, 1) if end is None else end - at
        return Place(self.scalar, at, max(1, length))

    def _over(self, *parts: Expr) -> Place:
        start = min(one.at.start for one in parts)
        return self._place(start, max(one.at.start + one.at.length for one in parts))

    def expr(self, node: Any, depth: int = 1) -> Expr:
        if depth > MAX_DEPTH:
            message = f"the hole is nested deeper than {MAX_DEPTH} levels"
            raise self.mistake("M110", node.lineno, message)
        kind = type(node).__name__
        reader = self._READERS.get(kind)
        if reader is not None:
            return reader(self, node, depth + 1)
        what, hint = _REFUSED.get(kind, (kind.lower(), ""))
        at = self._sign(node) if hasattr(node, "operator") and hasattr(node, "right") else node.lineno
        raise self.mistake("M109", at, f"{what} is not allowed in a hole", hint)

    def _sign(self, node: Any) -> int:
        """Where the operator stands: the last one of its kind before its right side."""
        signs = [at for sign, at in self.signs if sign == node.operator]
        return max((at for at in signs if at < node.right.lineno), default=int(node.lineno))

    def _const(self, node: Any, depth: int) -> Expr:
        del depth
        if node.value is None:
            raise self.mistake(
                "M109", node.lineno, "none is not allowed in a hole", "ask {{ value is missing }}"
            )
        return tree.Const(value=node.value, at=self._place(node.lineno))

    def _name(self, node: Any, depth: int) -> Expr:
        del depth
        place = self._place(node.lineno)
        return tree.Path(root=tree.Member(node.name, place), members=(), at=place)

    def _dot(self, node: Any, depth: int) -> Expr:
        of = self.expr(node.node, depth)
        if not isinstance(of, tree.Path):
            raise self.mistake("M109", node.lineno, "a dot follows a name only", "bind it with each … as")
        member = tree.Member(node.attr, self._place(node.lineno))
        end = node.lineno + self.lengths.get(node.lineno, 1)
        return tree.Path(root=of.root, members=(*of.members, member), at=self._place(of.root.at.start, end))

    def _negative(self, node: Any, depth: int) -> Expr:
        of = self.expr(node.node, depth)
        at = self._place(node.lineno, of.at.start + of.at.length)
        if isinstance(of, tree.Const) and isinstance(of.value, int | Decimal) and type(of.value) is not bool:
            return tree.Const(value=_negated(of.value), at=at)
        return tree.Negative(of=of, at=at)

    def _arithmetic(self, node: Any, depth: int) -> Expr:
        left, right = self.expr(node.left, depth), self.expr(node.right, depth)
        sign = _ARITHMETIC[type(node).__name__]
        return tree.Arithmetic(sign=sign, left=left, right=right, at=self._over(left, right))

    def _compare(self, node: Any, depth: int) -> Expr:
        if depth + len(node.ops) > MAX_DEPTH:
            message = f"the hole is nested deeper than {MAX_DEPTH} levels"
            raise self.mistake("M110", node.lineno, message)
        left = self.expr(node.expr, depth)
        out: Expr | None = None
        for operand in node.ops:
            right = self.expr(operand.expr, depth)
            at = self._over(left, right)
            one: Expr
            if operand.op in ("in", "notin"):
                one = tree.Among(left=left, right=right, negated=operand.op == "notin", at=at)
            else:
                one = tree.Compare(sign=_COMPARES[operand.op], left=left, right=right, at=at)
            out = one if out is None else tree.Logic(word="and", left=out, right=one, at=self._over(out, one))
            left = right
        assert out is not None
        return out

    def _list(self, node: Any, depth: int) -> Expr:
        values = tuple(self.expr(one, depth) for one in node.items)
        last = values[-1].at.start + values[-1].at.length if values else node.lineno
        return tree.Items(values=values, at=self._place(node.lineno, self.scalar.text.find("]", last) + 1))

    def _and(self, node: Any, depth: int) -> Expr:
        left, right = self.expr(node.left, depth), self.expr(node.right, depth)
        word: Any = "and" if type(node).__name__ == "And" else "or"
        return tree.Logic(word=word, left=left, right=right, at=self._over(left, right))

    def _not(self, node: Any, depth: int) -> Expr:
        of = self.expr(node.node, depth)
        if type(node.node).__name__ == "Test" and isinstance(of, tree.Exists) and node.lineno == of.at.start:
            return tree.Exists(of=of.of, negated=not of.negated, at=of.at)
        return tree.Not(of=of, at=self._place(node.lineno))

    def _choice(self, node: Any, depth: int) -> Expr:
        when, then = self.expr(node.test, depth), self.expr(node.expr1, depth)
        otherwise = self.expr(node.expr2, depth) if node.expr2 is not None else None
        parts = (when, then) if otherwise is None else (when, then, otherwise)
        return tree.Choice(when=when, then=then, otherwise=otherwise, at=self._over(*parts))

    def _concat(self, node: Any, depth: int) -> Expr:
        parts = tuple(self.expr(one, depth) for one in node.nodes)
        return tree.Concat(parts=parts, at=self._over(*parts))

    def _call(self, node: Any, depth: int) -> Expr:
        assert node.node is not None
        of = self.expr(node.node, depth)
        if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
            message = f"the function {node.name} takes its arguments without names"
            raise self.mistake("M109", node.lineno, message)
        args = tuple(self.expr(one, depth) for one in node.args)
        return tree.Call(function=node.name, of=of, args=args, at=self._place(node.lineno))

    def _test(self, node: Any, depth: int) -> Expr:
        of = self.expr(node.node, depth)
        if node.name not in ("missing", "present") or node.args or node.kwargs:
            known = ("missing", "present")
            message, hint = f"{node.name} takes no argument", ""
            if node.name not in known:
                message, hint = f'there is no test "{node.name}"', did_you_mean(node.name, known)
            raise self.mistake("M109", node.lineno, message, hint)
        return tree.Exists(of=of, negated=node.name == "missing", at=self._place(node.lineno))

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
