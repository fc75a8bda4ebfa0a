"""Expressions become Python. Nothing of the mapping's text gets in except as a repr'd constant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from engine.mapping.generate import functions
from engine.mapping.generate.code import Code
from engine.mapping.generate.writer import ABSENT, Value
from engine.mapping.syntax import tree
from engine.mapping.syntax.language import FUNCTIONS
from engine.mapping.syntax.tree import Expr, walk
from engine.model.schema import Type
from engine.model.text import is_blank

_COMPOSITE = ("list", "object", "any")


def result(code: Code, node: Expr) -> Value:
    """The value of a complete expression: blank text is absent, and so is an empty list or object."""
    before, code.span = code.span, node.place.span
    value = expression(code, node)
    if value.blank and node.type.kind == "text":
        value = code.own(value)
        for line in code.blank_is_absent(value.code):
            code.line(line)
        value = Value(value.code, own=True)
    elif node.type.kind in _COMPOSITE:
        value = _not_empty(code, value, node.type)
    code.span = before
    return value


def _not_empty(code: Code, value: Value, type_: Type) -> Value:
    if type_.kind == "list" and type_.of is not None and type_.of.kind not in _COMPOSITE:
        return Value(f"{value.code} or None", atom=False)
    return Value(f"{code.helper('filled')}({value.code})", atom=False)


def truth(code: Code, node: Expr) -> str:
    """The node as a Python condition."""
    before, code.span = code.span, node.place.span
    value = expression(code, node)
    code.span = before
    if value.maybe:
        return f"{code.atom(value).code} is True"
    return value.code if value.atom else f"({value.code})"


def expression(code: Code, node: Expr) -> Value:
    """The node's value. It is not computed again if it has been computed here or around here."""
    if isinstance(node, tree.Const | tree.Path):
        return WRITERS[type(node)](code, node)
    key = _key(code, node)
    known = code.out.values(key)
    if known is None:
        value = WRITERS[type(node)](code, node)
        known = replace(value, own=False)
        if value.atom:
            code.out.keep(key, known)
    return known


def _key(code: Code, node: Any) -> Any:
    """What makes two expressions the same: all but places, and names by the variables that hold them."""
    if isinstance(node, tree.Path):
        root = node.root.name
        return code.env.get(root, root), tuple(member.name for member in node.members)
    if isinstance(node, tree.Const):
        return type(node.value), repr(node.value)
    if isinstance(node, tuple):
        return tuple(_key(code, part) for part in node)
    if not is_dataclass(node):
        return node
    parts = (getattr(node, field.name) for field in fields(node) if field.name not in ("place", "type"))
    return type(node), *(_key(code, part) for part in parts)


# ---- nodes


def _const(code: Code, node: tree.Const) -> Value:
    blank = isinstance(node.value, str) and is_blank(node.value)
    return Value(code.constant(node.value), maybe=False, blank=blank)


def _path(code: Code, node: tree.Path) -> Value:
    names = tuple(member.name for member in node.members)
    root = node.root.name
    if root == "settings":
        return _setting(code, names[0]) if names else ABSENT
    if root == "run":
        return Value(code.bound(f"run.{names[0]}", "r"), maybe=False) if names else ABSENT
    return code.read(code.env[root], names, node.text, node.type)


def _setting(code: Code, name: str) -> Value:
    if name in code.needed:
        return Value(code.bound(f"kit.needed(settings, {name!a})"), maybe=False)
    return Value(code.bound(f"kit.present(settings.get({name!a}))"))


def _negative(code: Code, node: tree.Negative) -> Value:
    of = code.atom(expression(code, node.of))
    text = f"-{of.code}" if node.type.kind == "int" else f"{code.helper('minus')}({of.code})"
    return code.strict([of], text)


def _arithmetic(code: Code, node: tree.Arithmetic) -> Value:
    left, right = code.atom(expression(code, node.left)), code.atom(expression(code, node.right))
    a, b = left.code, right.code
    if node.sign == "/":
        site = code.site("mapping.failed", node.place.text)
        return code.strict([left, right], f"{code.helper('divide')}({a}, {b}, {site})", maybe=True)
    if node.type.kind == "int":
        return code.strict([left, right], f"{a} {node.sign} {b}")
    name = {"+": "add", "-": "subtract", "*": "multiply"}[node.sign]
    return code.strict([left, right], f"{code.helper(name)}({a}, {b})")


def _checked(values: list[Value], text: str) -> Value:
    """A comparison: not true if one of the values is absent."""
    checks = [f"{value.code} is not None" for value in values if value.maybe]
    return Value(" and ".join([*dict.fromkeys(checks), text]), maybe=False, atom=False)


def _compare(code: Code, node: tree.Compare) -> Value:
    left, right = code.atom(expression(code, node.left)), code.atom(expression(code, node.right))
    values = [left, right]
    if node.sign == "==":
        # What is absent equals nothing that is present: one check is enough, or none.
        values = [left] if left.maybe and right.maybe else []
    return _checked(values, f"{left.code} {node.sign} {right.code}")


