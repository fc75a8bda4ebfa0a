"""Expressions, as our own few nodes. Frozen; every node knows its place in the file.

What Jinja parsed is translated at once (`translate.py`); types are filled in by `check/infer.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeVar

from engine.document import Scalar
from engine.model.diagnostic import Span
from engine.model.schema import ANY, Type


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a scalar's text. The span is computed only when it is needed."""

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
    place: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A name and the keys after it. `source` is its dotted path in the systems, if that is known:
    `psohub.invoices.project.due_days`."""

    root: Member
    members: tuple[Member, ...]
    place: Place
    type: Type = ANY
    source: str = ""

    @property
    def text(self) -> str:
        return ".".join(member.name for member in (self.root, *self.members))


@dataclass(frozen=True, slots=True, kw_only=True)
class Negative:
    of: Expr
    place: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    sign: str  # + - * /
    left: Expr
    right: Expr
    place: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    sign: str  # == != < <= > >=
    left: Expr
    right: Expr
    place: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list literal; only to the right of `in`."""

    values: tuple[Expr, ...]
    place: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    left: Expr
    right: Expr
    negated: bool
    place: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Logic:
    word: Literal["and", "or"]
    left: Expr
    right: Expr
    place: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    of: Expr
    place: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """`then if when else otherwise`; absent where there is no else."""

    when: Expr
    then: Expr
    otherwise: Expr | None
    place: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Concat:
    parts: tuple[Expr, ...]
    place: Place
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    function: str
    of: Expr
    args: tuple[Expr, ...]
    place: Place  # of the function's name
    type: Type = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A key of an object that an expression gives: `(company.contacts | first).email`."""

    of: Expr
    member: Member
    place: Place
    type: Type = ANY
    source: str = ""  # as that of a path


@dataclass(frozen=True, slots=True, kw_only=True)
class Exists:
    """`is present`, or `is missing` where negated."""

    of: Expr
    negated: bool
    place: Place
    type: Type = ANY


Expr = (
    Const | Path | Negative | Arithmetic | Compare | Items | Among
    | Logic | Not | Choice | Concat | Call | Dot | Exists
)  # fmt: skip


def source_of(node: Expr) -> str:
    """The dotted path in the systems of what an expression gives; empty if it is computed."""
    if isinstance(node, Path | Dot):
        return node.source
    if isinstance(node, Call) and node.function in ("first", "last"):
        return source_of(node.of)
    return ""


T = TypeVar("T")

# The fields that hold places, or nodes that do. All others are the same in any scalar.
_PLACED = frozenset(
    (
        "place",
        "of",
        "left",
        "right",
        "args",
        "parts",
        "values",
        "root",
        "members",
        "member",
        "when",
        "then",
        "otherwise",
    )
)
_FIELDS: dict[type[Any], tuple[tuple[str, bool], ...]] = {
    kind: tuple((field_.name, field_.name in _PLACED) for field_ in fields(kind))
    for kind in (
        Const, Member, Path, Negative, Arithmetic, Compare, Items, Among, Logic, Not, Choice, Concat, Call,
        Dot, Exists,
    )
}  # fmt: skip


def moved(node: T, scalar: Scalar) -> T:
    """The same tree, in another scalar with the same text."""
    kind: Any = type(node)
    copy: Any = node
    if kind is Place:
        copy = Place(scalar, copy.start, copy.length)
    elif kind is tuple:
        copy = tuple([moved(part, scalar) for part in copy])
    elif known := _FIELDS.get(kind):
        copy = kind(
            **{
                name: moved(getattr(node, name), scalar) if placed else getattr(node, name)
                for name, placed in known
            }
        )
    out: T = copy
    return out
