"""Read rules: a scalar, or a mapping with exactly one producer and any modifiers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.document import ListNode, MapNode, Node, Scalar, Words, describe
from engine.mapping.syntax import tree
from engine.mapping.syntax.language import LOOKUP, MODIFIERS, PRODUCERS, RULE
from engine.mapping.syntax.parser import has_expressions, parse_text
from engine.mapping.syntax.tree import FieldRule, Fields, Producer, Rule
from engine.mapping.syntax.values import Values
from engine.mapping.syntax.words import Key
from engine.model.advice import did_you_mean
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics

MAX_DEPTH = 24
MAX_RULES = 5_000
_ONE_OF = f"one of {', '.join(PRODUCERS)}"


@dataclass(slots=True)
class RuleReader:
    """Reads the rules of one file. None stands for: wrong, and reported."""

    diagnostics: Diagnostics
    depth: int = 0
    count: int = 0

    @property
    def values(self) -> Values:
        return Values(self.diagnostics)

    def fields(self, node: Node, what: str = "fields") -> Fields:
        part = self.values.expect.map_node(node, what)
        if part is None:
            return ()
        # What cannot be read is reported; that its field has a rule is known.
        return tuple(
            FieldRule(
                name,
                part.keys[name].span,
                self.rule(entry) or Rule(entry.span, tree.Plain(None), broken=True),
            )
            for name, entry in part.entries.items()
        )

    def rule(self, node: Node) -> Rule | None:
        self.depth += 1
        try:
            self.count += 1
            if self.count > MAX_RULES:
                if self.count == MAX_RULES + 1:
                    message = f"more than {MAX_RULES} rules in one mapping"
                    self.diagnostics.error("M110", node.span, message)
                return None
            if self.depth > MAX_DEPTH:
                message = f"rules are nested deeper than {MAX_DEPTH} levels"
                self.diagnostics.error("M110", node.span, message)
                return None
            return self._rule(node)
        finally:
            self.depth -= 1

    def _rule(self, node: Node) -> Rule | None:
        match node:
            case Scalar():
                producer = self.scalar(node)
                return None if producer is None else Rule(node.span, producer)
            case ListNode(items=()):
                return Rule(node.span, tree.Plain(None))
            case ListNode():
                hint = "write {list: [ … ]} for a list, {first: [ … ]} for alternatives"
                self.values.expect.mismatch(node, "rule", "a scalar or a mapping of keys", hint=hint)
                return None
        return self._mapping(node)

    def scalar(self, node: Scalar) -> Producer | None:
        if not self.values.bounded(node):
            return None
        if node.kind != "text" or not has_expressions(node.text):
            return tree.Plain(node)
        parts = parse_text(node, self.diagnostics)
        return None if parts is None else tree.Text(parts)

    def read(self, key: Key, node: Node) -> Any:
        """The value of a word, by its form."""
        structure = STRUCTURES.get(key.form)
        return self.values.read(key, node) if structure is None else structure(self, node, key.name)

    def section(
        self, node: Node, words: Words, *, owner: Span | None = None, hint: str = ""
    ) -> dict[str, Any] | None:
        """The values of a part of the file, by their keys. None: it is not a mapping of keys."""
        if self.values.expect.map_node(node, words.title, hint=hint) is None:
            return None
        part = self.values.expect.part(node, words, owner=owner)
        assert part is not None
        return {
            word.name: self.read(word, part.node.entries[word.name])
            for word in words
            if isinstance(word, Key) and word.name in part.node.entries
        }

    # ---- a rule as a mapping

    def _mapping(self, node: MapNode) -> Rule | None:
        before = len(self.diagnostics.errors)
        node = self._known(node)
        name = self._one_producer(node)
        modifiers = {
            word: self.read(key, node.entries[word])
            for word, key in MODIFIERS.items()
            if word in node.entries
        }
        modifiers = {word: value for word, value in modifiers.items() if not _is_off(value)}
        if name is None:
            return None
        producer = READERS[name](self, node, node.entries[name])
        if producer is None or len(self.diagnostics.errors) > before:
            return None
        return Rule(node.span, producer, modifiers, keys=node.keys)

    def _known(self, node: MapNode) -> MapNode:
        if node.keys and not any(key in RULE for key in node.keys):
            first = next(iter(node.keys.values()))
            hint = did_you_mean(first.text, RULE) or "write an object as {fields: { … }}"
            self.diagnostics.error("M104", first.span, f'"{first.text}" is not a part of a rule', hint=hint)
            return node
        node = self.values.expect.known_keys(node, RULE, "a rule")
        for name, key in node.keys.items():
            word = RULE[name]
            if word.belongs_to and not any(owner in node.keys for owner in word.belongs_to):
                owners = " or ".join(f"`{owner}`" for owner in word.belongs_to)
                message = f"`{name}` belongs to {owners}, which is missing here"
                self.diagnostics.error("M105", key.span, message)
            elif word.excludes in node.keys:
                message = f"`{name}` cannot be combined with `{word.excludes}`"
                self.diagnostics.error("M105", key.span, message, hint=word.conflict)
        return node

    def _one_producer(self, node: MapNode) -> str | None:
        names = [key for key in node.entries if key in PRODUCERS]
        for name in list(names):
            names = [other for other in names if other not in PRODUCERS[name].takes_in]
        if len(names) == 1:
            return names[0]
        if names:
            span = node.keys[names[1]].span
            message = f"a rule has one producer, found {' and '.join(names)}"
            self.diagnostics.error("M104", span, message)
        elif any(key in RULE for key in node.keys):
            self.diagnostics.error("M104", node.span, "the rule has no producer", hint=_ONE_OF)
        elif not node.keys:
            self.diagnostics.error("M104", node.span, "an empty rule", hint=_ONE_OF)
        return None

    def companion(self, node: MapNode, name: str, owner: str) -> Any:
        """The value of a word that belongs to a producer; what is required and missing is reported."""
        if name in node.entries:
            return self.read(RULE[name], node.entries[name])
        self.values.expect.missing_key(node.keys[owner].span, name, f"`{owner}`")
        return None


def _is_off(value: Any) -> bool:
    """Whether a modifier with this value does nothing; a number always does something."""
    return value is None or value is False or value == ""


# ---- words whose value is made of rules


def _rules(reader: RuleReader, node: Node, what: str) -> tuple[Rule, ...] | None:
    hint = f"write {what}: [ … ]"
    if what == "first":
        hint += "; the first item of a list is {{ list | first }}"
    parts = reader.values.expect.list_node(node, what, hint=hint)
    if isinstance(node, ListNode) and not parts:
        reader.diagnostics.error("M103", node.span, f"`{what}` has no rules")
    rules = [reader.rule(part) for part in parts]
    known = tuple(rule for rule in rules if rule is not None)
    return known if known and len(known) == len(rules) else None


def _rule(reader: RuleReader, node: Node, what: str) -> Rule | None:
    del what
    return reader.rule(node)


def _fields(reader: RuleReader, node: Node, what: str) -> Fields:
    return reader.fields(node, what)


def _lookup(reader: RuleReader, node: Node, what: str) -> tree.Lookup | None:
    del what
    values = reader.section(node, LOOKUP, hint="{in: a table, by: a column, give: a column}")
    if values is None or values.get("in") is None or not values.get("by"):
        return None
    if "where" in values and values["where"] is None:
        return None
    return tree.Lookup(node.span, values["in"], values["by"], values.get("give"), where=values.get("where"))


def _match(reader: RuleReader, node: Node, what: str) -> tuple[Fields, ...]:
    rules = reader.values.expect.list_node(node, what)
    for rule in rules:
        if isinstance(rule, MapNode) and not rule.keys:  # it would be a search for everything
            reader.diagnostics.error(
                "M103", rule.span, "match needs at least one field", hint="{Reference: …}"
            )
    return tuple(reader.fields(rule, "a rule of match") for rule in rules)


STRUCTURES: Mapping[str, Callable[[RuleReader, Node, str], Any]] = {
    "rules": _rules,
    "parts": _rules,
    "items": _rules,
    "rule": _rule,
    "reason": _rule,
    "fields": _fields,
    "lookup": _lookup,
    "match": _match,
}


# ---- producers


def _value(reader: RuleReader, node: MapNode, entry: Node) -> Producer | None:
    del node
    if isinstance(entry, Scalar):
        return reader.scalar(entry)
    if isinstance(entry, ListNode) and not entry.items:
        return tree.Plain(None)
    hint = "write {list: [ … ]} for a list" if isinstance(entry, ListNode) else ""
    message = f"value: expected a literal or an expression, found {describe(entry)}"
    reader.diagnostics.error("M103", entry.span, message, hint=hint)
    return None


def _first(reader: RuleReader, node: MapNode, entry: Node) -> Producer | None:
    del node
    rules = reader.read(PRODUCERS["first"], entry)
    return None if rules is None else tree.First(rules)


def _list(reader: RuleReader, node: MapNode, entry: Node) -> Producer | None:
    del node
    rules = reader.read(PRODUCERS["list"], entry)
    return None if rules is None else tree.Listed(rules)


def _join(reader: RuleReader, node: MapNode, entry: Node) -> Producer | None:
    rules = reader.read(PRODUCERS["join"], entry)
    separator = reader.companion(node, "with", "join") if "with" in node.entries else " "
    return None if rules is None or separator is None else tree.Join(rules, separator)


def _ref(reader: RuleReader, node: MapNode, entry: Node) -> Producer | None:
    mapping = reader.read(PRODUCERS["ref"], entry)
    key = reader.companion(node, "key", "ref")
    return None if mapping is None or key is None else tree.Reference(mapping, key)


def _object(reader: RuleReader, node: MapNode, entry: Node) -> Producer | None:
    return tree.Object(reader.read(PRODUCERS["fields"], entry), needs=_needs(reader, node))


def _needs(reader: RuleReader, node: MapNode) -> tuple[Scalar, ...]:
    needs: tuple[Scalar, ...] = reader.companion(node, "needs", "") if "needs" in node.entries else ()
    return needs


def _use(reader: RuleReader, node: MapNode, entry: Node) -> tree.Object | None:
    shape = reader.read(PRODUCERS["use"], entry)
    fields: Fields = ()
    if "fields" in node.entries:
        fields = reader.read(PRODUCERS["fields"], node.entries["fields"])
    return None if shape is None else tree.Object(fields, tree.Use(shape), _needs(reader, node))


def _each(reader: RuleReader, node: MapNode, entry: Node) -> Producer | None:
    over = reader.read(PRODUCERS["each"], entry)
    where = reader.companion(node, "where", "each") if "where" in node.entries else None
    if "use" in node.entries:
        used = _use(reader, node, node.entries["use"])
        if over is None or used is None:
            return None
        return tree.Each(over, "", used.fields, used.use, where, used.needs)
    name = reader.companion(node, "as", "each")
    fields = reader.companion(node, "fields", "each")
    if over is None or name is None or fields is None:
        return None
    return tree.Each(over, name.text, fields, None, where, _needs(reader, node))


READERS: Mapping[str, Callable[[RuleReader, MapNode, Node], Producer | None]] = {
    "value": _value,
    "first": _first,
    "join": _join,
    "each": _each,
    "list": _list,
    "fields": _object,
    "use": _use,
    "ref": _ref,
}
