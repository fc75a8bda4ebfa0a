"""Rules become Python: objects of fields, modifiers in their order, then the limits of the target's field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.mapping.generate.code import Code
from engine.mapping.generate.expressions import truth
from engine.mapping.generate.modifiers import CHANGES, LIMITS
from engine.mapping.generate.observer import Observer
from engine.mapping.generate.producers import WRITERS, wired
from engine.mapping.generate.rule_writer import Env
from engine.mapping.generate.writer import ABSENT, MAX_LINES, Key, TooLarge, Value
from engine.mapping.syntax import tree
from engine.mapping.syntax.tree import AS_TEXT, Draft, Expr, FieldRule, Rule
from engine.model.schema import Type

MAX_RULES = 48  # nested in each other, with those of the shapes that are used


@dataclass(slots=True)
class ObjectDraft:
    """An object while its fields are written: the first ones that are always present go into one literal."""

    name: str
    first: list[str] = field(default_factory=list)
    opened: bool = False
    always: set[str] = field(default_factory=set)  # fields that it has, whatever the record

    @property
    def sure(self) -> bool:
        """Whether it is never empty."""
        return bool(self.always)


@dataclass(slots=True)
class Rules:
    """Writes rules into a function."""

    code: Code
    drafts: Mapping[str, Draft]
    observer: Observer
    depth: int = 0  # of rules in rules

    # ---- objects

    def object(self, fields: Sequence[tuple[FieldRule, Env]], needs: Sequence[str] = ()) -> Value:
        """A variable that holds the object; None if all of it is absent, or one of the fields it needs."""
        code = self.code
        if len(code.out.lines) > MAX_LINES:
            raise TooLarge
        self.observer.object_begins()
        draft = ObjectDraft(code.out.new("o"))
        frequent = _read_often(fields)
        for field_rule, env in fields:
            before, code.env, code.span = code.env, env, field_rule.span
            code.label.append(field_rule.name)
            code.line(f"# {field_rule.name!a}  {ascii(str(field_rule.span))[1:-1]}")
            with code.out.mark(frequent):
                self._field(draft, field_rule)
            code.label.pop()
            code.env = before
        self._open(draft)
        self.observer.object_ends()
        if needed := [name for name in dict.fromkeys(needs) if name not in draft.always]:
            self._drop_without(draft, needed)
        elif not draft.sure:
            code.line(f"{draft.name} = {draft.name} or None")
        return Value(draft.name, maybe=bool(needed) or not draft.sure, own=True)

    def _drop_without(self, draft: ObjectDraft, needed: Sequence[str]) -> None:
        condition = " and ".join(f"{name!a} in {draft.name}" for name in needed)
        self.observer.needs(self.code, condition)
        with self.code.block(f"if not ({condition}):"):
            self.code.line(f"{draft.name} = None")

    def _field(self, draft: ObjectDraft, field_rule: FieldRule) -> None:
        code, key, rule = self.code, ascii(field_rule.name), field_rule.rule
        if isinstance(rule.producer, tree.Plain) and rule.producer.as_written:
            self._as_written(draft, field_rule.name, rule, rule.producer)
            return
        value = code.atom(self.rule(rule, limits=False))
        if value is ABSENT:
            return
        if not value.maybe:
            self._check_limits(rule, value)
            self._always(draft, field_rule.name, wired(code, value.code, rule))
            return
        self._open(draft)
        with code.block(f"if {value.code} is not None:"):
            self._check_limits(rule, value)
            code.line(f"{draft.name}[{key}] = {wired(code, value.code, rule)}")

    def _as_written(self, draft: ObjectDraft, name: str, rule: Rule, literal: tree.Plain) -> None:
        """null, "" or []: sent as it is, though None means absent elsewhere."""
        code = self.code
        self.observer.as_written(code, rule)
        text = "[]" if literal.value == [] else code.constant(literal.value)
        if rule.when is None:
            self._always(draft, name, text)
            return
        self._open(draft)
        with code.block(f"if {truth(code, rule.when)}:"):
            code.line(f"{draft.name}[{name!a}] = {text}")

    def _always(self, draft: ObjectDraft, name: str, text: str) -> None:
        draft.always.add(name)
        if draft.opened:
            self.code.line(f"{draft.name}[{name!a}] = {text}")
        else:
            draft.first.append(f"{name!a}: {text}")

    def _open(self, draft: ObjectDraft) -> None:
        if not draft.opened:
            self.code.line(f"{draft.name} = {{{', '.join(draft.first)}}}")
            draft.opened = True

    # ---- rules

    def rule(self, rule: Rule, limits: bool = True) -> Value:
        """A rule's value. Without `limits`, the caller checks max and the like."""
        self.observer.rule_begins(self.code, rule)
        self.code.span = rule.span
        self.depth += 1
        if self.depth > MAX_RULES:
            raise TooLarge
        value = self._unguarded(rule, limits) if rule.when is None else self._guarded(rule, rule.when, limits)
        self.depth -= 1
        return self.observer.rule_ends(self.code, value)

    def _guarded(self, rule: Rule, when: Expr, limits: bool) -> Value:
        code = self.code
        self.observer.when(code, when)
        name = code.out.new()
        code.line(f"{name} = None")
        with code.block(f"if {truth(code, when)}:"):
            code.granted(when)
            value = self._unguarded(rule, limits)
            code.line(f"{name} = {value.code}")
        return Value(name, own=True)

    def _unguarded(self, rule: Rule, limits: bool) -> Value:
        code = self.code
        value = WRITERS[type(rule.producer)](self, rule.producer)
        code.span = rule.span
        for word, setting in rule.modifiers.items():
            if word in CHANGES:
                value = CHANGES[word](self, rule, setting, value)
            elif word in LIMITS and limits and value is not ABSENT:
                value = code.atom(value)
                LIMITS[word](self, setting, value)
        if rule.into is AS_TEXT and rule.type.kind != "text" and value is not ABSENT:
            value = code.atom(value)
            value = code.strict([value], code.spelled(value.code, rule.type))
        return value

    # ---- the limits of a rule and of its field

    def checked(self, rule: Rule) -> Value:
        """A rule's value, checked against the words and the length that the target allows."""
        value = self.code.atom(self.rule(rule, limits=False))
        if value is not ABSENT and _is_limited(rule):
            if value.maybe:
                with self.code.block(f"if {value.code} is not None:"):
                    self._check_limits(rule, value)
            else:
                self._check_limits(rule, value)
        return value

    def _check_limits(self, rule: Rule, value: Value) -> None:
        """Checks of a value that is present here."""
        if not _is_limited(rule):
            return
        code, value = self.code, Value(value.code, maybe=False)
        code.span = rule.span
        if not _is_one_of(rule.type, rule.into):
            words = code.constant(frozenset(rule.into.values))
            with code.block(f"if {value.code} not in {words}:"):
                site = code.site("mapping.enum", detail=rule.into.values)
                code.line(f"{code.helper('unknown_word')}({value.code}, {site})")
        for word, setting in rule.modifiers.items():
            if word in LIMITS:
                LIMITS[word](self, setting, value)
        size = _field_limit(rule)
        if size is not None:
            LIMITS["max"](self, size, value)


