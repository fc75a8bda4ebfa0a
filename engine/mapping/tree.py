"""The checked tree of a mapping: expressions, rules, and the mapping around them. Frozen, all of it.

Expressions are our own few nodes: what Jinja parsed is translated at once (`expression.py`), and types are
filled in by a pass (`infer.py`). Every node knows its place in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, Literal

from engine.document import Scalar
from engine.model.diagnostics import Span
from engine.model.schema import ANY, Stream, Type

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a scalar's text. The span is worked out only when somebody asks."""

    scalar: Scalar = field(repr=False)
    start: int = 0
    length: int = 1

    @property
    def span(self) -> Span:
        return self.scalar.within(self.start, self.length)

    @property
    def text(self) -> str:
        return self.scalar.text[self.start : self.start + self.length]


@dataclass(frozen=True, slots=True, kw_only=True)
class Const:
    value: Any
    at: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    at: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A name and the keys behind it. `source` is the dotted place in the systems, where it is known:
    `psohub.invoices.project.due_days`."""

    root: Member
    members: tuple[Member, ...]
    at: Place
    type: Type = ANY
    source: str = ""

    @property
    def text(self) -> str:
        return ".".join(one.name for one in (self.root, *self.members))


@dataclass(frozen=True, slots=True, kw_only=True)
class Negative:
    of: Expr
    at: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    sign: str  # + - * /
    left: Expr
    right: Expr
    at: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    sign: str  # == != < <= > >=
    left: Expr
    right: Expr
    at: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list literal; stands right of `in` only."""

    values: tuple[Expr, ...]
    at: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    left: Expr
    right: Expr
    negated: bool
    at: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Logic:
    word: Literal["and", "or"]
    left: Expr
    right: Expr
    at: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    of: Expr
    at: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """`then if when else otherwise`; absent where there is no else."""

    when: Expr
    then: Expr
    otherwise: Expr | None
    at: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Concat:
    parts: tuple[Expr, ...]
    at: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    function: str
    of: Expr
    args: tuple[Expr, ...]
    at: Place  # of the function's name
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Exists:
    """`is present`, or `is missing` where negated."""

    of: Expr
    negated: bool
    at: Place
    type: Type = ANY


Expr = (
    Const | Path | Negative | Arithmetic | Compare | Items | Among
    | Logic | Not | Choice | Concat | Call | Exists
)  # fmt: skip


# ---- rules


@dataclass(frozen=True, slots=True)
class Plain:
    """A scalar without holes, or an empty list. `value` is filled in when it is known where it goes."""

    scalar: Scalar | None  # None: the empty list
    value: Any = None
    as_written: bool = False  # null, "" or [] as a field's own value: sent, not absent


@dataclass(frozen=True, slots=True)
class Text:
    """Text with holes. One part that is an expression: the hole keeps its type."""

    parts: tuple[str | Expr, ...]

    @property
    def hole(self) -> Expr | None:
        return self.parts[0] if len(self.parts) == 1 and not isinstance(self.parts[0], str) else None


@dataclass(frozen=True, slots=True)
class First:
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Join:
    rules: tuple[Rule, ...]
    glue: str = " "


@dataclass(frozen=True, slots=True)
class Listed:
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """Fields of a shape, over the item in hand. `item` and `parent` are names in scope."""

    mapping: Scalar
    item: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Each:
    over: Expr
    name: str
    fields: Fields
    use: Use | None = None
    where: Expr | None = None


@dataclass(frozen=True, slots=True)
class Object:
    fields: Fields
    use: Use | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    mapping: Scalar
    key: Expr


Producer = Plain | Text | First | Join | Listed | Each | Object | Reference


@dataclass(frozen=True, slots=True)
class Lookup:
    at: Span
    table: Scalar
    by: tuple[Scalar, ...]
    give: Scalar | None
    column: str = ""  # what it gives, resolved


@dataclass(frozen=True, slots=True)
class Rule:
    at: Span
    producer: Producer
    when: Expr | None = None
    lookup: Lookup | None = None
    optional: bool = False
    default: Rule | None = None
    required: bool = False
    max: int | None = None
    cut: int | None = None
    round: int | None = None
    doc: str = ""
    type: Type = ANY  # of what it yields
    into: Type = ANY  # of where it goes


@dataclass(frozen=True, slots=True)
class FieldRule:
    name: str
    at: Span
    rule: Rule


Fields = tuple[FieldRule, ...]


# ---- a mapping


@dataclass(frozen=True, slots=True)
class SourceDraft:
    stream: Scalar
    name: str
    where: Expr | None = None
    linked: Scalar | None = None
    keys: str = ""


@dataclass(frozen=True, slots=True)
class ShapeDraft:
    source: Scalar
    name: str
    parent: Scalar | None
    target: Scalar


@dataclass(frozen=True, slots=True)
class TargetDraft:
    stream: Scalar
    match: tuple[Fields, ...] = ()
    on_change: str = ""
    create: bool = True


@dataclass(frozen=True, slots=True)
class Totals:
    fields: Fields = ()
    on_difference: Rule | None = None
    tolerance: Rule | None = None


@dataclass(frozen=True, slots=True)
class Action:
    verb: Scalar
    when: Expr | None = None


@dataclass(frozen=True, slots=True)
class Ends:
    """What a mapping stands between, resolved: item and parent with their types, and the type to be made."""

    origin: str  # psohub.invoices, or psohub.invoices.lines for a shape
    item: Type
    parent_origin: str
    parent: Type | None
    destination: str  # xero.invoices, xero.invoices.LineItems
    made: Type
    source: Stream
    target: Stream


@dataclass(frozen=True, slots=True)
class Draft:
    name: str
    at: Span
    file: str
    doc: str
    fields: Fields
    fields_at: Span
    source: SourceDraft | None = None
    target: TargetDraft | None = None
    shape: ShapeDraft | None = None
    totals: Totals = field(default_factory=Totals)
    actions: tuple[Action, ...] = ()
    ends: Ends | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """All mappings of a pack, as the passes hand them on."""

    drafts: Mapping[str, Draft]
    order: tuple[str, ...] = ()


# ---- walking


_NODES = (
    Const, Path, Negative, Arithmetic, Compare, Items, Among, Logic, Not, Choice, Concat, Call, Exists,
    Plain, Text, First, Join, Listed, Use, Each, Object, Reference, Lookup, Rule, FieldRule,
    SourceDraft, TargetDraft, Totals, Action, Draft,
)  # fmt: skip


def walk(node: Any) -> Iterator[Any]:
    """The node and every node below it, in the order they stand in."""
    if isinstance(node, tuple):
        for one in node:
            yield from walk(one)
    elif isinstance(node, _NODES):
        yield node
        for one in fields(node):
            yield from walk(getattr(node, one.name))
