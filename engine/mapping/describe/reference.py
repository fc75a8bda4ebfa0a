"""The field reference of a pack: for each mapping which field is filled from what, as values to be rendered.

It is made from the checked tree, so it describes what the compiled function does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from engine.mapping.syntax import tree
from engine.mapping.syntax.language import MODIFIERS
from engine.mapping.syntax.tree import Draft, Expr, Fields, Pack, Place, Rule
from engine.model.diagnostic import Span
from engine.model.schema import ANY, Field, Type


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of a payload and where it comes from."""

    path: str  # LineItems[].AccountCode
    type: str
    required: bool
    rule: str  # what it is filled with, in the words of the mapping
    sources: tuple[str, ...]  # psohub.invoices.lines.gl_account; settings.revenue_account
    chain: tuple[str, ...]  # of a `first`: what is tried, in order
    conditions: tuple[str, ...]
    lookup: str
    limits: tuple[str, ...]
    doc: str  # the rule's own
    field_doc: str  # the target's
    span: Span


@dataclass(frozen=True, slots=True)
class MappingReference:
    """One mapping, as people read it."""

    name: str
    doc: str
    origin: str
    origin_doc: str
    destination: str
    destination_doc: str
    linked: str  # the mapping whose target records are read back; may be empty
    where: str
    match: tuple[str, ...]
    agree: tuple[str, ...]
    on_change: str
    totals: tuple[tuple[str, str], ...]
    actions: tuple[tuple[str, str, str, str], ...]  # verb, condition, what it goes to, when it is needed
    used: tuple[tuple[str, str], ...]  # the shapes whose fields are listed here as well, and their docs
    rows: tuple[FieldRow, ...]
    span: Span


def field_reference(pack: Pack, order: tuple[str, ...]) -> list[MappingReference]:
    """The flows of a pack in the order in which they run; shapes are described where they are used."""
    return [_mapping(pack.drafts[name], pack) for name in order]


def _mapping(draft: Draft, pack: Pack) -> MappingReference:
    assert draft.source is not None
    assert draft.target is not None
    assert draft.ends is not None
    ends = draft.ends
    where = text_of(draft.source.where) if draft.source.where is not None else ""
    return MappingReference(
        name=draft.name,
        doc=draft.doc,
        origin=ends.origin,
        origin_doc=ends.source.doc,
        destination=ends.destination,
        destination_doc=ends.target.doc,
        linked=draft.source.linked.text if draft.source.linked is not None else "",
        where=where,
        match=tuple(_together(fields) for fields in draft.target.match),
        agree=tuple(name.text for name in draft.target.agree),
        on_change=draft.target.on_change or ("hold" if draft.target.create else "update"),
        totals=tuple((part.name, phrase_of(part.rule)) for part in draft.totals.fields),
        actions=tuple(_action(action) for action in draft.actions),
        used=tuple((name, pack.drafts[name].doc) for name in pack.reads[draft.name].used),
        rows=tuple(_Rows(pack.drafts).of(draft.fields, ends.made, "")),
        span=draft.span,
    )


def _action(action: tree.Action) -> tuple[str, str, str, str]:
    when, needed = (text_of(one) if one is not None else "" for one in (action.when, action.needed))
    return action.verb.text, when, phrase_of(action.to) if action.to is not None else "", needed


def _together(fields: Fields) -> str:
    return " and ".join(f"{part.name} = {phrase_of(part.rule)}" for part in fields)


@dataclass(frozen=True, slots=True)
class _Rows:
    drafts: Mapping[str, Draft]

    def of(self, fields: Fields, made: Type, prefix: str) -> Iterator[FieldRow]:
        for field_rule in fields:
            field = made.fields.get(field_rule.name, Field(ANY))
            path = f"{prefix}.{field_rule.name}" if prefix else field_rule.name
            yield from self._rule(field_rule.rule, field, path)

    def _rule(self, rule: Rule, field: Field, path: str) -> Iterator[FieldRow]:
        yield _row(rule, field, path)
        for inner, nested in _objects(rule):
            conditions = tuple(_conditions(inner)) if inner is not rule else ()
            below = f"{path}[]" if field.type.kind == "list" else path
            made = field.type.of or ANY if field.type.kind == "list" else field.type
            rows = self.of(self._fields(nested), made, below)
            yield from (replace(row, conditions=(*conditions, *row.conditions)) for row in rows)

    def _fields(self, node: tree.Object | tree.Each) -> Fields:
        if node.use is None:
            return node.fields
        return tree.merged(self.drafts[node.use.mapping.text].fields, node.fields)


def _objects(rule: Rule) -> Iterator[tuple[Rule, tree.Object | tree.Each]]:
    """The objects that a rule makes, each with the rule that makes it."""
    match rule.producer:
        case tree.Object() | tree.Each():
            yield rule, rule.producer
        case tree.Listed(rules) | tree.First(rules):
            for part in rules:
                yield from _objects(part)
    if rule.default is not None:
        yield from _objects(rule.default)


