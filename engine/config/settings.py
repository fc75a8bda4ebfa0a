"""A pack's settings: what they are, and the values that a config gives them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.config import nodes
from engine.document import ListNode, MapNode, Node, Scalar, read_document
from engine.model.advice import meant, meant_value
from engine.model.diagnostic import NOWHERE, Span
from engine.model.diagnostics import Diagnostics
from engine.model.schema import ANY, BOOL, DATE, DECIMAL, INT, TEXT, Field, Type, list_of

TYPES = {"text": TEXT, "bool": BOOL, "int": INT, "decimal": DECIMAL, "date": DATE}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KEYS = ("type", "of", "required", "default", "choices", "label", "doc")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a pack. `column` names a reference stream's column whose values are the choices."""

    name: str
    type: Type
    required: bool
    default: Any
    choices: tuple[Any, ...]
    column: str  # e.g. xero.accounts.Code
    label: str
    doc: str
    at: Span = NOWHERE  # of its choices, to point at them

    @property
    def field(self) -> Field:
        """As the mappings see it."""
        type_ = self.type
        if type_.kind == "text" and self.choices:
            type_ = Type("text", values=tuple(str(one) for one in self.choices))
        return Field(type_, doc=self.doc or self.label, nullable=not self.required and self.default is None)


def read_settings(node: Node | None, found: Diagnostics) -> dict[str, Setting]:
    if node is None:
        return {}
    declared = nodes.entries(node, found, "settings")
    for name in declared:
        if not name.isidentifier() and isinstance(node, MapNode):
            hint = "letters, digits and _, e.g. due_days"
            found.error("C203", node.keys[name].span, f'no hole can name the setting "{name}"', hint=hint)
    return {name: _setting(name, one, found) for name, one in declared.items()}


def _setting(name: str, node: Node, found: Diagnostics) -> Setting:
    what = f'the setting "{name}"'
    parts = nodes.entries(node, found, what, _KEYS, ("type",))
    type_ = _type(parts, found, what)
    choices, column = _choices(parts.get("choices"), type_, found, what)
    default = None
    if "default" in parts:
        default = value_of(parts["default"], type_, choices, found, f"the default of {name}")
    return Setting(
        name,
        type_,
        nodes.flag(parts.get("required"), found, f"{what}: required"),
        default,
        choices,
        column,
        nodes.text(parts.get("label"), found, f"{what}: label"),
        nodes.text(parts.get("doc"), found, f"{what}: doc"),
        parts.get("choices", node).span,
    )


def _type(parts: Mapping[str, Node], found: Diagnostics, what: str) -> Type:
    """The type of a setting; `any` where none can be told, which is noted."""
    named = nodes.text(parts.get("type"), found, f"{what}: type")
    if named == "list":
        item = nodes.text(parts.get("of"), found, f"{what}: of") if "of" in parts else "text"
        of = _named(item, parts.get("of"), found, what, list(TYPES))
        return of if of.kind == "any" else list_of(of)
    if "of" in parts and named in TYPES:
        found.error("C203", parts["of"].span, f"{what}: of belongs to type: list, which is not here")
    return _named(named, parts.get("type"), found, what, [*TYPES, "list"])


def _named(name: str, node: Node | None, found: Diagnostics, what: str, known: list[str]) -> Type:
    if name and name not in TYPES and node is not None:
        found.error("C203", node.span, f'{what}: there is no type "{name}"', near=(name, known))
    return TYPES.get(name, ANY)


def _choices(node: Node | None, type_: Type, found: Diagnostics, what: str) -> tuple[tuple[Any, ...], str]:
    if node is None:
        return (), ""
    if isinstance(node, ListNode):
        item = type_.of or type_
        return tuple(value_of(one, item, (), found, f"{what}: choices") for one in node.items), ""
    column = nodes.text(node, found, f"{what}: choices")
    if column and column.count(".") != 2:
        found.error(
            "C203", node.span, f'{what}: choices must be a list or a column such as "xero.accounts.Code"'
        )
        return (), ""
    return (), column


