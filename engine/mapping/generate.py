"""Expressions become Python. Nothing of the mapping's text gets in but as a repr'd constant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar

from engine.mapping import tree
from engine.mapping.functions import FUNCTIONS
from engine.mapping.sites import Site
from engine.mapping.tree import Expr, Place, walk
from engine.mapping.writer import ABSENT, Value, Writer
from engine.model.diagnostics import Span
from engine.model.schema import Type


class Expressions:
    """Writes expressions into a function; `env` says which variable holds which name."""

    def __init__(self, needed: frozenset[str]) -> None:
        self.needed = needed  # settings that are never absent
        self.out = Writer(depth=3)
        self.env: dict[str, str] = {}
        self.setup: dict[str, str] = {}  # line of the factory -> the name it binds
        self.constants: list[Any] = []
        self.sites: list[Site] = []
        self.reads: dict[str, str] = {}  # variable -> the path it holds
        self.label: list[str] = []  # where in the payload the rule at hand goes
        self.indexes: list[str] = []  # code for the positions in the lists around it
        self.at: Span | None = None

    # ---- small things

    def line(self, text: str) -> None:
        self.out.line(text, self.at)

    def block(self, head: str) -> Any:
        return self.out.block(head, self.at)

    def bound(self, code: str, letter: str = "s") -> str:
        """A name bound once, where the program is linked."""
        if code not in self.setup:
            self.setup[code] = f"{letter}{len(self.setup) + 1}"
        return self.setup[code]

    def helper(self, name: str) -> str:
        self.setup[f"kit.{name}"] = name
        return name

    def constant(self, value: Any) -> str:
        if value is None or isinstance(value, bool | int):
            return repr(value)
        if isinstance(value, str):
            return ascii(value)
        for at, one in enumerate(self.constants):
            if type(one) is type(value) and repr(one) == repr(value):
                return f"k{at}"
        self.constants.append(value)
        return f"k{len(self.constants) - 1}"

    def atom(self, value: Value) -> Value:
        if value.atom:
            return value
        name = self.out.new()
        self.line(f"{name} = {value.code}")
        return Value(name, value.maybe, own=True, blank=value.blank)

    def own(self, value: Value) -> Value:
        """The value in a variable that may be assigned again."""
        if value.own:
            return value
        name = self.out.new()
        self.line(f"{name} = {value.code}")
        return Value(name, value.maybe, own=True, blank=value.blank)

    def site(self, code: str, text: str = "", detail: Any = None) -> str:
        """Arguments for a helper that may refuse the record here."""
        assert self.at is not None
        self.sites.append(Site(code, str(self.at), ".".join(self.label), text, detail))
        return ", ".join(["refused", str(len(self.sites) - 1), *self.indexes])

    def granted(self, condition: Expr) -> None:
        """Below here the condition is true: what it compares or finds present is present."""
        match condition:
            case tree.Logic(word="and"):
                self.granted(condition.left)
                self.granted(condition.right)
            case tree.Exists(of=tree.Path(), negated=False):
                self._grant(condition.of)
            case tree.Compare():
                self._grant(condition.left)
                self._grant(condition.right)
            case tree.Among():
                self._grant(condition.left)

    def _grant(self, node: Expr) -> None:
        if isinstance(node, tree.Path) and node.root.name not in ("settings", "run"):
            known = self.out.known((self.env[node.root.name], tuple(one.name for one in node.members)))
            if known is not None:
                self.out.grants[-1].add(known)

    # ---- expressions

    def hole(self, node: Expr) -> Value:
        """A whole hole: blank text out of it is absent."""
        before, self.at = self.at, node.at.span
        value = self.expr(node)
        if value.blank and node.type.kind == "text":
            value = self.own(value)
            check = f"{value.code} is not None and " if value.maybe else ""
            with self.block(f"if {check}not {value.code}.strip():"):
                self.line(f"{value.code} = None")
            value = Value(value.code, own=True)
        self.at = before
        return value

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
        return self.read(self.env[root], names, node.text)

    def _setting(self, name: str) -> Value:
        if name in self.needed:
            return Value(self.bound(f"kit.needed(settings, {name!a})"), maybe=False)
        return Value(self.bound(f"kit.present(settings.get({name!a}))"))

    def read(self, root: str, names: tuple[str, ...], text: str) -> Value:
        """What stands under `names` in the object that `root` holds."""
        if not names:
            return Value(root, maybe=False)
        known = self.out.known((root, names))
        if known is not None:
            return Value(known, maybe=not self.out.granted(known))
        owner = self.read(root, names[:-1], text.rpartition(".")[0])
        name = self.out.new()
        check = f" if {owner.code} is not None else None" if owner.maybe else ""
        self.out.read((root, names), name, f"{owner.code}.get({names[-1]!a}){check}", self.at)
        self.reads[name] = text
        return Value(name)

    def _strict(self, values: list[Value], code: str, maybe: bool = False, blank: bool = False) -> Value:
        """`code`, or absent where one of the values is absent."""
        known = self.out.values(code)
        if known is not None:
            return known
        checks = list(dict.fromkeys(f"{one.code} is not None" for one in values if one.maybe))
        if checks:
            made = self.atom(Value(f"{code} if {' and '.join(checks)} else None", atom=False, blank=blank))
        else:
            made = self.atom(Value(code, maybe, atom=False, blank=blank))
        if any(one.own for one in values):
            return made  # a variable that is assigned again may hold something else later
        made = replace(made, own=False)
        self.out.keep(code, made)
        return made

    def _negative(self, node: tree.Negative) -> Value:
        of = self.atom(self.expr(node.of))
        code = f"-{of.code}" if node.type.kind == "int" else f"{self.helper('minus')}({of.code})"
        return self._strict([of], code)

    def _arithmetic(self, node: tree.Arithmetic) -> Value:
        left, right = self.atom(self.expr(node.left)), self.atom(self.expr(node.right))
        a, b = left.code, right.code
        if node.sign == "/":
            site = self.site("mapping.failed", node.at.text)
            return self._strict([left, right], f"{self.helper('divide')}({a}, {b}, {site})", maybe=True)
        if node.type.kind == "int":
            return self._strict([left, right], f"{a} {node.sign} {b}")
        name = {"+": "add", "-": "subtract", "*": "multiply"}[node.sign]
        return self._strict([left, right], f"{self.helper(name)}({a}, {b})")

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
        else:
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

    def concat(self, parts: list[tuple[Value, Type]]) -> Value:
        """The parts as one text; absent where one of them is."""
        codes = [self.spelled(value.code, type_) for value, type_ in parts]
        blank = all(value.blank for value, _ in parts)
        code = " + ".join(codes) if len(codes) < 4 else f"''.join(({', '.join(codes)}))"
        return self._strict([value for value, _ in parts], code, blank=blank)

    def spelled(self, code: str, type_: Type) -> str:
        """Code for a present value as text."""
        match type_.kind:
            case "text":
                return code
            case "int":
                return f"{self.helper('as_text')}({code})"
            case "date":
                return f"{code}.isoformat()"
        return f"{self.helper('spelled')}({code})"

    def _exists(self, node: tree.Exists) -> Value:
        value = self.atom(self.hole(node.of))
        if not value.maybe:
            return Value("False" if node.negated else "True", maybe=False)
        return Value(f"{value.code} is {'' if node.negated else 'not '}None", maybe=False, atom=False)

    # ---- functions

    def _call(self, node: tree.Call) -> Value:
        of = self.atom(self.expr(node.of))
        args = [self.atom(self.expr(one)) for one in node.args]
        return self._FUNCTIONS[node.function](self, node, of, args)

    def _method(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        del args
        return self._strict([of], f"{of.code}.{node.function}()", blank=of.blank)

    def _plus_days(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        del node
        return self._strict([of, *args], f"{of.code} + {self.helper('days')}({args[0].code})")

    def _date(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        del args
        if node.of.type.kind == "date":
            return of
        if node.of.type.kind == "instant":
            return self._strict([of], f"{of.code}.date()")
        site = self.site("mapping.failed", node.of.at.text)
        return self._strict([of], f"{self.helper('to_date')}({of.code}, {site})", maybe=True)

    def _text(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        del args
        if node.of.type.kind == "text":
            return of
        return self._strict([of], self.spelled(of.code, node.of.type))

    def _round(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        del args
        places = node.args[0].value if node.args and isinstance(node.args[0], tree.Const) else 0
        return self.rounded(of, places)

    def rounded(self, of: Value, places: int) -> Value:
        unit = self.constant(Decimal(1).scaleb(-places))
        return self._strict([of], f"{self.helper('quantize')}({of.code}, {unit})")

    def _abs(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        del args
        whole = node.of.type.kind == "int"
        return self._strict(
            [of], f"{self.helper('magnitude')}({of.code})" if whole else f"{of.code}.copy_abs()"
        )

    def _helped(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        """Functions whose helper may come out absent."""
        name = {"trim": "trimmed", "split": "pieces", "replace": "replaced"}[node.function]
        code = ", ".join(one.code for one in (of, *args))
        return self._strict([of, *args], f"{self.helper(name)}({code})", maybe=True)

    def _sum(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        if args:
            return self._strict([of], f"{self.helper('total_of')}({of.code}, {args[0].code})")
        del node
        return self._strict([of], f"{self.helper('total')}({of.code})")

    def _count(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        del node, args
        return self._strict([of], f"{self.helper('size')}({of.code})")

    def _url_quote(self, node: tree.Call, of: Value, args: list[Value]) -> Value:
        del node, args
        return self._strict([of], f"{self.helper('quote')}({of.code})", blank=of.blank)

    _FUNCTIONS: ClassVar[dict[str, Callable[[Expressions, tree.Call, Value, list[Value]], Value]]] = {
        "plus_days": _plus_days,
        "date": _date,
        "text": _text,
        "round": _round,
        "abs": _abs,
        "upper": _method,
        "lower": _method,
        "trim": _helped,
        "replace": _helped,
        "split": _helped,
        "sum": _sum,
        "count": _count,
        "url_quote": _url_quote,
    }

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


__all__ = ["Expressions", "Place", "refuses"]
