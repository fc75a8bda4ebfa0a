"""Functions of expressions become Python: each takes the code of its value and arguments, and gives code.

Each is registered under its name; a test compares with the declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.mapping.generate.code import Code
from engine.mapping.generate.writer import Value
from engine.mapping.syntax import tree


def _method(code: Code, node: tree.Call, of: Value, args: list[Value]) -> Value:
    del args
    return code.strict([of], f"{of.code}.{node.function}()", blank=of.blank)


def _plus_days(code: Code, node: tree.Call, of: Value, args: list[Value]) -> Value:
    del node
    return code.strict([of, *args], f"{of.code} + {code.helper('days')}({args[0].code})")


def _date(code: Code, node: tree.Call, of: Value, args: list[Value]) -> Value:
    del args
    if node.of.type.kind == "date":
        return of
    if node.of.type.kind == "instant":
        return code.strict([of], f"{of.code}.date()")
    site = code.site("mapping.failed", node.of.place.text)
    return code.strict([of], f"{code.helper('to_date')}({of.code}, {site})", maybe=True)


def _text(code: Code, node: tree.Call, of: Value, args: list[Value]) -> Value:
    del args
    if node.of.type.kind == "text":
        return of
    return code.strict([of], code.spelled(of.code, node.of.type))


def _round(code: Code, node: tree.Call, of: Value, args: list[Value]) -> Value:
    del args
    places = node.args[0].value if node.args and isinstance(node.args[0], tree.Const) else 0
    return code.rounded(of, places)


def _abs(code: Code, node: tree.Call, of: Value, args: list[Value]) -> Value:
    del args
    name = "magnitude" if node.of.type.kind == "int" else "absolute"
    return code.strict([of], f"{code.helper(name)}({of.code})")


_HELPERS = {
    "trim": "trimmed", "split": "pieces", "replace": "replaced", "fold": "folded", "first": "first_of",
    "last": "last_of",
}  # fmt: skip


def _by_helper(code: Code, node: tree.Call, of: Value, args: list[Value]) -> Value:
    """Functions whose helper may come out absent."""
    name = _HELPERS[node.function]
    arguments = ", ".join(value.code for value in (of, *args))
    return code.strict([of, *args], f"{code.helper(name)}({arguments})", maybe=True)


def _sum(code: Code, node: tree.Call, of: Value, args: list[Value]) -> Value:
    if args:
        return code.strict([of], f"{code.helper('total_of')}({of.code}, {args[0].code})")
    del node
    return code.strict([of], f"{code.helper('total')}({of.code})")


def _count(code: Code, node: tree.Call, of: Value, args: list[Value]) -> Value:
    del node, args
    return code.strict([of], f"{code.helper('size')}({of.code})")


def _url_quote(code: Code, node: tree.Call, of: Value, args: list[Value]) -> Value:
    del node, args
    return code.strict([of], f"{code.helper('quote')}({of.code})", blank=of.blank)


WRITERS: Mapping[str, Callable[[Code, tree.Call, Value, list[Value]], Value]] = {
    "plus_days": _plus_days,
    "date": _date,
    "text": _text,
    "round": _round,
    "abs": _abs,
    "upper": _method,
    "lower": _method,
    "trim": _by_helper,
    "fold": _by_helper,
    "replace": _by_helper,
    "split": _by_helper,
    "first": _by_helper,
    "last": _by_helper,
    "sum": _sum,
    "count": _count,
    "url_quote": _url_quote,
}
