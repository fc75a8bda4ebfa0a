"""Rules become Python: producers, then modifiers in their order, then what the target's type asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.mapping import tree
from engine.mapping.fit import short_enough, sure
from engine.mapping.generate import Expressions
from engine.mapping.literals import AS_TEXT
from engine.mapping.scope import item_of, parent_of
from engine.mapping.tree import Draft, FieldRule, Fields, Rule
from engine.mapping.writer import ABSENT, Key, Value
from engine.model.schema import TEXT, Type

Env = dict[str, str]
MAX_LINES = 30_000
MAX_LOOPS = 12  # Python itself allows twenty nested blocks


class TooLarge(Exception):
    """The program would be larger than anything sensible: shapes that use shapes that use shapes."""


@dataclass(slots=True)
class _Object:
    """An object while its fields are written: those surely there at first go into one literal."""

    name: str
    first: list[str] = field(default_factory=list)
    opened: bool = False
    sure: bool = False  # holds something whatever the record


class Rules(Expressions):
    """Writes rules into a function. Shapes that are used are written out where they are used."""

    def __init__(self, drafts: Mapping[str, Draft], needed: frozenset[str]) -> None:
        super().__init__(needed)
        self.drafts = drafts

    # ---- objects

    def object(self, fields: list[tuple[FieldRule, Env]]) -> Value:
        """A variable that holds the object; None where all of it is absent."""
        if len(self.out.lines) > MAX_LINES or self.out.depth > 80:
            raise TooLarge
        out = _Object(self.out.new("o"))
        often = _read_often(fields)
        for one, env in fields:
            before, self.env, self.at = self.env, env, one.at
            self.label.append(one.name)
            self.line(f"# {one.name!a}  {ascii(str(one.at))[1:-1]}")
            with self.out.mark(often):
                self._field(out, one)
            self.label.pop()
            self.env = before
        self._open(out)
        if not out.sure:
            self.line(f"{out.name} = {out.name} or None")
        return Value(out.name, maybe=not out.sure, own=True)

    def _field(self, out: _Object, one: FieldRule) -> None:
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

    def _sure(self, out: _Object, key: str, code: str) -> None:
        out.sure = True
        if out.opened:
            self.line(f"{out.name}[{key}] = {code}")
        else:
            out.first.append(f"{key}: {code}")

    def _open(self, out: _Object) -> None:
        if not out.opened:
            self.line(f"{out.name} = {{{', '.join(out.first)}}}")
            out.opened = True

    def wired(self, code: str, rule: Rule) -> str:
        """Code for a present value as it stands in a payload: dates are ISO text."""
        match rule.type.kind:
            case "date":
                return f"{code}.isoformat()"
            case "instant" | "any":
                return f"{self.helper('wired')}({code})"
            case "list" if rule.type.of is not None and rule.type.of.kind in ("date", "instant", "any"):
                if isinstance(rule.producer, tree.Text | tree.First):
                    return f"{self.helper('wired')}({code})"
        return code

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
        if rule.when is None:
            return self._unguarded(rule, last)
        name = self.out.new()
        self.line(f"{name} = None")
        with self.block(f"if {self.truth(rule.when)}:"):
            self.granted(rule.when)
            value = self._unguarded(rule, last)
            self.line(f"{name} = {value.code}")
        return Value(name, own=True)

    def _unguarded(self, rule: Rule, last: bool) -> Value:
        value = self._produced(rule)
        self.at = rule.at
        if rule.lookup is not None:
            value = self._looked_up(rule, rule.lookup, value)
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
            value = self._strict([value], self.spelled(value.code, rule.type))
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
        if value.code[:1] in ("'", '"'):
            return  # a literal was measured when the file was read
        check = f"{value.code} is not None and " if value.maybe else ""
        with self.block(f"if {check}{self.helper('size')}({value.code}) > {size}:"):
            self.line(
                f"{self.helper('too_long')}({value.code}, {self.site('mapping.too_long', detail=size)})"
            )

    def _looked_up(self, rule: Rule, lookup: tree.Lookup, value: Value) -> Value:
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

    # ---- producers

    def _produced(self, rule: Rule) -> Value:
        producer = rule.producer
        match producer:
            case tree.Plain():
                literal = producer.value
                return ABSENT if literal is None else Value(self.constant(literal), maybe=False)
            case tree.Text():
                return self._text_of(producer)
            case tree.First():
                return self._first(producer)
            case tree.Join():
                return self._join(producer)
            case tree.Listed():
                return self._listed(producer)
            case tree.Each():
                return self._each(producer)
            case tree.Object():
                return self.object(self._members(producer))
            case tree.Reference():
                return self._reference(producer)

    def _text_of(self, producer: tree.Text) -> Value:
        if producer.hole is not None:
            return self.hole(producer.hole)
        parts: list[tuple[Value, Type]] = []
        for one in producer.parts:
            if isinstance(one, str):
                parts.append((Value(self.constant(one), maybe=False, blank=not one.strip()), TEXT))
            else:
                value = self.atom(self.hole(one))
                parts.append((Value(value.code, value.maybe), one.type))
        return self.concat(parts)

    def _first(self, producer: tree.First) -> Value:
        value = ABSENT
        for one in producer.rules:
            if value is ABSENT:
                value = self.rule(one)
            elif value.maybe:
                value = self.own(value)
                with self.block(f"if {value.code} is None:"):
                    other = self.rule(one)
                    self.line(f"{value.code} = {other.code}")
                value = Value(value.code, other.maybe, own=True)
        return value

    def _join(self, producer: tree.Join) -> Value:
        name = self.out.new("a")
        parts = [value for one in producer.rules if (value := self.rule(one)) is not ABSENT]
        sure_ones = sum(1 for value in parts if not value.maybe)
        glue = self.constant(producer.glue)
        if sure_ones == len(parts):
            codes = "".join(f"{value.code}, " for value in parts)
            return self.atom(Value(f"{glue}.join(({codes}))", not parts, atom=False)) if parts else ABSENT
        self.line(f"{name} = []")
        for value in parts:
            if value.maybe:
                with self.block(f"if {value.code} is not None:"):
                    self.line(f"{name}.append({value.code})")
            else:
                self.line(f"{name}.append({value.code})")
        if sure_ones:
            return self.atom(Value(f"{glue}.join({name})", maybe=False, atom=False))
        return self.atom(Value(f"{glue}.join({name}) if {name} else None", atom=False))

    def _listed(self, producer: tree.Listed) -> Value:
        if len(producer.rules) == 1:
            return self._list_of_one(producer.rules[0])
        name = self.out.new("a")
        self.line(f"{name} = []")
        self._deeper(name)
        for one in producer.rules:
            value = self.checked(one)
            if value is ABSENT:
                continue
            code = f"{name}.append({self.wired(value.code, one)})"
            if value.maybe:
                with self.block(f"if {value.code} is not None:"):
                    self.line(code)
            else:
                self.line(code)
        self._higher()
        self.line(f"{name} = {name} or None")
        return Value(name, own=True)

    def _list_of_one(self, rule: Rule) -> Value:
        self._deeper("")
        value = self.atom(self.checked(rule))
        self._higher()
        if value is ABSENT:
            return ABSENT
        return self._strict([value], f"[{self.wired(value.code, rule)}]")

    def _deeper(self, name: str) -> None:
        self.label[-1:] = [f"{self.label[-1]}[]"] if self.label else ["[]"]
        self.indexes.append(f"{self.helper('size')}({name})" if name else "0")

    def _higher(self) -> None:
        self.label[-1] = self.label[-1].removesuffix("[]")
        self.indexes.pop()

    def _each(self, producer: tree.Each) -> Value:
        if len(self.indexes) >= MAX_LOOPS or len(self.out.lines) > MAX_LINES:
            raise TooLarge
        name, item = self.out.new("a"), self.out.new("i")
        self.line(f"{name} = []")
        over = self.atom(self.hole(producer.over))
        head = f"for {item} in {over.code}:" if not over.maybe else f"for {item} in {over.code} or ():"
        self._deeper(name)
        with self.block(head):
            env = self._inside(producer, item)
            if producer.where is not None:
                before, self.env = self.env, env
                with self.block(f"if not ({self.truth(producer.where)}):"):
                    self.line("continue")
                self.granted(producer.where)
                self.env = before
            made = self.object(self._merged(producer.fields, producer.use, env))
            if made.maybe:
                # A refused item keeps its place, so that the next one is called by its own position.
                with self.block(f"if {made.code} is not None or refused:"):
                    self.line(f"{name}.append({made.code})")
            else:
                self.line(f"{name}.append({made.code})")
        self._higher()
        self.line(f"{name} = {name} or None")
        return Value(name, own=True)

    def _inside(self, producer: tree.Each, item: str) -> Env:
        if producer.use is None:
            return {**self.env, producer.name: item}
        shape = self.drafts[producer.use.mapping.text]
        names = {item_of(shape): item}
        if parent_of(shape) and isinstance(producer.over, tree.Path):
            path = producer.over
            owner = tuple(one.name for one in path.members[:-1])
            names[parent_of(shape)] = self.read(self.env[path.root.name], owner, path.text).code
        return {**self.env, **names}

    def _members(self, producer: tree.Object) -> list[tuple[FieldRule, Env]]:
        if producer.use is None:
            return [(one, self.env) for one in producer.fields]
        shape = self.drafts[producer.use.mapping.text]
        names = {item_of(shape): self.env[producer.use.item]}
        if parent_of(shape):
            names[parent_of(shape)] = self.env[producer.use.parent]
        return self._merged(producer.fields, producer.use, {**self.env, **names})

    def _merged(self, fields: Fields, use: tree.Use | None, env: Env) -> list[tuple[FieldRule, Env]]:
        """The shape's fields, and over them those written beside `use`."""
        if use is None:
            return [(one, env) for one in fields]
        own = {one.name: one for one in fields}
        shape = self.drafts[use.mapping.text]
        merged = [own.pop(one.name, one) for one in shape.fields]
        return [(one, env) for one in (*merged, *own.values())]

    def _reference(self, producer: tree.Reference) -> Value:
        key = self.atom(self.hole(producer.key))
        ends = self.drafts[producer.mapping.text].ends
        assert ends is not None
        system, _, stream = ends.origin.partition(".")
        made = self.bound(f"kit.ref({producer.mapping.text!a}, {system!a}, {stream!a})", "f")
        return self._strict([key], f"{made}({key.code})")


def _read_often(fields: list[tuple[FieldRule, Env]]) -> frozenset[Key]:
    """What the fields of an object read more than once: read once before them, not in their branches."""
    counts: Counter[Key] = Counter()
    for one, env in fields:
        for node in tree.walk(one.rule):
            if isinstance(node, tree.Path) and node.root.name in env:
                names = tuple(member.name for member in node.members)
                counts.update((env[node.root.name], names[:size]) for size in range(1, len(names) + 1))
    return frozenset(key for key, count in counts.items() if count > 1)
