"""Xero's OpenAPI file, and whether a value fits a schema of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

FILE = Path(__file__).parents[4] / "shared" / "xero" / "openapi" / "xero_accounting.yaml"
# Seen in recorded answers (connectors/xero/API.md, 8 and 9) or in the file's own examples, and yet in no
# schema of 16.1.0.
BEYOND = {
    "DateString", "DueDateString", "InvoicePaymentServices", "AccountID", "ValidationErrors",
    "HasValidationErrors", "DateUTCString", "AttentionTo", "ID", "Options",
}  # fmt: skip
TYPES: dict[str, Any] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
}


@cache
def read_schemas() -> dict[str, Any]:
    if not FILE.exists():
        pytest.skip(f"not run: Xero's OpenAPI file is not part of this repository, and not at {FILE}")
    found: dict[str, Any] = yaml.load(FILE.read_text(), yaml.CSafeLoader)["components"]["schemas"]
    return found


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    return read_schemas()[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema


def problems(schema: dict[str, Any], value: Any, where: str, *, echo: bool = False) -> list[str]:
    """Walk a value along its schema. Defaults are not looked at: the file's text 'false' does no harm.

    `echo`: it is a refused element, and so may hold the text for which it was refused.
    """
    schema = resolved(schema)
    echo = echo or (isinstance(value, dict) and bool(value.get("ValidationErrors")))
    kind = schema.get("type", "object" if "properties" in schema else None)
    if kind and (
        not isinstance(value, TYPES[kind]) or (kind in {"number", "integer"} and isinstance(value, bool))
    ):
        return [f"{where}: {value!r} is no {kind}"]
    if "enum" in schema and value not in schema["enum"] and not echo:
        return [f"{where}: {value!r} is none of {schema['enum']}"]
    if isinstance(value, str) and len(value) > schema.get("maxLength", len(value)) and not echo:
        return [f"{where}: too long"]
    if isinstance(value, list):
        return [
            found
            for at, one in enumerate(value)
            for found in problems(schema["items"], one, f"{where}[{at}]", echo=echo)
        ]
    if isinstance(value, dict):
        known = schema.get("properties", {})
        strange = [
            f"{where}.{name}: not in the schema" for name in value if name not in known and name not in BEYOND
        ]
        return strange + [
            found
            for name in value
            if name in known
            for found in problems(known[name], value[name], f"{where}.{name}", echo=echo)
        ]
    return []


def check_answer(path: str, body: Any) -> None:
    """Every collection in an answer fits its schema, and so do the elements that were refused."""
    if not FILE.exists() or not isinstance(body, dict):
        return
    schemas = read_schemas()
    words = [word for word in path.split("?")[0].split("/") if word]
    if "Elements" in body:
        inner = {"History": "HistoryRecords", "Allocations": "Allocations"}
        name = next((inner[word] for word in words[1:] if word in inner), words[0])
        body = {name: body["Elements"]}
    found = [
        problem
        for name, rows in body.items()
        if name in schemas and isinstance(rows, list)
        for problem in problems(schemas[name], {name: rows}, name)
    ]
    assert not found, f"{path}: " + "\n".join(found)


def check(name: str, body: dict[str, Any]) -> None:
    """A collection in an answer fits its schema, and is not empty."""
    assert body[name]
    found = problems(read_schemas()[name], {name: body[name]}, name)
    assert not found, "\n".join(found)
