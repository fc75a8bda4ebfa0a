"""The checked tree of a mapping: rules, and the mapping around them. Frozen, all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from types import MappingProxyType
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
    Dot,
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
    "Const", "Dot", "Draft", "Each", "Ends", "Exists", "Expr", "FieldRule", "Fields", "First", "Items",
    "Join", "Listed", "Logic", "Lookup", "Member", "Negative", "Not", "Object", "Pack", "Path", "Place",
    "Plain", "Producer", "Reads", "Reference", "Rule", "ShapeDraft", "SourceDraft", "TargetDraft",
    "Text", "Totals", "Use", "walk",
]  # fmt: skip

AS_TEXT = Type("any", values=("text",))  # into a join: anything that has a spelling, spelled as text
ZERO = Decimal(0)
TOLERANCE = Decimal("0.05")  # of control totals, unless something else is written


# ---- rules


_NONE: Mapping[str, Any] = MappingProxyType({})


def _none() -> Mapping[str, Any]:
    """One empty mapping for all: most rules are scalars, and a dict of its own for each costs time."""
    return _NONE


@dataclass(frozen=True, slots=True)
class Plain:
    """A scalar without expressions, or an empty list. `value` is filled in once its field is known."""

    scalar: Scalar | None  # None: the empty list
    value: Any = None
    as_written: bool = False  # null, "" or [] as a field's own value: sent, not absent


@dataclass(frozen=True, slots=True)
class Text:
    """Text with expressions. A single part that is an expression keeps its type."""

    parts: tuple[str | Expr, ...]

    @property
    def expression(self) -> Expr | None:
        """The expression that is all there is."""
        return self.parts[0] if len(self.parts) == 1 and not isinstance(self.parts[0], str) else None


@dataclass(frozen=True, slots=True)
class First:
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Join:
    rules: tuple[Rule, ...]
    separator: str = " "


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
    needs: tuple[Scalar, ...] = ()  # of each item


@dataclass(frozen=True, slots=True)
class Object:
    fields: Fields
    use: Use | None = None
    needs: tuple[Scalar, ...] = ()  # fields without which there is no object


@dataclass(frozen=True, slots=True)
class Reference:
    mapping: Scalar
    key: Expr


Producer = Plain | Text | First | Join | Listed | Each | Object | Reference


@dataclass(frozen=True, slots=True)
class Lookup:
    span: Span
    table: Scalar
    by: tuple[Scalar, ...]
    give: Scalar | None
    where: Expr | None = None  # sees the row as `row`
    column: str = ""  # what it gives, resolved
    key_type: Type = ANY  # of what is looked up
    given: Type = ANY  # of what comes out


@dataclass(frozen=True, slots=True)
class Rule:
    """A producer and its modifiers, by their words, in the order in which they are applied."""

    span: Span
    producer: Producer
    modifiers: Mapping[str, Any] = field(default_factory=_none)
    type: Type = ANY  # of what it yields
    into: Type = ANY  # of where it goes
    keys: Mapping[str, Scalar] = field(default_factory=_none, repr=False, compare=False)  # as written
    broken: bool = False  # it could not be read, which is noted; that its field has a rule is known

    def key_span(self, key: str) -> Span:
        """The place of one of its keys, to point at it."""
        return self.keys[key].span if key in self.keys else self.span

    # The modifiers that more than their own implementation needs to know.

    @property
    def when(self) -> Expr | None:
        condition: Expr | None = self.modifiers.get("when")
        return condition

    @property
    def lookup(self) -> Lookup | None:
        lookup: Lookup | None = self.modifiers.get("lookup")
        return lookup

    @property
    def default(self) -> Rule | None:
        default: Rule | None = self.modifiers.get("default")
        return default

    @property
    def cut(self) -> int | None:
        size: int | None = self.modifiers.get("cut")
        return size

    @property
    def doc(self) -> str:
        return str(self.modifiers.get("doc", ""))

    def has(self, modifier: str) -> bool:
        return modifier in self.modifiers


@dataclass(frozen=True, slots=True)
class FieldRule:
    name: str
    span: Span
    rule: Rule


Fields = tuple[FieldRule, ...]


def merged(fields: Fields, over: Fields) -> Fields:
    """The fields of a shape, and over them those written with `use`."""
    own = {field_rule.name: field_rule for field_rule in over}
    replaced = [own.pop(field_rule.name, field_rule) for field_rule in fields]
    return (*replaced, *own.values())


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
    agree: tuple[Scalar, ...] = ()
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
    to: Rule | None = None
    needed: Expr | None = None
    unless: Rule | None = None


@dataclass(frozen=True, slots=True)
class Ends:
    """The two ends of a mapping, resolved: item and parent with their types, and the type to be made."""

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
    span: Span
    file: str
    doc: str
    fields: Fields
    fields_span: Span | None  # None: they could not be read, so none is reported as missing
    source: SourceDraft | None = None
    target: TargetDraft | None = None
    shape: ShapeDraft | None = None
    totals: Totals = field(default_factory=Totals)
    actions: tuple[Action, ...] = ()
    ends: Ends | None = None

    @property
    def fills_items(self) -> bool:
        """Whether it is a shape for the items of a list of the target."""
        if self.shape is None or self.ends is None:
            return False
        type_ = self.ends.target.type
        for name in self.shape.target.text.split(".")[2:]:
            field_ = type_.fields[name].type
            if field_.kind == "list":
                return True
            type_ = field_
        return False

    @property
    def item_name(self) -> str:
        """What its expressions call the record or item that it maps."""
        own = self.shape or self.source
        return own.name if own else ""

    @property
    def parent_name(self) -> str:
        """What they call the record around the item; empty if they cannot use it."""
        return self.shape.parent.text if self.shape and self.shape.parent else ""


@dataclass(frozen=True, slots=True)
class Reads:
    """What a mapping and the shapes that it uses read and refer to."""

    refs: tuple[Scalar, ...] = ()  # flows of the pack, where they are named
    tables: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()  # of its source, without the stream: `lines.gl_account`
    sent: frozenset[str] = frozenset()  # those that the rules of its fields read
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
    Const, Path, Negative, Arithmetic, Compare, Items, Among, Logic, Not, Choice, Concat, Call, Dot, Exists,
    Plain, Text, First, Join, Listed, Use, Each, Object, Reference, Lookup, Rule, FieldRule,
    SourceDraft, TargetDraft, Totals, Action, Draft,
)  # fmt: skip
_LEAVES = {
    "span", "place", "type", "into", "root", "members", "member", "scalar", "doc", "name", "file", "ends",
    "keys", "key_type", "given", "needs", "agree",
}  # fmt: skip
# What is below a node, by its class: a whole pack is walked several times, and `fields` is slow.
_BELOW: dict[type[Any], tuple[str, ...]] = {
    kind: tuple(field_.name for field_ in reversed(fields(kind)) if field_.name not in _LEAVES)
    for kind in _NODES
}


def walk(node: Any) -> Iterator[Any]:
    """The node and every node below it, in the order in which they are written."""
    todo = [node]
    while todo:
        current = todo.pop()
        if type(current) is tuple:
            todo.extend(reversed(current))
            continue
        if type(current) is dict:
            todo.extend(reversed(current.values()))
            continue
        below = _BELOW.get(type(current))
        if below is not None:
            yield current
            todo.extend(getattr(current, name) for name in below)
