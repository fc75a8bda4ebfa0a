"""JSON Schemas for pack.yaml and for a pack's configs: settings with their sentences, each connector's own.

They help while a file is written; `sync check` decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.config.pack import Pack
from engine.config.settings import Setting
from engine.config.words import CONFIG, LIMITS, PACK, SETTING, SYSTEM
from engine.document.editor import DRAFT, Schema, closed, scalar_schema, words_schema
from engine.model.schema import TEXT, Type
from engine.sdk.connector import Connector

_TABLE_FILE = {"type": "string", "pattern": r"\.(csv|yaml|yml)$"}
_REFUSES = {"type": "object", "additionalProperties": {"type": "string"}}
_CHOICES = {"anyOf": [{"type": "array"}, {"type": "string", "pattern": r"^[^.]+\.[^.]+\.[^.]+$"}]}


def pack_schema(connectors: Iterable[str], reference: Iterable[str]) -> Schema:
    """The schema of pack.yaml. `connectors` are installed; `reference` are the streams that can be tables."""
    # A connector that is not installed is not a mistake here: a config may name another one for the system.
    connector = {"anyOf": [{"enum": sorted(connectors)}, {"type": "string"}]}
    table = {"anyOf": [{"enum": sorted(reference)}, _TABLE_FILE]}
    parts = {
        "systems": {"type": "object", "additionalProperties": connector},
        "tables": {"type": "object", "additionalProperties": table},
        "settings": {
            "type": "object",
            "additionalProperties": words_schema(SETTING, {"choices": _CHOICES, "refuses": _REFUSES}),
        },
    }
    return {"$schema": DRAFT, "title": "A pack", **words_schema(PACK, parts)}


def config_schema(
    pack: Pack, connectors: Mapping[str, Connector], overrides: Schema, definitions: Schema
) -> Schema:
    """The schema of a config. `overrides` and `definitions` come from the schema of the pack's mappings."""
    known = dict(definitions)
    systems = {name: _system(name, connector, known) for name, connector in connectors.items()}
    required = [
        setting.name for setting in pack.settings.values() if setting.required and setting.default is None
    ]
    settings = closed({setting.name: _setting(setting) for setting in pack.settings.values()})
    parts = {
        "systems": {**closed(systems), "required": sorted(pack.systems)},
        "settings": {**settings, **({"required": required} if required else {})},
        "overrides": overrides,
        "limits": words_schema(LIMITS, {}),
    }
    made = {"$schema": DRAFT, "title": f"A config of {pack.name}", **words_schema(CONFIG, parts)}
    return {**made, "definitions": known}


def _setting(setting: Setting) -> Schema:
    description = " ".join(filter(None, (f"{setting.label}." if setting.label else "", setting.doc)))
    made: Schema = {"description": description} if description else {}
    if setting.default is not None:
        made["default"] = _plain(setting.default)
    value = _value(setting.type, [_plain(choice) for choice in setting.choices])
    if not setting.required and "type" in value and setting.type.kind != "list":
        kinds = value["type"] if isinstance(value["type"], list) else [value["type"]]
        value = {**value, "type": [*kinds, "null"]}  # a key with nothing after it: the default
    return {**made, **value}


def _value(type_: Type, choices: list[Any]) -> Schema:
    if type_.kind == "list":
        return {"type": "array", "items": _value(type_.of or TEXT, choices)}
    return {"enum": choices} if choices else scalar_schema(type_)


def _plain(value: Any) -> Any:
    """A setting's value as JSON: decimals and dates as they are written."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | bool | int) else _number(value)


def _number(value: Any) -> Any:
    text = str(value)
    return float(text) if text.replace(".", "", 1).lstrip("-").isdigit() else text


def _system(name: str, connector: Connector, known: Schema) -> Schema:
    """One system: the engine's own keys and those of the connector's model."""
    model = connector.settings.model_json_schema(ref_template=f"#/definitions/{name}.{{model}}")
    known |= {f"{name}.{key}": definition for key, definition in model.get("$defs", {}).items()}
    sandbox: list[Schema] = [{"type": "boolean"}]
    if connector.sandbox is not None:
        options = connector.sandbox.options.model_json_schema(
            ref_template=f"#/definitions/{name}.sandbox.{{model}}"
        )
        known |= {f"{name}.sandbox.{key}": definition for key, definition in options.pop("$defs", {}).items()}
        sandbox.append(_untitled(options))
    made = words_schema(SYSTEM, {"connector": {"const": connector.name}, "sandbox": {"anyOf": sandbox}})
    properties = {key: _untitled(schema) for key, schema in model.get("properties", {}).items()}
    return {**made, "properties": {**made["properties"], **properties}}


def _untitled(schema: Any) -> Any:
    """Without the titles that pydantic makes of names: editors would show them instead of the sentences."""
    if isinstance(schema, list):
        return [_untitled(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _untitled(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str)) and key not in ("format", "writeOnly")
    }