def _is_limited(rule: Rule) -> bool:
    if rule.into is AS_TEXT:
        return False
    if any(rule.has(word) for word in LIMITS):  # the check has made sure that they take the value
        return True
    return rule.type.kind == "text" and (
        _field_limit(rule) is not None or not _is_one_of(rule.type, rule.into)
    )


def _field_limit(rule: Rule) -> int | None:
    """The longest text that the field takes, unless type or rule ensure it already."""
    want, known = rule.into.max, [size for word in ("max", "cut") if (size := rule.modifiers.get(word))]
    if want is None or _is_short_enough(rule.type, want) or any(size <= want for size in known):
        return None
    return want


def _is_one_of(type_: Type, want: Type) -> bool:
    """Whether the type alone ensures that a text is one of the wanted words."""
    return (
        not want.values or want is AS_TEXT or (bool(type_.values) and set(type_.values) <= set(want.values))
    )


def _is_short_enough(type_: Type, most: int) -> bool:
    """Whether the type alone ensures that a text is not too long."""
    if type_.kind != "text":
        return True
    if type_.values:
        return all(len(word) <= most for word in type_.values)
    return type_.max is not None and type_.max <= most


def _read_often(fields: Sequence[tuple[FieldRule, Env]]) -> frozenset[Key]:
    """What the fields of an object read more than once: read once before them, not in their branches."""
    counts: Counter[Key] = Counter()
    for field_rule, env in fields:
        for node in tree.walk(field_rule.rule):
            if isinstance(node, tree.Path) and node.root.name in env:
                names = tuple(member.name for member in node.members)
                counts.update((env[node.root.name], names[:size]) for size in range(1, len(names) + 1))
    return frozenset(key for key, count in counts.items() if count > 1)
