"""JSON Schemas made from declared words: editors check and explain keys while a file is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.document.words import Word, Words
from engine.model.schema import Type

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"
SCALARS: Mapping[str, list[str]] = {
    "text": ["string", "number", "boolean"],
    "bool": ["boolean"],
    "int": ["integer"],
    "decimal": ["number"],
}
_DATE = r"^\d{4}-\d{2}-\d{2}$"


def closed(properties: Schema) -> Schema:
    """An object with these properties and no others."""
    return {"type": "object", "properties": properties, "additionalProperties": False}


def words_schema(words: Words, parts: Mapping[str, Schema]) -> Schema:
    """An object with the declared keys. `parts` holds the schemas of values that are more than a scalar."""
    unknown = parts.keys() - set(words.names)
    if unknown:
        raise KeyError(f"{words.title} declares no key {', '.join(sorted(unknown))}")
    properties = {word.name: {**_value(word, parts), "description": word.sentence} for word in words}
    required = [word.name for word in words if word.required]
    return {**closed(properties), **({"required": required} if required else {})}


def _value(word: Word, parts: Mapping[str, Schema]) -> Schema:
    if word.name in parts:
        return parts[word.name]
    if word.type.kind == "any":
        return {}
    made = scalar_schema(word.type)
    if word.pattern:
        made = {"type": "string", "pattern": word.pattern}
    if word.least is not None:
        made["minimum"] = word.least
    if word.most is not None:
        made["maximum"] = word.most
    return made


def scalar_schema(type_: Type) -> Schema:
    """One value of a type. KeyError for objects and lists, which have schemas of their own."""
    if type_.values:
        return {"enum": [*type_.values]}
    if type_.kind == "date":
        return {"type": "string", "pattern": _DATE}
    return {"type": SCALARS[type_.kind]}
