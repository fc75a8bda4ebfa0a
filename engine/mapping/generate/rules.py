"""Rules become Python: objects of fields, modifiers in their order, then what the target's type asks for."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass

from engine.mapping.check.fit import short_enough, sure
from engine.mapping.check.literals import AS_TEXT
from engine.mapping.generate.producers import Env, Producers
from engine.mapping.generate.writer import ABSENT, MAX_LINES, Key, TooLarge, Value
from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import Expr, FieldRule, Rule

MAX_RULES = 48  # one in the other, shapes that are used counted in


@dataclass(slots=True)
class ObjectDraft:
    """An object while its fields are written: those surely there at first go into one literal."""

    name: str
    first: list[str] = dataclasses.field(default_factory=list)
    opened: bool = False
    sure: bool = False  # holds something whatever the record


class Rules(Producers):
    """Writes rules into a function."""

    # ---- objects

    def object(self, fields: list[tuple[FieldRule, Env]]) -> Value:
        """A variable that holds the object; None where all of it is absent."""
        if len(self.out.lines) > MAX_LINES:
            raise TooLarge
        out = ObjectDraft(self.out.new("o"))
        often = _read_often(fields)
        for one, env in fields:
            before, self.env, self.at = self.env, env, one.at
            self.label.append(one.name)
            self.line(f"# {one.name!a}  {ascii(str(one.at))[1:-1]}")
            with self.out.mark(often):
                self.field(out, one)
            self.label.pop()
            self.env = before
        self._open(out)
        if not out.sure:
            self.line(f"{out.name} = {out.name} or None")
        return Value(out.name, maybe=not out.sure, own=True)

    def field(self, out: ObjectDraft, one: FieldRule) -> None:
        key, literal = ascii(one.name), one.rule.producer
        if isinstance(literal, tree.Plain) and literal.as_written:
            # null, "" or []: sent as it stands, though None means absent elsewhere.
            code = "[]" if literal.value == [] else self.constant(literal.value)
            if one.rule.when is None:
                self._sure(out, key, code)
                return
            self._open(out)
            with self.block(f"if {self.truth(one.rule.when)}:"):
                self.line(f"{out.name}[{key}] = {code}")
            return
        value = self.atom(self.rule(one.rule, last=True))
        if value is ABSENT:
            return
        if not value.maybe:
            self._limits(one.rule, value)
            self._sure(out, key, self.wired(value.code, one.rule))
            return
        self._open(out)
        with self.block(f"if {value.code} is not None:"):
            self._limits(one.rule, value)
            self.line(f"{out.name}[{key}] = {self.wired(value.code, one.rule)}")

    def _sure(self, out: ObjectDraft, key: str, code: str) -> None:
        out.sure = True
        if out.opened:
            self.line(f"{out.name}[{key}] = {code}")
        else:
            out.first.append(f"{key}: {code}")

    def _open(self, out: ObjectDraft) -> None:
        if not out.opened:
            self.line(f"{out.name} = {{{', '.join(out.first)}}}")
            out.opened = True

    # ---- rules

    def checked(self, rule: Rule) -> Value:
        """A rule's value, held against the words and the length that the target allows."""
        value = self.atom(self.rule(rule, last=True))
        if value is not ABSENT and self._limited(rule):
            if value.maybe:
                with self.block(f"if {value.code} is not None:"):
                    self._limits(rule, value)
            else:
                self._limits(rule, value)
        return value

    def _limited(self, rule: Rule) -> bool:
        if rule.type.kind != "text" or rule.into is AS_TEXT:
            return False
        return rule.max is not None or self._own_limit(rule) is not None or not sure(rule.type, rule.into)

    def _own_limit(self, rule: Rule) -> int | None:
        """The longest text that the field itself takes, where neither type nor rule keep to it already."""
        want, known = rule.into.max, [one for one in (rule.max, rule.cut) if one is not None]
        if want is None or short_enough(rule.type, rule.into) or any(one <= want for one in known):
            return None
        return want

    def _limits(self, rule: Rule, value: Value) -> None:
        """Checks of a value that is present here."""
        if not self._limited(rule):
            return
        self.at = rule.at
        if not sure(rule.type, rule.into):
            words = self.constant(frozenset(rule.into.values))
            with self.block(f"if {value.code} not in {words}:"):
                site = self.site("mapping.enum", detail=rule.into.values)
                self.line(f"{self.helper('unknown_word')}({value.code}, {site})")
        for most in (rule.max, self._own_limit(rule)):
            if most is not None:
                self._too_long(Value(value.code, maybe=False), most)

    def rule(self, rule: Rule, last: bool = False) -> Value:
        """A rule's value. `last`: whoever asks sees to `max` himself."""
        self.at = rule.at
        self.depth += 1
        if self.depth > MAX_RULES:
            raise TooLarge
        value = self._unguarded(rule, last) if rule.when is None else self.guarded(rule, rule.when, last)
        self.depth -= 1
        return value

    def guarded(self, rule: Rule, when: Expr, last: bool) -> Value:
        name = self.out.new()
        self.line(f"{name} = None")
        with self.block(f"if {self.truth(when)}:"):
            self.granted(when)
            value = self._unguarded(rule, last)
            self.line(f"{name} = {value.code}")
        return Value(name, own=True)

    def _unguarded(self, rule: Rule, last: bool) -> Value:
        value = self.produced(rule)
        self.at = rule.at
        if rule.lookup is not None:
            value = self.looked_up(rule, rule.lookup, value)
        if rule.default is not None and value.maybe:
            value = self.own(value)
            with self.block(f"if {value.code} is None:"):
                default = self.rule(rule.default)
                self.line(f"{value.code} = {default.code}")
            value = Value(value.code, maybe=default.maybe, own=True)
        self.at = rule.at
        if rule.cut is not None and value is not ABSENT:
            value = self._cut(value, rule.cut)
        if rule.required and value.maybe:
            value = self.atom(value)
            with self.block(f"if {value.code} is None:"):
                site = self.site("mapping.required", detail=self._read_by(rule))
                self.line(f"{self.helper('missing')}({site})")
        if rule.max is not None and value is not ABSENT and not last:
            value = self.atom(value)
            self._too_long(value, rule.max)
        if rule.round is not None and value is not ABSENT:
            value = self.rounded(self.atom(value), rule.round)
        if rule.into is AS_TEXT and rule.type.kind != "text" and value is not ABSENT:
            value = self.atom(value)
            value = self.strict([value], self.spelled(value.code, rule.type))
        return value

    def _read_by(self, rule: Rule) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.text for one in tree.walk(rule) if isinstance(one, tree.Path)))

    def _cut(self, value: Value, size: int) -> Value:
        value = self.own(value)
        check = f"{value.code} is not None and " if value.maybe else ""
        with self.block(f"if {check}{self.helper('size')}({value.code}) > {size}:"):
            self.line(f"{value.code} = {self.helper('present')}({value.code}[:{size}])")
        return Value(value.code, maybe=True, own=True)

    def _too_long(self, value: Value, size: int) -> None:
        check = f"{value.code} is not None and " if value.maybe else ""
        with self.block(f"if {check}{self.helper('size')}({value.code}) > {size}:"):
            self.line(
                f"{self.helper('too_long')}({value.code}, {self.site('mapping.too_long', detail=size)})"
            )

    def looked_up(self, rule: Rule, lookup: tree.Lookup, value: Value) -> Value:
        if value is ABSENT:
            return ABSENT
        value = self.atom(value)
        by = ascii(tuple(one.text for one in lookup.by))
        index = self.bound(f"kit.index({lookup.table.text!a}, {by}, {lookup.column!a})", "t")
        find = self.bound(f"{index}.find", "f")
        name = self.out.new()
        check = f" if {value.code} is not None else None" if value.maybe else ""
        self.line(f"{name} = {find}({value.code}){check}")
        also = f" and {value.code} is not None" if value.maybe else ""
        with self.block(f"if {name} is None{also}:"):
            seek = self.bound(f"{index}.{'seek_softly' if rule.optional else 'seek'}", "f")
            self.line(f"{name} = {seek}({value.code}, {self.site('mapping.lookup')})")
        return Value(name, own=True)


def _read_often(fields: list[tuple[FieldRule, Env]]) -> frozenset[Key]:
    """What the fields of an object read more than once: read once before them, not in their branches."""
    counts: Counter[Key] = Counter()
    for one, env in fields:
        for node in tree.walk(one.rule):
            if isinstance(node, tree.Path) and node.root.name in env:
                names = tuple(member.name for member in node.members)
                counts.update((env[node.root.name], names[:size]) for size in range(1, len(names) + 1))
    return frozenset(key for key, count in counts.items() if count > 1)
