"""The checked tree of a mapping: rules, and the mapping around them. Frozen, all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from engine.document import Scalar
from engine.mapping.syntax.expressions import (
    Among,
    Arithmetic,
    Call,
    Choice,
    Compare,
    Concat,
    Const,
    Exists,
    Expr,
    Items,
    Logic,
    Member,
    Negative,
    Not,
    Path,
    Place,
)
from engine.model.diagnostic import Span
from engine.model.schema import ANY, Stream, Type

__all__ = [
    "TOLERANCE", "ZERO", "Action", "Among", "Arithmetic", "Call", "Choice", "Compare", "Concat",
    "Const", "Draft", "Each", "Ends", "Exists", "Expr", "FieldRule", "Fields", "First", "Items", "Join",
    "Listed", "Logic", "Lookup", "Member", "Negative", "Not", "Object", "Pack", "Path", "Place",
    "Plain", "Producer", "Reads", "Reference", "Rule", "ShapeDraft", "SourceDraft", "TargetDraft",
    "Text", "Totals", "Use", "walk",
]  # fmt: skip

ZERO = Decimal(0)
TOLERANCE = Decimal("0.05")  # of control totals, where nobody says


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
    keys: Mapping[str, Scalar] = field(default_factory=dict, repr=False, compare=False)  # as written
    broken: bool = False  # it could not be read, which is noted; that its field has a rule is known

    def spot(self, key: str) -> Span:
        """Where a key of the rule stands, to point at it."""
        return self.keys[key].span if key in self.keys else self.at


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
    by_setting: bool = False  # no rule for it is written, but the pack has a setting of that name


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
    fields_at: Span | None  # None: what stands there could not be read, so nothing is said to lack
    source: SourceDraft | None = None
    target: TargetDraft | None = None
    shape: ShapeDraft | None = None
    totals: Totals = field(default_factory=Totals)
    actions: tuple[Action, ...] = ()
    ends: Ends | None = None


@dataclass(frozen=True, slots=True)
class Reads:
    """What a mapping and the shapes that it uses read and refer to."""

    refs: tuple[Scalar, ...] = ()  # flows of the pack, where they are named
    tables: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()  # of its source, without the stream: `lines.gl_account`
    uses: tuple[Scalar, ...] = ()  # shapes that it uses itself, where it names them
    used: tuple[str, ...] = ()  # shapes, those that these use too


@dataclass(frozen=True, slots=True)
class Pack:
    """All mappings of a pack, as the passes hand them on."""

    drafts: Mapping[str, Draft]
    reads: Mapping[str, Reads] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    unread: frozenset[str] = frozenset()  # mappings that are there, and could not be read


# ---- walking


_NODES = (
    Const, Path, Negative, Arithmetic, Compare, Items, Among, Logic, Not, Choice, Concat, Call, Exists,
    Plain, Text, First, Join, Listed, Use, Each, Object, Reference, Lookup, Rule, FieldRule,
    SourceDraft, TargetDraft, Totals, Action, Draft,
)  # fmt: skip
_LEAVES = {"at", "type", "into", "root", "members", "scalar", "doc", "name", "file", "ends"}
# What is below a node, by its class: a whole pack is walked several times, and `fields` is slow.
_BELOW: dict[type[Any], tuple[str, ...]] = {
    kind: tuple(one.name for one in reversed(fields(kind)) if one.name not in _LEAVES) for kind in _NODES
}


def walk(node: Any) -> Iterator[Any]:
    """The node and every node below it, in the order they stand in."""
    todo = [node]
    while todo:
        one = todo.pop()
        if type(one) is tuple:
            todo.extend(reversed(one))
            continue
        below = _BELOW.get(type(one))
        if below is not None:
            yield one
            todo.extend(getattr(one, name) for name in below)
