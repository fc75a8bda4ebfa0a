"""Modifiers become Python. Each is registered under its word; a test compares with the declarations.

A change gives the rule a new value; a limit refuses the record and leaves the value as it is. Both are
applied in the order in which `syntax/language.py` declares the words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.mapping.generate.expressions import truth
from engine.mapping.generate.rule_writer import RuleWriter
from engine.mapping.generate.writer import ABSENT, Value
from engine.mapping.syntax import tree
from engine.mapping.syntax.language import ROW
from engine.mapping.syntax.tree import Expr, Rule

Change = Callable[[RuleWriter, Rule, Any, Value], Value]
Limit = Callable[[RuleWriter, Any, Value], None]


# ---- changes: writer, rule, what is written after the word, the value so far


def _lookup(writer: RuleWriter, rule: Rule, lookup: tree.Lookup, value: Value) -> Value:
    code, value = writer.code, writer.observer.lookup(writer.code, value)
    if value is ABSENT:
        return ABSENT
    value = code.atom(value)
    by = ascii(tuple(column.text for column in lookup.by))
    index = code.bound(f"kit.index({lookup.table.text!a}, {by}, {lookup.column!a})", "t")
    if lookup.where is not None:
        return _lookup_where(writer, rule, lookup.where, value, index)
    find = code.bound(f"{index}.find", "f")
    name = code.out.new()
    check = f" if {value.code} is not None else None" if value.maybe else ""
    code.line(f"{name} = {find}({value.code}){check}")
    also = f" and {value.code} is not None" if value.maybe else ""
    with code.block(f"if {name} is None{also}:"):
        seek = code.bound(f"{index}.{'seek_optional' if rule.has('optional') else 'seek'}", "f")
        code.line(f"{name} = {seek}({value.code}, {code.site('mapping.lookup')})")
    return Value(name, own=True)


def _lookup_where(writer: RuleWriter, rule: Rule, where: Expr, value: Value, index: str) -> Value:
    """Look up among the rows that a condition keeps: a function of the row, asked for the candidates."""
    code = writer.code
    keeps, row, name = code.out.new("w"), code.out.new("i"), code.out.new()
    around, code.env = code.env, {**code.env, ROW: row}
    with code.block(f"def {keeps}({row}):"):
        code.line(f"return {truth(code, where)}")
    code.env = around
    writer.observer.rows(code, f"{index}.kept({keeps}, refused)")
    seek = code.bound(f"{index}.{'seek_optional_where' if rule.has('optional') else 'seek_where'}", "f")
    check = f" if {value.code} is not None else None" if value.maybe else ""
    written = where.place.scalar.text.strip().removeprefix("{{").removesuffix("}}")
    site = code.site("mapping.lookup", " ".join(written.split()))
    code.line(f"{name} = {seek}({value.code}, {keeps}, {site}){check}")
    return Value(name, own=True)


def _default(writer: RuleWriter, rule: Rule, default: Rule, value: Value) -> Value:
    code = writer.code
    if not value.maybe:
        return value
    value = code.own(value)
    with code.block(f"if {value.code} is None:"):
        other = writer.rule(default)
        code.line(f"{value.code} = {other.code}")
    code.span = rule.span
    return Value(value.code, maybe=other.maybe, own=True)


def _cut(writer: RuleWriter, rule: Rule, size: int, value: Value) -> Value:
    del rule
    code = writer.code
    if value is ABSENT:
        return ABSENT
    value = code.own(value)
    check = f"{value.code} is not None and " if value.maybe else ""
    with code.block(f"if {check}{code.helper('size')}({value.code}) > {size}:"):
        code.line(f"{value.code} = {code.helper('present')}({value.code}[:{size}])")
    return Value(value.code, maybe=True, own=True)


def _required(writer: RuleWriter, rule: Rule, required: bool, value: Value) -> Value:
    del required
    code = writer.code
    if not value.maybe:
        return value
    value = code.atom(value)
    nodes = (node for node in tree.walk(rule) if isinstance(node, tree.Path) and code.sees(node.root.name))
    paths = tuple(dict.fromkeys(node.text for node in nodes))
    with code.block(f"if {value.code} is None:"):
        code.line(f"{code.helper('missing')}({code.site('mapping.required', detail=paths)})")
    return value


def _round(writer: RuleWriter, rule: Rule, places: int, value: Value) -> Value:
    del rule
    return value if value is ABSENT else writer.code.rounded(writer.code.atom(value), places)


CHANGES: Mapping[str, Change] = {
    "lookup": _lookup,
    "default": _default,
    "cut": _cut,
    "required": _required,
    "round": _round,
}


# ---- limits: writer, what is written after the word, the value so far


def _min(writer: RuleWriter, size: int, value: Value) -> None:
    message = f"{{size}} characters, at least {size} are needed: {{text}}; complete it at the source"
    _refuse_if(writer, value, f"< {size}", "mapping.too_short", message)


def _max(writer: RuleWriter, size: int, value: Value) -> None:
    message = f"{{size}} characters, at most {size} are allowed: {{text}}; "
    cure = "shorten it at the source, or let the rule cut it"
    _refuse_if(writer, value, f"> {size}", "mapping.too_long", message + cure)


def _refuse_if(writer: RuleWriter, value: Value, size: str, reason: str, message: str) -> None:
    """Refuse the record if the text's size is like this. The message may name its {size} and {text}."""
    code = writer.code
    check = f"{value.code} is not None and " if value.maybe else ""
    with code.block(f"if {check}{code.helper('size')}({value.code}) {size}:"):
        code.line(f"{code.helper('refuse_text')}({value.code}, {code.site(reason, detail=message)})")


LIMITS: Mapping[str, Limit] = {"min": _min, "max": _max}


# What is not written here: a guard around the whole rule, a part of lookup, a sentence for people, and what
# becomes of the field when its record changes later, which planning decides (see `Program`).
ELSEWHERE = ("when", "optional", "only", "clear", "doc")
