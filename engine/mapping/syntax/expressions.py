"""Expressions: what stands in a hole, as our own few nodes. Frozen; every node knows its place in the file.

What Jinja parsed is translated at once (`translate.py`); types are filled in by a pass (`infer.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeVar

from engine.document import Scalar
from engine.model.diagnostic import Span
from engine.model.schema import ANY, Type


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


T = TypeVar("T")

# The fields that hold places, or nodes that do. All others are the same in any scalar.
_PLACED = frozenset(
    ("at", "of", "left", "right", "args", "parts", "values", "root", "members", "when", "then", "otherwise")
)
_FIELDS: dict[type[Any], tuple[tuple[str, bool], ...]] = {
    kind: tuple((one.name, one.name in _PLACED) for one in fields(kind))
    for kind in (
        Const, Member, Path, Negative, Arithmetic, Compare, Items, Among, Logic, Not, Choice, Concat, Call,
        Exists,
    )
}  # fmt: skip


def moved(node: T, scalar: Scalar) -> T:
    """The same tree, in another scalar with the same text."""
    kind: Any = type(node)
    made: Any = node
    if kind is Place:
        made = Place(scalar, made.start, made.length)
    elif kind is tuple:
        made = tuple([moved(one, scalar) for one in made])
    elif known := _FIELDS.get(kind):
        made = kind(
            **{
                name: moved(getattr(node, name), scalar) if placed else getattr(node, name)
                for name, placed in known
            }
        )
    out: T = made
    return out
