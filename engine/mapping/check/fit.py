"""Whether a value of one type may go where another is wanted."""

from __future__ import annotations

from collections.abc import Iterator

from engine.mapping.check.kinds import described
from engine.mapping.check.literals import allowed
from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import AS_TEXT, Expr
from engine.mapping.syntax.words import NUMBER, TEXTABLE
from engine.model.advice import list_available
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.schema import Type

_NO_TEXT = ("object", "list", "any")


def fits(type_: Type, want: Type, label: str, span: Span, diagnostics: Diagnostics) -> bool:
    if fitting(type_, want):
        return True
    message = f"{label} takes {described_want(want)}; this is {described(type_)}"
    if type_.kind == want.kind and want.kind in ("object", "list"):
        message = f"{label}: {described(type_)} of the source cannot be copied as it is"
    diagnostics.error("M224", span, message, hint=_hint(type_, want))
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
        return False  # an object is made with fields, use and ref, never copied as it is
    return type_.kind == want.kind or (want.kind == "decimal" and type_.kind in NUMBER)


def described_want(want: Type) -> str:
    if want.kind == "text" and want.values:
        return "one of " + ", ".join(want.values)
    return "text" if want is AS_TEXT else described(want)


def _hint(type_: Type, want: Type) -> str:
    if want.kind == "text" and type_.kind in TEXTABLE:
        return "" if want.values else "convert it to text: | text"
    if want.kind == "date" and type_.kind in ("text", "instant"):
        return "convert it to a date: | date"
    if want.kind == "int" and type_.kind == "decimal":
        return "decimal places are never dropped silently"
    if want.kind == "object":
        return "make an object with fields, use or ref"
    if want.kind == "list":
        return "make a list with each or list"
    if type_.kind == "list":
        one = "{{ (… | first).field }}" if type_.of and type_.of.kind == "object" else "{{ … | first }}"
        return f"take one of its items with first or last: {one}; or use sum, count or join"
    return ""


def expression_fits(typed: Expr, want: Type, label: str, diagnostics: Diagnostics) -> bool:
    """As `fits`; also whether a text can be one of the words that are wanted, and is short enough."""
    if not fits(typed.type, want, label, typed.place.span, diagnostics):
        return False
    if want.kind != "text":
        return True
    literals = [literal for literal in literals_of(typed) if isinstance(literal.value, str)]
    words = typed.type.values
    if not literals and words and want.values and not {*words} & {*want.values}:
        hint = list_available(want.values)
        diagnostics.error("M207", typed.place.span, f"{label} is never one of {', '.join(words)}", hint=hint)
        return False
    checked = [
        allowed(literal.value, want, label, literal.place.span, diagnostics)
        for literal in literals
        if literal.value.strip()
    ]
    return all(checked)


def literals_of(node: Expr) -> Iterator[tree.Const]:
    """The literals that an expression may yield."""
    if isinstance(node, tree.Const):
        yield node
    elif isinstance(node, tree.Choice):
        yield from literals_of(node.then)
        if node.otherwise is not None:
            yield from literals_of(node.otherwise)