def read_values(
    node: Node | None, settings: Mapping[str, Setting], found: Diagnostics, at: Span
) -> dict[str, Any]:
    """The config's settings, typed, defaults filled in. Absent ones are None."""
    given = _given(node, settings, found)
    readable = node is None or isinstance(node, MapNode) or nodes.is_nothing(node)
    values: dict[str, Any] = {}
    for name, setting in settings.items():
        values[name] = setting.default
        if name in given and not nodes.is_nothing(given[name]):
            values[name] = value_of(given[name], setting.type, setting.choices, found, f"settings.{name}")
            if setting.required and _blank(values[name]):
                what = "an empty list" if values[name] == [] else "blank text"
                found.error("C208", given[name].span, f'the setting "{name}" is required, found {what}')
        elif setting.required and setting.default is None and readable:
            doc = ": ".join(filter(None, (f'the setting "{name}" is required', setting.doc or setting.label)))
            span = given[name].span if name in given else at
            found.error("C208", span, doc, hint=f"{name}: … under settings")
    return values


def _blank(value: Any) -> bool:
    """Whether a value counts as absent in the mappings."""
    return value == [] or (isinstance(value, str) and not value.strip())


def read_some_settings(path: Path, settings: Mapping[str, Setting], found: Diagnostics) -> dict[str, Any]:
    """Values for some of a pack's settings, from a file that holds nothing else, typed as in a config."""
    document = read_document(path, found)
    given = _given(document.root, settings, found) if document is not None else {}
    return {
        name: value_of(one, settings[name].type, settings[name].choices, found, f"settings.{name}")
        for name, one in given.items()
        if name in settings
    }


def _given(node: Node | None, settings: Mapping[str, Setting], found: Diagnostics) -> dict[str, Node]:
    """What is written under settings; notes the names that the pack does not have."""
    given = nodes.entries(node, found, "settings") if node is not None else {}
    for name in [name for name in given if name not in settings]:
        if isinstance(node, MapNode):
            span = node.keys[name].span
            found.error("C207", span, f'the pack has no setting "{name}"', near=(name, settings))
            if found.guessing and (right := meant(name, [one for one in settings if one not in given])):
                given[right] = given[name]  # one slip is one mistake
    return given


def value_of(
    node: Node,
    type_: Type,
    choices: Collection[Any],
    found: Diagnostics,
    what: str,
    code: str = "C209",
) -> Any:
    """A node as a value of a type. A plain scalar is typed by where it goes, its text never lost."""
    if type_.kind == "any":
        return None  # what type it should have is not known, which is noted
    if type_.kind == "list":
        if not isinstance(node, ListNode):
            hint = f"write [{node.text}]" if isinstance(node, Scalar) and node.kind != "null" else ""
            found.error(code, node.span, f"{what} must be a list, found {nodes.said(node)}", hint=hint)
            return None
        among = frozenset(choices)
        return [value_of(item, type_.of or TEXT, among, found, what, code) for item in node.items]
    value = _scalar(node, type_)
    if value is None:
        hint = ""
        if isinstance(node, Scalar):
            hint = meant_value(node.text, type_.kind, quoted=node.style in ("'", '"'))
        found.error(code, node.span, f"{what} must be {_words(type_)}, found {nodes.said(node)}", hint=hint)
    elif choices and value not in choices:
        known = [str(one) for one in choices] if found.guessing else []
        found.error(code, node.span, f'{what} cannot be "{value}"', near=(str(value), known))
    return value


def _scalar(node: Node, type_: Type) -> Any:
    if not isinstance(node, Scalar):
        return None
    match type_.kind:
        case "text":
            return None if node.kind == "null" else node.text
        case "bool":
            return node.text == "true" if node.kind == "bool" else None
        case "int":
            return int(node.text) if node.kind == "int" else None
        case "decimal":
            return Decimal(node.text) if node.kind in ("int", "decimal") else None
        case "date":
            return _date(node.text)
    return None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _words(type_: Type) -> str:
    return {
        "bool": "true or false",
        "int": "a whole number",
        "decimal": "a number",
        "date": "a date",
    }.get(type_.kind, "text")
