"""JSON Schema for rules: what may be written for a value of each type.

One definition for each type, and for each place whose value has fields of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.mapping.check.catalog import Catalog
from engine.mapping.syntax import language as words
from engine.model.schema import Field, Type

Schema = dict[str, Any]

HOLE = {"type": "string", "pattern": r"\{\{"}
SCALARS: Mapping[str, list[str]] = {
    # Into a text field 0200 is "0200", whatever an editor takes it for.
    "text": ["string", "number", "boolean"],
    "int": ["integer"],
    "decimal": ["number"],
    "bool": ["boolean"],
    "date": ["string"],  # and by its pattern a day or a hole
    "instant": ["string"],
    "any": ["string", "number", "boolean"],
}


NAME = {"type": "string", "pattern": r"^[^\s.{}|0-9-][^\s.{}|-]*$"}  # letters of every language
DAY = r"^\d{4}-\d{2}-\d{2}$|\{\{"


def _has(*words_: str) -> Schema:
    return {"required": list(words_)}


_SHAPED: Schema = {
    "anyOf": [{**_has("use"), "not": _has("as")}, {**_has("as", "fields"), "not": _has("use")}]
}
# Exactly one of them: `use` and `fields` may stand together, and alone where there is no `each`.
PRODUCER: list[Schema] = [
    *(_has(one) for one in ("value", "first", "join", "list", "ref")),
    {**_has("each"), **_SHAPED},
    {"anyOf": [_has("use"), _has("fields")], "not": _has("each")},
]
BELONGS = {
    "with": ["join"],
    "as": ["each"],
    "where": ["each"],
    "key": ["ref"],
    "ref": ["key"],
    "optional": ["lookup"],
}
APART = _has("max", "cut")


class RuleSchemas:
    """Gathers the definitions that the schemas of fields and rules are made of."""

    def __init__(self, catalog: Catalog, flows: list[str], shapes: list[str]) -> None:
        self.catalog, self.flows, self.shapes = catalog, flows, shapes
        self.definitions: Schema = {}

    def fields(self, type_: Type, place: str) -> Schema:
        """What stands under `fields` of an object of this type."""
        name = f"fields of {place}"
        if name not in self.definitions:
            self.definitions[name] = {}  # it may hold itself
            written = {key: one for key, one in type_.fields.items() if one.writable}
            properties = {key: self._field_rule(one, f"{place}.{key}") for key, one in written.items()}
            self.definitions[name] = {
                "type": "object",
                "properties": properties,
                "additionalProperties": type_.kind == "any",
            }
        return {"$ref": f"#/definitions/{_escaped(name)}"}

    def _field_rule(self, field: Field, place: str) -> Schema:
        said = f"{field.doc} ({_said(field)})".strip()
        return {"description": said, "allOf": [self.rule(field.type, place)]}

    def rule(self, type_: Type, place: str) -> Schema:
        """A rule for a value of this type."""
        item = type_.of if type_.kind == "list" and type_.of else type_
        name = f"rule for {place if item.kind == 'object' else _type_name(type_)}"
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = {"anyOf": [*_scalars(type_), self._written_out(type_, place)]}
        return {"$ref": f"#/definitions/{_escaped(name)}"}

    def _written_out(self, type_: Type, place: str) -> Schema:
        same = self.rule(type_, place)
        item = type_.of or Type("any") if type_.kind == "list" else type_
        one = self.rule(item, place if type_.kind != "list" else f"{place}[]")
        object_ = item.kind in ("object", "any")
        own: Schema = {
            "value": {"anyOf": _scalars(type_)},
            "first": {"type": "array", "items": same, "minItems": 1},
            "join": {"type": "array", "items": self.rule(Type("any"), "any"), "minItems": 1},
            "with": {"type": ["string", "number"]},
            "each": HOLE,
            "as": NAME,
            "where": HOLE,
            "list": {"type": "array", "items": one, "minItems": 1},
            "fields": self.fields(item, place) if object_ else {"type": "object"},
            "use": {"enum": self.shapes} if self.shapes else {"type": "string"},
            "ref": {"enum": self.flows} if self.flows else {"type": "string"},
            "key": HOLE,
            "when": HOLE,
            "default": same,
            "required": {"type": "boolean"},
            "optional": {"type": "boolean"},
            "lookup": self._lookup(),
            "max": {"type": "integer", "minimum": 1},
            "cut": {"type": "integer", "minimum": 1},
            "round": {"type": "integer", "minimum": 0, "maximum": 12},
            "doc": {"type": "string"},
        }
        docs = {**words.PRODUCERS, **words.BESIDE, **words.MODIFIERS}
        keep = {key: one for key, one in own.items() if key in _fitting(type_)}
        made = object_of({key: docs[key] for key in keep}, keep)
        listed = {"dependencies": {"use": ["each"], "fields": ["each"]}} if type_.kind == "list" else {}
        return {**made, **listed, "allOf": [self._words_of_a_rule()]}

    def _words_of_a_rule(self) -> Schema:
        """Which words go together: one producer, and beside it what belongs to it."""
        self.definitions.setdefault(
            "words of a rule", {"oneOf": PRODUCER, "dependencies": BELONGS, "not": APART}
        )
        return {"$ref": "#/definitions/words%20of%20a%20rule"}

    def _lookup(self) -> Schema:
        if "lookup" not in self.definitions:
            columns = sorted({column for table in self.catalog.tables.values() for column in table.fields})
            column = {"enum": columns} if columns else {"type": "string"}
            tables = {"enum": sorted(self.catalog.tables)} if self.catalog.tables else {"type": "string"}
            by = {"anyOf": [column, {"type": "array", "items": column, "minItems": 1}]}
            own = {"in": tables, "by": by, "give": column}
            self.definitions["lookup"] = object_of(words.LOOKUP, own, required=("in", "by"))
        return {"$ref": "#/definitions/lookup"}


def object_of(docs: Mapping[str, str], own: Schema, required: Iterable[str] = ()) -> Schema:
    properties = {
        key: {"description": doc, **_described(own.get(key, {"type": "string"}))} for key, doc in docs.items()
    }
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**made, "required": list(required)} if required else made


def _described(schema: Schema) -> Schema:
    """In draft 7 nothing counts beside `$ref`, so a description needs it wrapped."""
    return {"allOf": [schema]} if "$ref" in schema else schema


def _scalars(type_: Type) -> list[Schema]:
    """What may be written plainly for a value of this type: literals and holes."""
    if type_.kind in ("list", "object"):
        literal: list[Schema] = [{"type": "array", "maxItems": 0}] if type_.kind == "list" else []
        return [HOLE, {"type": "null"}, *literal]
    if type_.values:
        return [{"enum": list(type_.values)}, HOLE]
    own: Schema = {"type": [*SCALARS[type_.kind], "null"]}
    if type_.kind == "date":
        own["pattern"] = DAY
    return [own, HOLE] if type_.kind not in ("text", "any", "date", "instant") else [own]


def _fitting(type_: Type) -> set[str]:
    """The words that make sense where this type is wanted."""
    common = {"value", "first", "when", "default", "required", "doc"}
    if type_.kind == "any":
        return {*words.PRODUCERS, *words.BESIDE, *words.MODIFIERS}
    if type_.kind == "object":
        return {*common, "fields", "use", "ref", "key"}
    if type_.kind == "list":
        return {*common, "each", "as", "where", "list", "fields", "use"}
    looked = {*common, "lookup", "optional"}
    if type_.kind == "text":
        return {*looked, "join", "with", "max", "cut"}
    return {*looked, "round"} if type_.kind == "decimal" else looked


def _said(field: Field) -> str:
    return f"{field.type_text}{', required' if field.required else ''}"


def _type_name(type_: Type) -> str:
    if type_.kind == "list":
        return f"list of {_type_name(type_.of)}" if type_.of else "list"
    return "|".join(type_.values) if type_.values else type_.kind


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1").replace(" ", "%20").replace("|", "%7C")
