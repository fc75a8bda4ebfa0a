"""A small second implementation of the mapping language (mappings/README.md): rules as they are in the
YAML, with templates of expressions."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.engine.mapping.mapping_reference import Names, Refuses, blank, evaluate, present, rounded, spelled


@dataclass(frozen=True)
class Template:
    """Text with expressions: texts and expressions in turn. A single expression keeps its type."""

    parts: tuple[Any, ...]


def template(of: Template, names: Names) -> Any:
    values = [one if isinstance(one, str) else present(evaluate(one, names)) for one in of.parts]
    if len(values) == 1 and not isinstance(of.parts[0], str):
        return values[0]
    return None if None in values else "".join(spelled(one) for one in values)


def make(rule: Any, names: Names) -> Any:
    """What a rule comes to as a part: a literal nothing is absent."""
    if isinstance(rule, Template):
        return template(rule, names)
    if not isinstance(rule, dict):
        return present(rule)
    if "when" in rule and template(rule["when"], names) is not True:
        return None
    value = produced(rule, names)
    if value is None and "default" in rule:
        value = make(rule["default"], names)
    return finished(rule, value)


def finished(rule: Mapping[str, Any], value: Any) -> Any:
    if "cut" in rule and value is not None:
        value = present(value[: rule["cut"]])
    if value is None:
        if rule.get("required"):
            raise Refuses
        return None
    if "min" in rule and len(value) < rule["min"]:
        raise Refuses
    if "max" in rule and len(value) > rule["max"]:
        raise Refuses
    return rounded(value, rule["round"]) if "round" in rule else value


def produced(rule: Mapping[str, Any], names: Names) -> Any:
    if "value" in rule:
        return make(rule["value"], names)
    if "first" in rule:
        return next((value for one in rule["first"] if (value := make(one, names)) is not None), None)
    if "join" in rule:
        values = [value for one in rule["join"] if (value := make(one, names)) is not None]
        return rule.get("with", " ").join(spelled(one) for one in values) if values else None
    if "list" in rule:
        return [value for one in rule["list"] if (value := make(one, names)) is not None] or None
    if "each" in rule:
        return listed(rule, names)
    return needed(rule, fields(rule["fields"], names))


def needed(rule: Mapping[str, Any], made: Any) -> Any:
    return made if made is None or all(name in made for name in rule.get("needs", ())) else None


def listed(rule: Mapping[str, Any], names: Names) -> Any:
    out = []
    for item in template(rule["each"], names) or ():
        inner = {**names, rule["as"]: item}
        if "where" in rule and template(rule["where"], inner) is not True:
            continue
        made = needed(rule, fields(rule["fields"], inner))
        if made is not None:
            out.append(made)
    return out or None


def fields(rules: Mapping[str, Any], names: Names) -> Any:
    out: dict[str, Any] = {}
    for name, rule in rules.items():
        written, when = (rule.get("value", ...), rule.get("when")) if isinstance(rule, dict) else (rule, None)
        if written is None or (isinstance(written, str) and blank(written)):
            # null and blank text as a field's own value are sent as written.
            if when is None or template(when, names) is True:
                out[name] = written
        elif (value := make(rule, names)) is not None:
            out[name] = value
    return out or None


def on_the_wire(value: Any) -> Any:
    """Dates as ISO text, all the way down."""
    if isinstance(value, list):
        return [on_the_wire(one) for one in value]
    if isinstance(value, dict):
        return {name: on_the_wire(one) for name, one in value.items()}
    return spelled(value) if isinstance(value, datetime.date) else value
