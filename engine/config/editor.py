"""JSON Schemas for pack.yaml and for a pack's configs: settings with their sentences, each connector's own.

They help while a file is written; `sync check` decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.config.pack import Pack
from engine.config.settings import TYPES, Setting
from engine.model.schema import Type
from engine.sdk.connector import Connector

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"
SCALARS = {
    "text": ["string", "number", "boolean"],
    "bool": ["boolean"],
    "int": ["integer"],
    "decimal": ["number"],
    "date": ["string"],
}


def pack_schema(connectors: Iterable[str], reference: Iterable[str]) -> Schema:
    """The schema of pack.yaml. `connectors` are installed; `reference` are the streams that may be tables."""
    file = {"type": "string", "pattern": r"\.(csv|yaml|yml)$"}
    setting = {
        "type": {"enum": [*TYPES, "list"], "description": "What a config may write for it."},
        "of": {"enum": [*TYPES], "description": "What a list holds; text if left out."},
        "required": {"type": "boolean", "description": "true: every config must set it."},
        "default": {"description": "What it is where a config does not set it."},
        "choices": {
            "anyOf": [{"type": "array"}, {"type": "string", "pattern": r"^[^.]+\.[^.]+\.[^.]+$"}],
            "description": "The values that may be chosen, or a column such as xero.accounts.Code.",
        },
        "label": {"type": "string", "description": "What people call it."},
        "doc": {"type": "string", "description": "A sentence for people."},
    }
    properties = {
        "pack": {"type": "string", "description": "The pack's name."},
        "doc": {"type": "string", "description": "A sentence for people."},
        "systems": {
            "type": "object",
            "description": "The systems' names in the mappings, each with its connector.",
            "additionalProperties": {"enum": sorted(connectors)},
        },
        "tables": {
            "type": "object",
            "description": "What `lookup: {in: …}` may name: a reference stream or a file.",
            "additionalProperties": {"anyOf": [{"enum": sorted(reference)}, file]},
        },
        "settings": {
            "type": "object",
            "description": "What a config may set; mappings read it as settings.NAME.",
            "additionalProperties": {**_closed(setting), "required": ["type"]},
        },
    }
    return {"$schema": DRAFT, "title": "A pack", **_closed(properties), "required": ["pack", "systems"]}


def config_schema(
    pack: Pack, connectors: Mapping[str, Connector], overrides: Schema, definitions: Schema
) -> Schema:
    """The schema of a config. `overrides` and `definitions` come from the schema of the pack's mappings."""
    known = dict(definitions)
    systems = {name: _system(name, connector, known) for name, connector in connectors.items()}
    required = [one.name for one in pack.settings.values() if one.required and one.default is None]
    properties = {
        "name": {
            "type": SCALARS["text"],
            "description": "The config's name; its ledger and reports carry it.",
        },
        "doc": {"type": "string", "description": "A sentence for people."},
        "pack": {
            "type": "string",
            "description": "The folder of the pack, relative to this file; or the name of an installed pack.",
        },
        "systems": {
            **_closed(systems),
            "description": "Each system of the pack: its connector, and that connector's own settings.",
            "required": sorted(pack.systems),
        },
        "settings": {
            **_closed({one.name: _setting(one) for one in pack.settings.values()}),
            "description": "The pack's settings.",
            **({"required": required} if required else {}),
        },
        "overrides": {
            **overrides,
            "description": "This customer's own rules, entry by entry over the pack's.",
        },
        "limits": _limits(),
        "ledger": {
            "type": "string",
            "pattern": "^sqlite:///.",
            "description": "Where the ledger is, e.g. sqlite:///../.sync/acme.db, relative to this file.",
        },
    }
    made = {"$schema": DRAFT, "title": f"A config of {pack.name}", **_closed(properties)}
    return {**made, "required": ["name", "pack", "systems"], "definitions": known}


def _limits() -> Schema:
    own: Schema = {
        "first_run_since": {
            "type": "string",
            "pattern": r"^\d{4}-\d{2}-\d{2}$",
            "description": "A date: nothing older is created; the first run needs it.",
        },
        "changes": {"type": "integer", "minimum": 0, "description": "More changes stop the run until --yes."},
        "amount": {
            "type": "number",
            "minimum": 0,
            "description": "More money in new documents, per currency, stops the run until --yes.",
        },
    }
    return {**_closed(own), "description": "What a run may do without being asked."}


def _setting(one: Setting) -> Schema:
    said = " ".join(filter(None, (f"{one.label}." if one.label else "", one.doc)))
    made: Schema = {"description": said} if said else {}
    if one.default is not None:
        made["default"] = _plain(one.default)
    value = _value(one.type, [_plain(choice) for choice in one.choices])
    if not one.required and isinstance(value.get("type"), list):
        value = {"type": [*value["type"], "null"]}  # nothing behind the colon is the default again
    return {**made, **value}


def _value(type_: Type, choices: list[Any]) -> Schema:
    if type_.kind == "list":
        return {"type": "array", "items": _value(type_.of or Type("text"), choices)}
    return {"enum": choices} if choices else {"type": SCALARS[type_.kind]}


def _plain(value: Any) -> Any:
    """A setting's value as JSON: decimals and dates as they are written."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | bool | int) else _number(value)


def _number(value: Any) -> Any:
    text = str(value)
    return float(text) if text.replace(".", "", 1).lstrip("-").isdigit() else text


def _system(name: str, connector: Connector, known: Schema) -> Schema:
    """One system's part: the connector's own model, beside what is the engine's."""
    model = connector.settings.model_json_schema(ref_template=f"#/definitions/{name}.{{model}}")
    known |= {f"{name}.{key}": one for key, one in model.get("$defs", {}).items()}
    sandbox: list[Schema] = [{"type": "boolean"}]
    if connector.sandbox is not None:
        options = connector.sandbox.options.model_json_schema(
            ref_template=f"#/definitions/{name}.sandbox.{{model}}"
        )
        known |= {f"{name}.sandbox.{key}": one for key, one in options.pop("$defs", {}).items()}
        sandbox.append(_untitled(options))
    own = {key: _untitled(one) for key, one in model.get("properties", {}).items()}
    engine = {
        "connector": {
            "const": connector.name,
            "description": "The connector's name; the pack's if left out.",
        },
        "sandbox": {"anyOf": sandbox, "description": "true: play the system on this machine."},
    }
    return _closed({**engine, **own})


def _untitled(schema: Any) -> Any:
    """Without the titles that pydantic makes of names: editors would show them instead of the sentences."""
    if isinstance(schema, list):
        return [_untitled(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _untitled(one)
        for key, one in schema.items()
        if not (key == "title" and isinstance(one, str)) and key not in ("format", "writeOnly")
    }


def _closed(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}
