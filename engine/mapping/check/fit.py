"""Whether a value of one type may go where another is wanted."""

from __future__ import annotations

from collections.abc import Iterator

from engine.mapping.check.kinds import said
from engine.mapping.check.literals import AS_TEXT, allowed
from engine.mapping.syntax import tree
from engine.mapping.syntax.functions import NUMBER, TEXTABLE
from engine.mapping.syntax.tree import Expr, Rule
from engine.model.advice import there_are
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.schema import Type

_NO_TEXT = ("object", "list", "any")


def fits(type_: Type, want: Type, label: str, at: Span, found: Diagnostics) -> bool:
    if fitting(type_, want):
        return True
    message = f"{label} takes {said_wanted(want)}; this is {said(type_)}"
    if type_.kind == want.kind and want.kind in ("object", "list"):
        message = f"{label}: {said(type_)} of the source is not taken over as it is"
    found.error("M224", at, message, hint=_hint(type_, want))
    return False


def fitting(type_: Type, want: Type) -> bool:
    if want is AS_TEXT:
        return type_.kind in TEXTABLE
    if want.kind == "any":
        return True
    if want.kind == "list" and type_.kind == "list":
        of, wanted = type_.of, want.of
        return of is not None and of.kind not in _NO_TEXT and (wanted is None or fitting(of, wanted))
    if want.kind in _NO_TEXT:
        return False  # an object is made by fields, use and ref, never taken over whole
    return type_.kind == want.kind or (want.kind == "decimal" and type_.kind in NUMBER)


def said_wanted(want: Type) -> str:
    if want.kind == "text" and want.values:
        return "one of " + ", ".join(want.values)
    return "text" if want is AS_TEXT else said(want)


def _hint(type_: Type, want: Type) -> str:
    if want.kind == "text" and type_.kind in TEXTABLE:
        return "" if want.values else "as text: | text"
    if want.kind == "date" and type_.kind in ("text", "instant"):
        return "as a date: | date"
    if want.kind == "int" and type_.kind == "decimal":
        return "a number with decimal places is not cut silently"
    if want.kind == "object":
        return "an object is made with fields, use or ref"
    if want.kind == "list":
        return "a list is made with each or list"
    if type_.kind == "list":
        return "a list is gone through with each, added up with sum or counted with count"
    return ""


def hole_fits(typed: Expr, want: Type, label: str, found: Diagnostics) -> bool:
    """As `fits`; of a text also whether it can be one of the words that are wanted, and short enough."""
    if not fits(typed.type, want, label, typed.at.span, found):
        return False
    if want.kind != "text":
        return True
    literals = [one for one in literals_of(typed) if isinstance(one.value, str)]
    words = typed.type.values
    if not literals and words and want.values and not {*words} & {*want.values}:
        hint = there_are(want.values)
        found.error("M207", typed.at.span, f"{label} is never one of {', '.join(words)}", hint=hint)
        return False
    checked = [allowed(one.value, want, label, one.at.span, found) for one in literals if one.value.strip()]
    return all(checked)


def literals_of(node: Expr) -> Iterator[tree.Const]:
    """The literals that an expression may come out as."""
    if isinstance(node, tree.Const):
        yield node
    elif isinstance(node, tree.Choice):
        yield from literals_of(node.then)
        if node.otherwise is not None:
            yield from literals_of(node.otherwise)


def literal_texts(rule: Rule) -> Iterator[tuple[str, Span]]:
    """The literals that a rule may come out as, as they are written; not what is cut or exchanged before."""
    if rule.lookup is None:
        match rule.producer:
            case tree.Plain(scalar=scalar) if scalar is not None and scalar.kind != "null":
                yield scalar.text, scalar.span
            case tree.Text() if rule.producer.hole is not None:
                literals = literals_of(rule.producer.hole)
                yield from ((one.value, one.at.span) for one in literals if isinstance(one.value, str))
            case tree.First(rules):
                for one in rules:
                    if one.cut is None:
                        yield from literal_texts(one)
    if rule.default is not None:
        yield from literal_texts(rule.default)


def sure(type_: Type, want: Type) -> bool:
    """Whether the type alone says that a text is one of the wanted words."""
    return (
        not want.values or want is AS_TEXT or (bool(type_.values) and set(type_.values) <= set(want.values))
    )


def short_enough(type_: Type, want: Type) -> bool:
    """Whether the type alone says that a text is not too long."""
    if want.max is None or type_.kind != "text":
        return True
    if type_.values:
        return all(len(one) <= want.max for one in type_.values)
    return type_.max is not None and type_.max <= want.max