def _among(code: Code, node: tree.Among) -> Value:
    word = "not in" if node.negated else "in"
    left = code.atom(expression(code, node.left))
    if isinstance(node.right, tree.Items):
        values = node.right.values
        if all(isinstance(item, tree.Const) for item in values):
            held = code.constant(frozenset(item.value for item in values if isinstance(item, tree.Const)))
            return _checked([left] if node.negated else [], f"{left.code} {word} {held}")
        codes = [code.atom(expression(code, item)).code for item in values]
        return _checked([left], f"{left.code} {word} ({', '.join(codes)},)")
    if isinstance(node.right, tree.Path) and node.right.root.name == "settings" and node.right.members:
        source = f"settings.get({node.right.members[0].name!a})"
        right = Value(code.bound(f"kit.members({source})"))
        # Nothing absent is a member of a set: one check is enough.
        return _checked([right, left][: 1 + node.negated], f"{left.code} {word} {right.code}")
    right = code.atom(expression(code, node.right))
    return _checked([right, left], f"{left.code} {word} {right.code}")


def _logic(code: Code, node: tree.Logic) -> Value:
    left = truth(code, node.left)
    if not lazy(node.right):
        right = truth(code, node.right)
        return code.atom(Value(f"{left} {node.word} {right}", maybe=False, atom=False))
    # What may refuse the record, or costs more than a look, runs only if its value is needed.
    name = code.out.new()
    code.line(f"{name} = {left}")
    with code.block(f"if {name}:" if node.word == "and" else f"if not {name}:"):
        if node.word == "and":
            code.granted(node.left)
        code.line(f"{name} = {truth(code, node.right)}")
    return Value(name, maybe=False, own=True)


def _not(code: Code, node: tree.Not) -> Value:
    return Value(f"not {truth(code, node.of)}", maybe=False, atom=False)


def _choice(code: Code, node: tree.Choice) -> Value:
    condition = truth(code, node.when)
    if not lazy(node.then) and not (node.otherwise and lazy(node.otherwise)):
        then = code.atom(expression(code, node.then))
        other = code.atom(expression(code, node.otherwise)) if node.otherwise else ABSENT
        text = f"{then.code} if {condition} else {other.code}"
        return code.atom(Value(text, then.maybe or other.maybe, False, blank=then.blank or other.blank))
    name = code.out.new()
    with code.block(f"if {condition}:"):
        then = expression(code, node.then)
        code.line(f"{name} = {then.code}")
    with code.block("else:"):
        other = expression(code, node.otherwise) if node.otherwise else ABSENT
        code.line(f"{name} = {other.code}")
    return Value(name, then.maybe or other.maybe, own=True, blank=then.blank or other.blank)


def _concat(code: Code, node: tree.Concat) -> Value:
    return code.concat([(code.atom(expression(code, part)), part.type) for part in node.parts])


def _exists(code: Code, node: tree.Exists) -> Value:
    value = code.atom(result(code, node.of))
    if not value.maybe:
        return Value("False" if node.negated else "True", maybe=False)
    return Value(f"{value.code} is {'' if node.negated else 'not '}None", maybe=False, atom=False)


def _dot(code: Code, node: tree.Dot) -> Value:
    of, name = code.atom(expression(code, node.of)), code.out.new()
    check = f" if {of.code} is not None else None" if of.maybe else ""
    code.line(f"{name} = {of.code}.get({node.member.name!a}){check}")
    for line in code.blank_is_absent(name) if node.type.kind == "text" else ():
        code.line(line)
    return Value(name)


def _call(code: Code, node: tree.Call) -> Value:
    of = code.atom(expression(code, node.of))
    args = [code.atom(expression(code, arg)) for arg in node.args]
    return functions.WRITERS[node.function](code, node, of, args)


WRITERS: Mapping[type[Any], Callable[[Code, Any], Value]] = {
    tree.Const: _const,
    tree.Path: _path,
    tree.Negative: _negative,
    tree.Arithmetic: _arithmetic,
    tree.Compare: _compare,
    tree.Among: _among,
    tree.Logic: _logic,
    tree.Not: _not,
    tree.Choice: _choice,
    tree.Concat: _concat,
    tree.Exists: _exists,
    tree.Call: _call,
    tree.Dot: _dot,
}


def refuses(node: Expr) -> bool:
    """Whether computing this may refuse the record."""
    return any(
        (isinstance(part, tree.Arithmetic) and part.sign == "/")
        or (isinstance(part, tree.Call) and FUNCTIONS[part.function].refuses)
        for part in walk(node)
    )


def lazy(node: Expr) -> bool:
    """Whether this should not be computed unless its value is needed."""
    return any(isinstance(part, tree.Arithmetic | tree.Call | tree.Dot) for part in walk(node))
