"""A small second implementation of the mapping language (mappings/README.md): expressions as plain trees,
gone through record by record.

Nothing of the compiler is used here. An expression is a tuple whose first part names what it is. Absent is
None; whatever refuses a record raises `Refuses`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation
from typing import Any
from urllib.parse import quote

from engine.model.text import fold, one_line

EXACT = Context(prec=50, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero])
QUOTIENT = Context(prec=28, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero])
SIGNS = {"+": "add", "-": "subtract", "*": "multiply"}


class Refuses(Exception):
    """The record cannot be mapped."""


Names = Mapping[str, Any]


def blank(text: str) -> bool:
    return not one_line(text)


def present(value: Any) -> Any:
    """Blank text, an empty list and an empty object are absent."""
    if isinstance(value, str) and blank(value):
        return None
    return None if isinstance(value, list | dict) and not value else value


def spelled(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case datetime.datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case datetime.date():
            return value.isoformat()
    return str(value)


# ---- expressions


def evaluate(node: Any, names: Names) -> Any:
    kind, *rest = node
    return READERS[kind](names, *rest)


def path(names: Names, text: str) -> Any:
    value: Any = names
    for name in text.split("."):
        value = None if value is None else value.get(name)
    return None if isinstance(value, str) and blank(value) else value


def negative(names: Names, of: Any) -> Any:
    value = evaluate(of, names)
    return None if value is None else arithmetic_of("-", 0, value)


def arithmetic(names: Names, sign: str, left: Any, right: Any) -> Any:
    a, b = evaluate(left, names), evaluate(right, names)
    return None if a is None or b is None else arithmetic_of(sign, a, b)


def arithmetic_of(sign: str, a: Any, b: Any) -> Any:
    if sign == "/":
        if b == 0:
            raise Refuses
        made = QUOTIENT.divide(Decimal(a), Decimal(b))
        return made.quantize(Decimal(1), context=EXACT) if "E+" in str(made) else made
    if isinstance(a, int) and isinstance(b, int):
        return {"+": a + b, "-": a - b, "*": a * b}[sign]
    return getattr(EXACT, SIGNS[sign])(Decimal(a), Decimal(b))


def compare(names: Names, sign: str, left: Any, right: Any) -> bool:
    a, b = evaluate(left, names), evaluate(right, names)
    if a is None or b is None:
        return False
    return {"==": a == b, "!=": a != b}[sign] if sign in ("==", "!=") else ordered(sign, a, b)


def ordered(sign: str, a: Any, b: Any) -> bool:
    return bool({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign])


def among(names: Names, negated: bool, left: Any, right: Any) -> bool:
    a = evaluate(left, names)
    values = [evaluate(one, names) for one in right] if isinstance(right, list) else evaluate(right, names)
    if a is None or values is None:
        return False
    return (a in [one for one in values if one is not None]) != negated


def logic(names: Names, word: str, left: Any, right: Any) -> bool:
    a = evaluate(left, names) is True
    if a == (word == "or"):
        return a
    return evaluate(right, names) is True


def negation(names: Names, of: Any) -> bool:
    return evaluate(of, names) is not True


def choice(names: Names, when: Any, then: Any, otherwise: Any) -> Any:
    if evaluate(when, names) is True:
        return evaluate(then, names)
    return None if otherwise is None else evaluate(otherwise, names)


def concat(names: Names, *parts: Any) -> Any:
    values = [evaluate(one, names) for one in parts]
    return None if None in values else "".join(spelled(one) for one in values)


def exists(names: Names, negated: bool, of: Any) -> bool:
    return (present(evaluate(of, names)) is not None) != negated


def call(names: Names, function: str, of: Any, *args: Any) -> Any:
    values = [evaluate(one, names) for one in (of, *args)]
    if any(one is None for one in values):
        return None
    try:
        return FUNCTIONS[function](*values)
    except (ValueError, OverflowError, InvalidOperation) as error:
        raise Refuses from error


def member(names: Names, of: Any, name: str) -> Any:
    value = evaluate(of, names)
    return None if value is None else present(value.get(name))


def replaced(text: str, old: str, new: str) -> Any:
    if not old:
        raise Refuses
    return present(text.replace(old, new))


def pieces(text: str, separator: str) -> list[str]:
    if not separator:
        raise Refuses
    return [one.strip() for one in text.split(separator) if not blank(one)]


def rounded(value: Any, places: int = 0) -> Decimal:
    return EXACT.quantize(Decimal(value), Decimal(1).scaleb(-places))


def summed(values: Any, name: str = "") -> Any:
    out: Any = 0
    for one in (item.get(name) for item in values) if name else values:
        out = out if one is None else arithmetic_of("+", out, one)
    return out


FUNCTIONS: dict[str, Any] = {
    "plus_days": lambda day, days: day + datetime.timedelta(days=days),
    "date": lambda text: datetime.date.fromisoformat(text.strip()[:10]) if isinstance(text, str) else text,
    "text": spelled,
    "round": rounded,
    "abs": lambda value: value if value >= 0 else arithmetic_of("-", 0, value),
    "upper": str.upper,
    "lower": str.lower,
    "trim": lambda text: present(text.strip()),
    "fold": lambda text: present(fold(text)),
    "replace": replaced,
    "first": lambda items: next((one for one in items if present(one) is not None), None),
    "last": lambda items: next((one for one in reversed(items) if present(one) is not None), None),
    "split": pieces,
    "sum": summed,
    "count": len,
    "url_quote": lambda text: quote(text, safe=""),
}
READERS: dict[str, Any] = {
    "literal": lambda names, value: value,
    "path": path,
    "-": negative,
    "arithmetic": arithmetic,
    "compare": compare,
    "in": among,
    "logic": logic,
    "not": negation,
    "if": choice,
    "~": concat,
    "is": exists,
    "call": call,
    ".": member,
}
