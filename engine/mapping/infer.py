"""Types of expressions: every hole is resolved and checked when the file is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from engine.mapping import tree
from engine.mapping.functions import FUNCTIONS, NUMBER, TEXTABLE, Arg, Function
from engine.mapping.scope import Scope, resolve
from engine.mapping.tree import Expr, Place
from engine.model.diagnostics import Diagnostics
from engine.model.schema import ANY, BOOL, DECIMAL, INT, TEXT, Type, enum, list_of

HINTS = {
    "default": "absent values are for the rule: first or default",
    "length": "the number of items is count",
    "int": "numbers are numbers already",
    "float": "numbers are numbers already",
    "string": "as text is text",
    "join": "texts are put together by the rule: join",
    "map": "go through a list with each",
    "first": "the first present value is a rule: first",
    "format": "put texts together with ~ or text around holes",
    "title": "there is upper and lower",
    "urlencode": "there is url_quote",
}


def said(type_: Type) -> str:
    """A type as people call it."""
    if type_.kind == "text":
        return "text"
    if type_.kind == "list":
        return "a list"
    return {
        "int": "a whole number", "decimal": "a number", "bool": "true or false", "date": "a date",
        "instant": "a date and time", "object": "an object", "any": "of unknown type",
    }[type_.kind]  # fmt: skip


class Inference:
    """Types the expressions of one mapping. None stands for: wrong, and noted."""

    def __init__(self, scope: Scope, found: Diagnostics) -> None:
        self.scope, self.found = scope, found

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

    def _wrong(self, code: str, at: Place, message: str, hint: str = "") -> None:
        self.found.error(code, at.span, message, hint=hint)

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
        self._never(left, right)
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

    def _never(self, left: Expr, right: Expr) -> None:
        """An enum compared with a word that it never has."""
        for const, other in ((left, right), (right, left)):
            if not isinstance(const, tree.Const) or isinstance(other, tree.Const):
                continue
            if isinstance(const.value, str) and not const.value.strip():
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
            alike = [self._comparable(left, one, word) for one in known]
            if not all(alike):
                return None
            for one in known:
                self._never(left, one)
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
        if not _alike(left.type, of):
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
        type_: Type | None = then.type
        if otherwise is not None:
            type_ = unified(then.type, otherwise.type)
            if type_ is None:
                message = f"both sides must be alike; left is {said(then.type)}, right {said(otherwise.type)}"
                self._wrong("M210", otherwise.at, message)
                return None
        assert type_ is not None
        return replace(node, when=when, then=then, otherwise=otherwise, type=type_)

    def _concat(self, node: tree.Concat) -> Expr | None:
        parts = [self.textable(one, "~") for one in node.parts]
        known = tuple(one for one in parts if one is not None)
        return replace(node, parts=known, type=TEXT) if len(known) == len(parts) else None

    def textable(self, node: Expr, what: str) -> Expr | None:
        typed = self.expr(node)
        if typed is None or typed.type.kind in TEXTABLE:
            return typed
        self._wrong("M210", typed.at, f"{what} makes text, and this is {said(typed.type)}")
        return None

    def _exists(self, node: tree.Exists) -> Expr | None:
        of = self.expr(node.of)
        return None if of is None else replace(node, of=of, type=BOOL)

    # ---- functions

    def _call(self, node: tree.Call) -> Expr | None:
        function = FUNCTIONS.get(node.function)
        if function is None:
            self.found.error(
                "M211",
                node.at.span,
                f'there is no function "{node.function}"',
                near=None if node.function in HINTS else (node.function, FUNCTIONS),
                hint=HINTS.get(node.function, ""),
            )
            return None
        of = self.expr(node.of)
        args = self._args(node, function)
        if of is None or args is None:
            return None
        if of.type.kind not in function.takes:
            takes = " or ".join(dict.fromkeys(said(Type(kind)) for kind in function.takes))
            message = f"{node.function} takes {takes}; this is {said(of.type)}"
            self._wrong("M210", of.at, message, self._taking(node.function, of.type))
            return None
        type_ = function.gives or of.type
        if node.function == "sum":
            summed = self._summed(node, of, args)
            if summed is None:
                return None
            type_ = summed
        return replace(node, of=of, args=args, type=type_)

    def _taking(self, function: str, type_: Type) -> str:
        if type_.kind in ("int", "decimal") and FUNCTIONS[function].takes == ("text",):
            return f"as text: | text | {function}"
        if type_.kind == "text" and function == "plus_days":
            return "as a date: | date | plus_days(…)"
        return ""

    def _args(self, node: tree.Call, function: Function) -> tuple[Expr, ...] | None:
        least = sum(not arg.optional for arg in function.args)
        if not least <= len(node.args) <= len(function.args):
            wanted = ", ".join(f"[{arg.name}]" if arg.optional else arg.name for arg in function.args)
            message = f"{node.function} takes {f'({wanted})' if wanted else 'no arguments'}"
            self._wrong("M212", node.at, f"{message}, found {len(node.args)}")
            return None
        typed = [
            self._arg(node.function, given, arg) for given, arg in zip(node.args, function.args, strict=False)
        ]
        known = tuple(one for one in typed if one is not None)
        return known if len(known) == len(typed) else None

    def _arg(self, function: str, given: Expr, arg: Arg) -> Expr | None:
        typed = self.expr(given)
        if typed is None:
            return None
        if typed.type.kind not in arg.kinds:
            wanted = said(Type(arg.kinds[0]))
            self._wrong("M210", typed.at, f"{arg.name} of {function} is {wanted}; this is {said(typed.type)}")
            return None
        if isinstance(typed, tree.Const):
            small = arg.smallest is not None and typed.value < arg.smallest
            if small or (arg.largest is not None and typed.value > arg.largest):
                message = f"{arg.name} of {function} lies between {arg.smallest} and {arg.largest}"
                self._wrong("M212", typed.at, message)
                return None
            if typed.value == "" and arg.name in ("old", "separator"):
                self._wrong("M212", typed.at, f"{arg.name} of {function} cannot be empty")
                return None
        elif arg.literal:
            self._wrong("M212", typed.at, f"{arg.name} of {function} is written out, it cannot be computed")
            return None
        return typed

    def _summed(self, node: tree.Call, of: Expr, args: tuple[Expr, ...]) -> Type | None:
        item = of.type.of or ANY
        name = args[0].value if args and isinstance(args[0], tree.Const) else None
        if item.kind == "object" and name is not None:
            member = item.fields.get(name)
            if member is None:
                what = of.source if isinstance(of, tree.Path) and of.source else "the list"
                self.found.error(
                    "M204", args[0].at.span, f'{what} has no field "{name}"', near=(name, item.fields)
                )
                return None
            item = member.type
        elif item.kind == "object":
            self._wrong("M212", node.at, "sum of a list of objects names their field: sum('…')")
            return None
        elif name is not None:
            self._wrong("M212", args[0].at, f"the list holds {said(item)}, which has no fields")
            return None
        if item.kind not in NUMBER:
            self._wrong("M210", (args[0] if args else of).at, f"sum adds numbers; this is {said(item)}")
            return None
        return Type(item.kind)

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
    }


def type_of(value: Any) -> Type:
    """The type of a literal; text knows its own words, so that enums are checked when the file is read."""
    match value:
        case bool():
            return BOOL
        case int():
            return INT
        case Decimal():
            return DECIMAL
        case str():
            return enum(value)
    return ANY


def unified(a: Type, b: Type) -> Type | None:
    """The type of what may be either, or None where they are not alike."""
    if a.kind == b.kind == "text":
        return enum(*a.values, *b.values) if a.values and b.values else TEXT
    if a.kind in NUMBER and b.kind in NUMBER:
        return INT if a.kind == b.kind == "int" else DECIMAL
    if a.kind == "list" and b.kind == "list":
        of = unified(a.of or ANY, b.of or ANY)
        return None if of is None else list_of(of)
    return a if a == b else None


def _alike(a: Type, b: Type) -> bool:
    if a.kind in ("object", "list", "any") or b.kind in ("object", "list", "any"):
        return False
    return a.kind == b.kind or (a.kind in NUMBER and b.kind in NUMBER)