def _row(rule: Rule, field: Field, path: str) -> FieldRow:
    return FieldRow(
        path=path,
        type=field.type_text,
        required=field.required or rule.has("required"),
        rule=phrase_of(rule),
        sources=tuple(dict.fromkeys(_sources(rule))),
        chain=tuple(_chain(rule)),
        conditions=tuple(_conditions(rule)),
        lookup=_lookup(rule),
        limits=tuple(_limits(rule)),
        doc=rule.doc,
        field_doc=field.doc,
        span=rule.span,
    )


def _chain(rule: Rule) -> Iterator[str]:
    if isinstance(rule.producer, tree.First):
        for part in rule.producer.rules:
            when = "".join(f", when {condition}" for condition in _conditions(part))
            limits = "".join(f", {limit}" for limit in _limits(part))
            lookup = f", through {table}" if (table := _lookup(part)) else ""
            yield f"{phrase_of(part)}{lookup}{limits}{when}"
    elif rule.default is not None:
        yield phrase_of(rule)
    if rule.default is not None:
        yield phrase_of(rule.default)


def _conditions(rule: Rule) -> Iterator[str]:
    if rule.when is not None:
        yield text_of(rule.when)
    if isinstance(rule.producer, tree.Each) and rule.producer.where is not None:
        yield f"items where {text_of(rule.producer.where)}"


def _lookup(rule: Rule) -> str:
    if rule.lookup is None:
        return ""
    by = " or ".join(column.text for column in rule.lookup.by)
    miss = "left out if not found" if rule.has("optional") else "refused if not found"
    where = f", where {text_of(rule.lookup.where)}" if rule.lookup.where is not None else ""
    return f"{rule.lookup.table.text}: by {by}, gives {rule.lookup.column}{where}; {miss}"


def _limits(rule: Rule) -> Iterator[str]:
    if isinstance(rule.producer, tree.Object | tree.Each) and rule.producer.needs:
        what = "items are left out" if isinstance(rule.producer, tree.Each) else "left out"
        yield f"{what} without {' or '.join(name.text for name in rule.producer.needs)}"
    for word, value in rule.modifiers.items():
        if phrase := MODIFIERS[word].phrase:
            yield phrase.format(value)


def changes(rule: Rule) -> Iterator[str]:
    """What happens to the value that a rule gives."""
    for word, value in rule.modifiers.items():
        if MODIFIERS[word].changes:
            yield MODIFIERS[word].phrase.format(value)


def _sources(rule: Rule) -> Iterator[str]:
    """What a rule is filled from: not what its conditions read, nor the fields in it, which have rows."""
    exprs: list[Expr] = []
    match rule.producer:
        case tree.Text(parts):
            exprs += [part for part in parts if not isinstance(part, str)]
        case tree.First(rules) | tree.Join(rules) | tree.Listed(rules):
            for part in rules:
                yield from _sources(part)
        case tree.Each(over=over):
            exprs.append(over)
        case tree.Reference(key=key):
            exprs.append(key)
    for expr in exprs:
        for node in tree.walk(expr):
            if isinstance(node, tree.Path):
                yield node.source or node.text
    if rule.default is not None:
        yield from _sources(rule.default)


# ---- in the words of the mapping


def phrase_of(rule: Rule) -> str:
    """A rule in a phrase."""
    match rule.producer:
        case tree.Plain(scalar=None):
            return "an empty list"
        case tree.Plain(scalar=scalar):
            assert scalar is not None
            return f'"{scalar.text}"' if scalar.kind == "text" else scalar.text
        case tree.Text() as text:
            return _text(text)
        case tree.First(rules):
            return "the first present of: " + "; ".join(phrase_of(part) for part in rules)
        case tree.Join(rules, separator):
            between = f' with "{separator}" between' if separator != " " else ""
            return f"{' + '.join(phrase_of(part) for part in rules)}{between}"
        case tree.Each(over=over):
            return f"one for each of {text_of(over)}"
        case tree.Listed(rules):
            return "a list: " + "; ".join(phrase_of(part) for part in rules)
        case tree.Object(use=use):
            return f"the fields of {use.mapping.text}" if use else "an object"
        case tree.Reference(mapping, key):
            return f"the {mapping.text} record of {text_of(key)}"
    assert_never(rule.producer)


def _text(node: tree.Text) -> str:
    if node.expression is not None:
        return text_of(node.expression)
    scalar = next(part.place.scalar for part in node.parts if not isinstance(part, str))
    return f'"{scalar.text}"'


def text_of(node: Expr) -> str:
    """An expression as it is written, on one line."""
    place = _whole(node)
    return " ".join(place.scalar.text[place.start : place.start + place.length].split())


def _whole(node: Expr) -> Place:
    """From the first character to the last of all below a node: an operator's place is only a part."""
    places = [part.place for part in tree.walk(node) if isinstance(getattr(part, "place", None), Place)]
    scalar = node.place.scalar
    start = min(place.start for place in places)
    end = max(place.start + place.length for place in places)
    opening, closing = scalar.text.rfind("{{", 0, start + 1), scalar.text.find("}}", end)
    if opening >= 0 and closing >= 0:
        start, end = opening + 2, closing  # with its brackets, which are not in the tree
    return Place(scalar, start, end - start)
