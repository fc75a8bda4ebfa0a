"""Producers become Python. A used shape is written out where it is used.

Each is registered under its node; a test compares with the tree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.mapping.generate.code import Code
from engine.mapping.generate.expressions import expression, result, truth
from engine.mapping.generate.rule_writer import Env, RuleWriter
from engine.mapping.generate.writer import ABSENT, MAX_LINES, TooLarge, Value
from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import FieldRule, Fields, Rule
from engine.model.schema import TEXT, Type
from engine.model.text import is_blank

MAX_LOOPS = 12  # Python itself allows twenty nested blocks


def wired(code: Code, text: str, rule: Rule) -> str:
    """Python for a present value as it goes into a payload: dates are ISO text."""
    match rule.type:
        case Type(kind="date"):
            return f"{text}.isoformat()"
        case Type(kind="instant" | "any" | "object"):
            pass
        case Type(kind="list", of=Type(kind="text" | "int" | "decimal" | "bool")):
            return text
        case Type(kind="list"):
            pass
        case _:
            return text
    made = isinstance(rule.producer, tree.Each | tree.Listed | tree.Object | tree.Reference)
    return text if made and rule.default is None else f"{code.helper('wired')}({text})"


def _literal(writer: RuleWriter, producer: tree.Plain) -> Value:
    literal = producer.value
    return ABSENT if literal is None else Value(writer.code.constant(literal), maybe=False)


def _text_of(writer: RuleWriter, producer: tree.Text) -> Value:
    code = writer.code
    if producer.expression is not None:
        return result(code, producer.expression)
    parts: list[tuple[Value, Type]] = []
    for part in producer.parts:
        if isinstance(part, str):
            parts.append((Value(code.constant(part), maybe=False, blank=is_blank(part)), TEXT))
        else:
            value = code.atom(result(code, part))
            parts.append((Value(value.code, value.maybe), part.type))
    return code.concat(parts)


def _first(writer: RuleWriter, producer: tree.First) -> Value:
    code = writer.code
    value = ABSENT
    for rule in producer.rules:
        if value is ABSENT:
            value = writer.rule(rule)
        elif value.maybe:
            value = code.own(value)
            with code.block(f"if {value.code} is None:"):
                other = writer.rule(rule)
                code.line(f"{value.code} = {other.code}")
            value = Value(value.code, other.maybe, own=True)
    return value


def _join(writer: RuleWriter, producer: tree.Join) -> Value:
    code = writer.code
    name = code.out.new("a")
    parts = [value for rule in producer.rules if (value := writer.rule(rule)) is not ABSENT]
    always = sum(1 for value in parts if not value.maybe)
    separator = code.constant(producer.separator)
    if always == len(parts):
        codes = "".join(f"{value.code}, " for value in parts)
        joined = _counted(code, f"{separator}.join(({codes}))")
        return code.atom(Value(joined, not parts, atom=False)) if parts else ABSENT
    code.line(f"{name} = []")
    for value in parts:
        if value.maybe:
            with code.block(f"if {value.code} is not None:"):
                code.line(f"{name}.append({value.code})")
        else:
            code.line(f"{name}.append({value.code})")
    if always:
        return code.atom(Value(_counted(code, f"{separator}.join({name})"), maybe=False, atom=False))
    joined = _counted(code, f"{separator}.join({name})")
    return code.atom(Value(f"{joined} if {name} else None", atom=False))


def _counted(code: Code, text: str) -> str:
    """A text that counts towards what one record may become, if it is made for each item of a list."""
    return f"{code.spent()}.joined({text})" if code.indexes else text


def _listed(writer: RuleWriter, producer: tree.Listed) -> Value:
    code = writer.code
    if len(producer.rules) == 1:
        return _list_of_one(writer, producer.rules[0])
    name = code.out.new("a")
    code.line(f"{name} = []")
    _enter_list(writer, name)
    for rule in producer.rules:
        value = writer.checked(rule)
        if value is ABSENT:
            continue
        line = f"{name}.append({wired(code, value.code, rule)})"
        if value.maybe:
            with code.block(f"if {value.code} is not None:"):
                code.line(line)
        else:
            code.line(line)
    _leave_list(writer)
    code.line(f"{name} = {name} or None")
    return Value(name, own=True)


def _list_of_one(writer: RuleWriter, rule: Rule) -> Value:
    code = writer.code
    _enter_list(writer, "")
    value = code.atom(writer.checked(rule))
    _leave_list(writer)
    if value is ABSENT:
        return ABSENT
    return code.strict([value], f"[{wired(code, value.code, rule)}]")


def _enter_list(writer: RuleWriter, name: str) -> None:
    code = writer.code
    code.label[-1:] = [f"{code.label[-1]}[]"] if code.label else ["[]"]
    code.indexes.append(f"{code.helper('size')}({name})" if name else "0")


def _leave_list(writer: RuleWriter) -> None:
    code = writer.code
    code.label[-1] = code.label[-1].removesuffix("[]")
    code.indexes.pop()


def _each(writer: RuleWriter, producer: tree.Each) -> Value:
    code = writer.code
    if len(code.indexes) >= MAX_LOOPS or len(code.out.lines) > MAX_LINES:
        raise TooLarge
    name, item = code.out.new("a"), code.out.new("i")
    code.line(f"{name} = []")
    over = code.atom(expression(code, producer.over))
    head = f"for {item} in {over.code}:" if not over.maybe else f"for {item} in {over.code} or ():"
    _enter_list(writer, name)
    with code.block(head):
        if producer.over.type.of is not None and producer.over.type.of.kind == "text":
            for line in code.blank_is_absent(item):
                code.line(line)
        env = _inside(writer, producer, item)
        if producer.where is not None:
            before, code.env = code.env, env
            with code.block(f"if not ({truth(code, producer.where)}):"):
                code.line("continue")
            code.granted(producer.where)
            code.env = before
        needs = [name.text for name in producer.needs]
        made = writer.object(_merged(writer, producer.fields, producer.use, env), needs)
        if made.maybe:
            # A refused item keeps its place, so that the next one is called by its own position.
            with code.block(f"if {made.code} is not None or refused:"):
                code.line(f"{name}.append({made.code})")
        else:
            code.line(f"{name}.append({made.code})")
    _leave_list(writer)
    code.line(f"{code.spent()}.made({name})")
    code.line(f"{name} = {name} or None")
    return Value(name, own=True)


def _inside(writer: RuleWriter, producer: tree.Each, item: str) -> Env:
    code = writer.code
    if producer.use is None:
        return {**code.env, producer.name: item}
    shape = writer.drafts[producer.use.mapping.text]
    names = {shape.item_name: item}
    if shape.parent_name and isinstance(producer.over, tree.Path):
        path = producer.over
        owner = tuple(member.name for member in path.members[:-1])
        names[shape.parent_name] = code.read(code.env[path.root.name], owner, path.text).code
    return {**code.env, **names}


def _members(writer: RuleWriter, producer: tree.Object) -> list[tuple[FieldRule, Env]]:
    code = writer.code
    if producer.use is None:
        return [(field_rule, code.env) for field_rule in producer.fields]
    shape = writer.drafts[producer.use.mapping.text]
    names = {shape.item_name: code.env[producer.use.item]}
    if shape.parent_name:
        names[shape.parent_name] = code.env[producer.use.parent]
    return _merged(writer, producer.fields, producer.use, {**code.env, **names})


def _merged(
    writer: RuleWriter, fields: Fields, use: tree.Use | None, env: Env
) -> list[tuple[FieldRule, Env]]:
    merged = fields if use is None else tree.merged(writer.drafts[use.mapping.text].fields, fields)
    return [(field_rule, env) for field_rule in merged]


def _reference(writer: RuleWriter, producer: tree.Reference) -> Value:
    code = writer.code
    key = code.atom(result(code, producer.key))
    ends = writer.drafts[producer.mapping.text].ends
    assert ends is not None
    system, _, stream = ends.origin.partition(".")
    made = code.bound(f"kit.ref({producer.mapping.text!a}, {system!a}, {stream!a})", "f")
    return code.strict([key], f"{made}({key.code})")


def _object(writer: RuleWriter, producer: tree.Object) -> Value:
    return writer.object(_members(writer, producer), [name.text for name in producer.needs])


WRITERS: Mapping[type[Any], Callable[[RuleWriter, Any], Value]] = {
    tree.Plain: _literal,
    tree.Text: _text_of,
    tree.First: _first,
    tree.Join: _join,
    tree.Listed: _listed,
    tree.Each: _each,
    tree.Object: _object,
    tree.Reference: _reference,
}
