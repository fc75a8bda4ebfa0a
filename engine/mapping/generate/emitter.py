"""What every line of a program is made with: variables, constants, bound names, places, what is present."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from engine.mapping.generate.writer import Value, Writer
from engine.mapping.run.sites import Site
from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import Expr
from engine.model.diagnostic import Span
from engine.model.schema import ANY, Type


class Emitter:
    """A function while it is written; `env` says which variable holds which name."""

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
        text += ")" * (text.count("(") - text.count(")"))  # a place ends at the last word, within its bracket
        self.sites.append(Site(code, str(self.at), ".".join(self.label), text, detail))
        return ", ".join(["refused", str(len(self.sites) - 1), *self.indexes])

    # ---- what is known to be present

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

    # ---- values

    def read(self, root: str, names: tuple[str, ...], text: str, type_: Type = ANY) -> Value:
        """What stands under `names` in the object that `root` holds. Blank text is absent."""
        if not names:
            return Value(root, maybe=type_.kind == "text")
        known = self.out.known((root, names))
        if known is not None:
            return Value(known, maybe=not self.out.granted(known))
        owner = self.read(root, names[:-1], text.rpartition(".")[0])
        name, mark = self.out.new(), self.out.hoisted((root, names))
        # Before the mark, nothing is known of what has been found present in the blocks below it.
        maybe = owner.maybe if mark is None else names[1:] and not self.out.granted(owner.code, mark.level)
        check = f" if {owner.code} is not None else None" if maybe else ""
        lines = [f"{name} = {owner.code}.get({names[-1]!a}){check}"]
        if type_.kind == "text":
            lines += self.blank_is_absent(name)
        self.out.read((root, names), name, lines, self.at)
        self.reads[name] = text
        return Value(name)

    @staticmethod
    def blank_is_absent(name: str) -> list[str]:
        return [f"if not {name} or {name}.isspace():", f"    {name} = None"]

    def strict(self, values: list[Value], code: str, maybe: bool = False, blank: bool = False) -> Value:
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

    def concat(self, parts: list[tuple[Value, Type]]) -> Value:
        """The parts as one text; absent where one of them is."""
        codes = [self.spelled(value.code, type_) for value, type_ in parts]
        blank = all(value.blank for value, _ in parts)
        code = " + ".join(codes) if len(codes) < 4 else f"''.join(({', '.join(codes)}))"
        return self.strict([value for value, _ in parts], code, blank=blank)

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

    def rounded(self, of: Value, places: int) -> Value:
        unit, zero = (self.constant(Decimal(one).scaleb(-places)) for one in (1, 0))
        # What rounds to nothing is 0.00, not -0.00 as decimals have it.
        return self.strict([of], f"{self.helper('quantize')}({of.code}, {unit}) or {zero}")
