"""A pack's settings: how pack.yaml declares them, and the values that a config gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.config.values import value_of
from engine.config.words import SETTING, TYPES, expecting
from engine.document import Expect, ListNode, MapNode, Node, Part, is_null, or_empty, read_document
from engine.model.diagnostic import NOWHERE, Span
from engine.model.diagnostics import Diagnostics
from engine.model.schema import ANY, Field, Type, list_of


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
    choices_span: Span = NOWHERE
    refuses: Mapping[str, str] = field(default_factory=dict)  # value -> why nothing may run with it

    @property
    def field(self) -> Field:
        """The setting as mappings see it."""
        type_ = self.type
        if type_.kind == "text" and self.choices:
            type_ = Type("text", values=tuple(str(choice) for choice in self.choices))
        return Field(type_, doc=self.doc or self.label, nullable=not self.required and self.default is None)


def read_settings(node: Node | None, expect: Expect) -> dict[str, Setting]:
    """The settings that pack.yaml declares."""
    declared = None if node is None else expect.map_node(or_empty(node), "settings")
    if declared is None:
        return {}
    for name, key in declared.keys.items():
        if not name.isidentifier():
            message = f'"{name}" cannot be the name of a setting'
            expect.diagnostics.error(
                "C203", key.span, message, hint="use letters, digits and _, e.g. due_days"
            )
    return {name: _setting(name, node, expect) for name, node in declared.entries.items()}


def _setting(name: str, node: Node, expect: Expect) -> Setting:
    part = expect.part(or_empty(node), SETTING, f"settings.{name}")
    if part is None:
        return Setting(name, ANY, required=False, default=None, choices=(), column="", label="", doc="")
    type_ = _type(part)
    choices, column = _choices(part, type_)
    default = part.get("default")
    if default is not None:
        default = value_of(default, type_, choices, expect.diagnostics, part.label("default"))
    return Setting(
        name,
        type_,
        required=part.flag("required"),
        default=default,
        choices=choices,
        column=column,
        label=part.prose("label"),
        doc=part.prose("doc"),
        choices_span=(part.get("choices") or node).span,
        refuses=_refuses(part),
    )


def _refuses(part: Part) -> dict[str, str]:
    node, what = part.get("refuses"), part.label("refuses")
    refuses = None if node is None else part.expect.map_node(or_empty(node), what)
    entries = {} if refuses is None else refuses.entries
    return {value: part.expect.text(reason, f"{what}.{value}") for value, reason in entries.items()}


def _type(part: Part) -> Type:
    """The type of a setting; `any` if it has none that is known, which is reported."""
    name, of = part.choice("type"), part.get("of")
    if name == "list":
        item_type = TYPES["text"] if of is None else TYPES.get(part.choice("of"), ANY)
        return ANY if item_type is ANY else list_of(item_type)
    if name and of is not None:
        message = f"{part.label('of')}: allowed only with type: list"
        part.expect.diagnostics.error("C203", of.span, message)
    return TYPES.get(name, ANY)


def _choices(part: Part, type_: Type) -> tuple[tuple[Any, ...], str]:
    """The values to choose from, or the column that holds them."""
    node, what = part.get("choices"), part.label("choices")
    if node is None:
        return (), ""
    if isinstance(node, ListNode):
        item = type_.of or type_
        return tuple(value_of(choice, item, (), part.expect.diagnostics, what) for choice in node.items), ""
    column = part.expect.text(node, what)
    if column and column.count(".") != 2:
        part.expect.mismatch(node, what, 'a list or a column such as "xero.accounts.Code"')
        return (), ""
    return (), column


def read_values(
    node: Node | None, settings: Mapping[str, Setting], diagnostics: Diagnostics, owner: Span
) -> tuple[dict[str, Any], dict[str, Span]]:
    """The config's settings, typed, with defaults filled in; and where it sets some of them itself."""
    given = _given(node, settings, diagnostics)
    values: dict[str, Any] = {}
    for name, setting in settings.items():
        values[name] = setting.default
        node = given.entries.get(name) if given is not None else None
        if node is not None and not is_null(node):
            values[name] = value_of(node, setting.type, setting.choices, diagnostics, f"settings.{name}")
            if (reason := setting.refuses.get(str(values[name]))) is not None:
                message = f'settings.{name}: sync cannot run with "{values[name]}": {reason}'
                diagnostics.error("C209", node.span, message)
            if setting.required and _blank(values[name]):
                blank = "an empty list" if values[name] == [] else "blank text"
                message = f"settings.{name}: a value is required, found {blank}"
                diagnostics.error("C208", node.span, message)
        elif setting.required and setting.default is None and given is not None:
            about = setting.doc or setting.label
            message = f'missing setting "{name}"' + (f": {about}" if about else "")
            diagnostics.error("C208", node.span if node else owner, message, hint=f"{name}: … under settings")
    if given is None:
        return values, {}
    places = {name: key.span for name, key in given.keys.items()}
    return values, {name: places[name] for name, node in given.entries.items() if not is_null(node)}


def _blank(value: Any) -> bool:
    """Whether mappings treat a value as absent."""
    return value == [] or (isinstance(value, str) and not value.strip())


def read_some_settings(
    path: Path, settings: Mapping[str, Setting], diagnostics: Diagnostics
) -> dict[str, Any]:
    """Values for some of a pack's settings, from a file that holds nothing else, typed as in a config."""
    document = read_document(path, diagnostics)
    given = _given(document.root, settings, diagnostics) if document is not None else None
    return {
        name: value_of(node, settings[name].type, settings[name].choices, diagnostics, f"settings.{name}")
        for name, node in (given.entries.items() if given is not None else ())
    }


def _given(node: Node | None, settings: Mapping[str, Setting], diagnostics: Diagnostics) -> MapNode | None:
    """What is written under settings. None, and reported, if it is not a mapping."""
    if node is None:
        return MapNode({}, {}, NOWHERE)
    expect = expecting(diagnostics)
    given = expect.map_node(or_empty(node), "settings")
    if given is None:
        return None
    return expect.known_keys(given, settings, noun="setting", code="C207")
