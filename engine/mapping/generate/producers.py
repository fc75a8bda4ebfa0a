"""Producers become Python: text, the parts of first, join and list, what each and use go through, refs."""

from __future__ import annotations

from collections.abc import Mapping

from engine.mapping.check.scope import item_of, parent_of
from engine.mapping.generate.expressions import Expressions
from engine.mapping.generate.writer import ABSENT, MAX_LINES, TooLarge, Value
from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import Draft, FieldRule, Fields, Rule
from engine.model.schema import TEXT, Type

Env = dict[str, str]
MAX_LOOPS = 12  # Python itself allows twenty nested blocks


class Producers(Expressions):
    """Writes what a rule makes, before its modifiers. A used shape is written out where it is used."""

    def __init__(self, drafts: Mapping[str, Draft], needed: frozenset[str]) -> None:
        super().__init__(needed)
        self.drafts = drafts
        self.depth = 0  # of rules in rules

    # ---- what the room above fills in

    def rule(self, rule: Rule, last: bool = False) -> Value:
        """A rule's value with its modifiers. `last`: whoever asks sees to `max` himself."""
        raise NotImplementedError

    def checked(self, rule: Rule) -> Value:
        """A rule's value, held against the words and the length that the target allows."""
        raise NotImplementedError

    def object(self, fields: list[tuple[FieldRule, Env]]) -> Value:
        """A variable that holds the object; None where all of it is absent."""
        raise NotImplementedError

    def wired(self, code: str, rule: Rule) -> str:
        """Code for a present value as it stands in a payload: dates are ISO text."""
        match rule.type:
            case Type(kind="date"):
                return f"{code}.isoformat()"
            case Type(kind="instant" | "any" | "object"):
                pass
            case Type(kind="list", of=Type(kind="text" | "int" | "decimal" | "bool")):
                return code
            case Type(kind="list"):
                pass
            case _:
                return code
        made = isinstance(rule.producer, tree.Each | tree.Listed | tree.Object | tree.Reference)
        return code if made and rule.default is None else f"{self.helper('wired')}({code})"

    # ---- producers

    def produced(self, rule: Rule) -> Value:
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
        return self.strict([value], f"[{self.wired(value.code, rule)}]")

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
        over = self.atom(self.expr(producer.over))
        head = f"for {item} in {over.code}:" if not over.maybe else f"for {item} in {over.code} or ():"
        self._deeper(name)
        with self.block(head):
            if producer.over.type.of is not None and producer.over.type.of.kind == "text":
                for line in self.blank_is_absent(item):
                    self.line(line)
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
        return self.strict([key], f"{made}({key.code})")
