"""JSON Schema for rules: what may be written for a value of each type.

One definition for each type, and for each place whose value has fields of its own. What a word's value may be
follows from the form that its declaration names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.document.editor import Schema, closed, words_schema
from engine.document.words import Word, Words
from engine.mapping.check.catalog import Catalog
from engine.mapping.syntax.language import LOOKUP, MODIFIERS, PRODUCERS, RULE
from engine.mapping.syntax.words import Key
from engine.model.schema import ANY, Field, Type

EXPRESSION: Schema = {"type": "string", "pattern": r"\{\{"}
NAME: Schema = {"type": "string", "pattern": r"^[^\s.{}|0-9-][^\s.{}|-]*$"}  # letters of every language
SCALARS: Mapping[str, list[str]] = {
    # Into a text field 0200 is "0200", whatever an editor takes it for.
    "text": ["string", "number", "boolean"],
    "int": ["integer"],
    "decimal": ["number"],
    "bool": ["boolean"],
    "date": ["string"],  # and by its pattern a day or an expression
    "instant": ["string"],
    "any": ["string", "number", "boolean"],
}
_DAY = r"^\d{4}-\d{2}-\d{2}$|\{\{"


def _has(*names: str) -> Schema:
    return {"required": list(names)}


def _has_one(names: Sequence[str]) -> Schema:
    return {"anyOf": [_has(name) for name in names]} if len(names) > 1 else _has(*names)


_TAKEN_IN = {name for producer in PRODUCERS.values() for name in producer.takes_in}
_ITEMS: Schema = {"anyOf": [{**_has("use"), "not": _has("as")}, {**_has("as", "fields"), "not": _has("use")}]}
# Exactly one of them: `use` and `fields` may be together, and are producers only without `each`.
PRODUCER: list[Schema] = [
    *(_has(name) for name, word in PRODUCERS.items() if not word.takes_in and name not in _TAKEN_IN),
    {**_has("each"), **_ITEMS},
    {"anyOf": [_has("use"), _has("fields")], "not": _has("each")},
]
BELONGS: dict[str, Schema | list[str]] = {
    **{name: _has_one(word.belongs_to) for name, word in RULE.items() if word.belongs_to},
    **{owner: [name] for name, word in RULE.items() if word.required for owner in word.belongs_to},
}
APART = [_has(name, word.excludes) for name, word in MODIFIERS.items() if word.excludes]


class RuleSchemas:
    """Gathers the definitions that the schemas of fields and rules are made of."""

    def __init__(self, catalog: Catalog, flows: list[str], shapes: list[str]) -> None:
        self.catalog = catalog
        self.definitions: Schema = {}
        columns = sorted({column for table in catalog.tables.values() for column in table.fields})
        column = one_of(columns)
        # The forms that are the same for every field.
        self.forms: dict[str, Schema] = {
            "expression": EXPRESSION,
            "condition": {"anyOf": [EXPRESSION, {"type": "boolean"}]},
            "name": NAME,
            "literal": {"type": ["string", "number"]},
            "flow": one_of(flows),
            "shape": one_of(shapes),
            "table": one_of(sorted(catalog.tables)),
            "column": column,
            "columns": _some_of(columns),
        }

    def fields(self, type_: Type, place: str) -> Schema:
        """What may be written under `fields` of an object of this type."""
        name = f"fields of {place}"
        if name not in self.definitions:
            self.definitions[name] = {}  # it may contain itself
            writable = {key: field for key, field in type_.fields.items() if field.writable}
            properties = {key: self._field_rule(field, f"{place}.{key}") for key, field in writable.items()}
            self.definitions[name] = {
                **closed(properties),
                "additionalProperties": type_.kind == "any",
            }
        return _reference(name)

    def _field_rule(self, field: Field, place: str) -> Schema:
        described = f"{field.doc} ({_described_field(field)})".strip()
        return {"description": described, "allOf": [self.rule(field.type, place)]}

    def rule(self, type_: Type, place: str) -> Schema:
        """A rule for a value of this type."""
        item = type_.of if type_.kind == "list" and type_.of else type_
        name = f"rule for {place if item.kind == 'object' else _type_name(type_)}"
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = {"anyOf": [*_scalars(type_), self._written_out(type_, place)]}
        return _reference(name)

    def _written_out(self, type_: Type, place: str) -> Schema:
        words = Words("a rule", tuple(word for word in RULE.values() if type_.kind in word.into))
        made = described_schema(words, {**self.forms, **self.rule_forms(type_, place)})
        made.pop("required", None)  # what a producer requires is a matter of the words together
        listed = {"dependencies": {"use": ["each"], "fields": ["each"]}} if type_.kind == "list" else {}
        return {**made, **listed, "allOf": [self._words_of_a_rule()]}

    def rule_forms(self, type_: Type, place: str) -> dict[str, Schema]:
        """The forms whose values are rules for a value of this type, or for its items or members."""
        same = self.rule(type_, place)
        item = type_.of or ANY if type_.kind == "list" else type_
        of_item = self.rule(item, f"{place}[]" if type_.kind == "list" else place)
        has_fields = item.kind in ("object", "any")
        return {
            "value": {"anyOf": _scalars(type_)},
            "rule": same,
            "rules": {"type": "array", "items": same, "minItems": 1},
            "parts": {"type": "array", "items": self.rule(ANY, "any"), "minItems": 1},
            "items": {"type": "array", "items": of_item, "minItems": 1},
            "fields": self.fields(item, place) if has_fields else {"type": "object"},
            "members": _some_of(name for name, field in item.fields.items() if field.writable),
            "lookup": self._lookup(),
        }

    def _words_of_a_rule(self) -> Schema:
        """Which words go together: one producer, and with it what belongs to it."""
        self.definitions.setdefault(
            "words of a rule", {"oneOf": PRODUCER, "dependencies": BELONGS, "not": {"anyOf": APART}}
        )
        return _reference("words of a rule")

    def _lookup(self) -> Schema:
        self.definitions.setdefault("lookup", described_schema(LOOKUP, self.forms))
        return _reference("lookup")


def described_schema(words: Words, forms: Mapping[str, Schema]) -> Schema:
    """An object with the declared keys; their values by the schema of their form."""
    return words_schema(
        words, {word.name: describable(forms[form]) for word in words if (form := _form(word))}
    )


def _form(word: Word) -> str:
    return word.form if isinstance(word, Key) else ""


def one_of(names: Iterable[str]) -> Schema:
    known = list(names)
    return {"enum": known} if known else {"type": "string"}


def _some_of(names: Iterable[str]) -> Schema:
    """One of these names, or a list of some."""
    name = one_of(names)
    return {"anyOf": [name, {"type": "array", "items": name, "minItems": 1}]}


def describable(schema: Schema) -> Schema:
    """In draft 7 nothing counts next to `$ref`, so a description needs it wrapped."""
    return {"allOf": [schema]} if "$ref" in schema else schema


def _reference(name: str) -> Schema:
    escaped = name.replace("~", "~0").replace("/", "~1").replace(" ", "%20").replace("|", "%7C")
    return {"$ref": f"#/definitions/{escaped}"}


def _scalars(type_: Type) -> list[Schema]:
    """What may be written plainly for a value of this type: literals and expressions."""
    if type_.kind in ("list", "object"):
        literal: list[Schema] = [{"type": "array", "maxItems": 0}] if type_.kind == "list" else []
        return [EXPRESSION, {"type": "null"}, *literal]
    if type_.values:
        return [{"enum": list(type_.values)}, EXPRESSION]
    own: Schema = {"type": [*SCALARS[type_.kind], "null"]}
    if type_.kind == "date":
        own["pattern"] = _DAY
    return [own, EXPRESSION] if type_.kind not in ("text", "any", "date", "instant") else [own]


def _described_field(field: Field) -> str:
    return f"{field.type_text}{', required' if field.required else ''}"


def _type_name(type_: Type) -> str:
    if type_.kind == "list":
        return f"list of {_type_name(type_.of)}" if type_.of else "list"
    return "|".join(type_.values) if type_.values else type_.kind
