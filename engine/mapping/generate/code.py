"""The function that is being generated: its lines, variables, constants, bound names and places."""

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


class Code:
    """A function while it is generated; `env` maps names of the mapping to the variables that hold them."""

    def __init__(self, needed: frozenset[str]) -> None:
        self.needed = needed  # settings that are never absent
        self.out = Writer(depth=3)
        self.env: dict[str, str] = {}
        self.setup: dict[str, str] = {}  # line of the factory -> the name it binds
        self.constants: list[Any] = []
        self.sites: list[Site] = []
        self.reads: dict[str, str] = {}  # variable -> the path it holds
        self.label: list[str] = []  # the path in the payload of the current rule
        self.indexes: list[str] = []  # code for the positions in the lists around it
        self.span: Span | None = None  # of the current rule
        self.counts = False  # whether the function counts what it makes of a record

    def line(self, text: str) -> None:
        self.out.line(text, self.span)

    def block(self, head: str) -> Any:
        return self.out.block(head, self.span)

    def bound(self, code: str, letter: str = "s") -> str:
        """A name bound once, where the program is linked."""
        if code not in self.setup:
            self.setup[code] = f"{letter}{len(self.setup) + 1}"
        return self.setup[code]

    def helper(self, name: str, owner: str = "kit") -> str:
        self.setup[f"{owner}.{name}"] = name
        return name

    def spent(self) -> str:
        """The variable that counts what is made of the record in hand."""
        self.counts = True
        self.helper("spent")
        return "made"

    def constant(self, value: Any) -> str:
        if value is None or isinstance(value, bool | int):
            return repr(value)
        if isinstance(value, str):
            return ascii(value)
        for index, known in enumerate(self.constants):
            if type(known) is type(value) and repr(known) == repr(value):
                return f"k{index}"
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
        assert self.span is not None
        text += ")" * (text.count("(") - text.count(")"))  # a place ends at its last word, within a bracket
        self.sites.append(Site(code, str(self.span), ".".join(self.label), text, detail))
        return ", ".join(["refused", str(len(self.sites) - 1), *self.indexes])

    def sees(self, name: str) -> bool:
        """Whether expressions may use this name here."""
        return name in self.env or name in ("settings", "run")

    # ---- what is known to be present

    def granted(self, condition: Expr) -> None:
        """Below here the condition is true: what it compares or finds present is present."""
        match condition:
            case tree.Logic(word="and"):
                self.granted(condition.left)
                self.granted(condition.right)
            case tree.Exists(of=tree.Path(), negated=False):
                self._assume_present(condition.of)
            case tree.Compare():
                self._assume_present(condition.left)
                self._assume_present(condition.right)
            case tree.Among():
                self._assume_present(condition.left)

    def _assume_present(self, node: Expr) -> None:
        if isinstance(node, tree.Path) and node.root.name not in ("settings", "run"):
            known = self.out.known((self.env[node.root.name], tuple(member.name for member in node.members)))
            if known is not None:
                self.out.grants[-1].add(known)

    # ---- values

    def read(self, root: str, names: tuple[str, ...], text: str, type_: Type = ANY) -> Value:
        """The value at `names` in the object that `root` holds. Blank text is absent."""
        if not names:
            return Value(root, maybe=type_.kind == "text")
        known = self.out.known((root, names))
        if known is not None:
            return Value(known, maybe=not self.out.granted(known))
        owner = self.read(root, names[:-1], text.rpartition(".")[0])
        name, mark = self.out.new(), self.out.hoisted((root, names))
        # At the mark, nothing is known of what the blocks below it have found present.
        maybe = owner.maybe if mark is None else names[1:] and not self.out.granted(owner.code, mark.level)
        check = f" if {owner.code} is not None else None" if maybe else ""
        lines = [f"{name} = {owner.code}.get({names[-1]!a}){check}"]
        if type_.kind == "text":
            lines += self.blank_is_absent(name)
        self.out.read((root, names), name, lines, self.span)
        self.reads[name] = text
        return Value(name)

    def blank_is_absent(self, name: str) -> list[str]:
        # Most text is printable, and then a look at its white space is enough.
        invisible = f"not {name}.isprintable() and {self.helper('is_blank')}({name})"
        return [f"if not {name} or {name}.isspace() or {invisible}:", f"    {name} = None"]

    def strict(self, values: list[Value], code: str, maybe: bool = False, blank: bool = False) -> Value:
        """`code`, or absent where one of the values is absent."""
        known = self.out.values(code)
        if known is not None:
            return known
        checks = list(dict.fromkeys(f"{value.code} is not None" for value in values if value.maybe))
        if checks:
            made = self.atom(Value(f"{code} if {' and '.join(checks)} else None", atom=False, blank=blank))
        else:
            made = self.atom(Value(code, maybe, atom=False, blank=blank))
        if any(value.own for value in values):
            return made  # a variable that is assigned again may hold something else later
        shared = replace(made, own=False)
        self.out.keep(code, shared)
        return shared

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
        unit, zero = (self.constant(Decimal(number).scaleb(-places)) for number in (1, 0))
        # What rounds to nothing is 0.00, not -0.00 as decimals have it.
        return self.strict([of], f"{self.helper('quantize')}({of.code}, {unit}) or {zero}")
