"""Names that a hole may use, and what a dotted path means in the schemas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.mapping.check.catalog import Catalog
from engine.mapping.check.kinds import said
from engine.mapping.syntax.tree import Draft, Path
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.schema import DATE, TEXT, Field, Type, obj

RUN = obj({"date": Field(DATE), "id": Field(TEXT)})


@dataclass(frozen=True, slots=True)
class Name:
    """A name in scope. `origin` is its dotted place in the systems, empty where it has none."""

    type: Type
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    names: Mapping[str, Name]
    item: str  # the record or item in hand
    parent: str  # what holds the item in hand; empty for a record

    def within(self, name: str, what: Name, parent: str) -> Scope:
        """The scope inside of a list: one more name, that of the item in hand."""
        return Scope({**self.names, name: what}, name, parent)


def scope_of(draft: Draft, catalog: Catalog) -> Scope:
    """What the fields of a mapping see."""
    assert draft.ends is not None
    names = {"settings": Name(obj(catalog.settings)), "run": Name(RUN)}
    return Scope({**names, **names_of(draft)}, item_of(draft), parent_of(draft))


def item_of(draft: Draft) -> str:
    own = draft.shape or draft.source
    return own.name if own else ""


def parent_of(draft: Draft) -> str:
    return draft.shape.parent.text if draft.shape and draft.shape.parent else ""


def names_of(draft: Draft) -> dict[str, Name]:
    """The item of a mapping and its parent, by the names the file gives them."""
    if draft.ends is None:
        return {}
    names = {item_of(draft): Name(draft.ends.item, draft.ends.origin)}
    if parent_of(draft) and draft.ends.parent is not None:
        names[parent_of(draft)] = Name(draft.ends.parent, draft.ends.parent_origin)
    return names


def resolve(path: Path, scope: Scope, found: Diagnostics) -> Path | None:
    """The path with its type and its place in the systems; None (and noted) where the schema knows it not."""
    known = scope.names.get(path.root.name)
    if known is None:
        message = f'there is no name "{path.root.name}" here'
        found.error("M201", path.root.at.span, message, near=(path.root.name, scope.names))
        return None
    type_, origin, so_far = known.type, known.origin, path.root.name
    if not path.members and so_far in ("settings", "run"):
        code = "M205" if so_far == "settings" else "M204"
        found.error(code, path.root.at.span, f"{so_far} is no value", hint=f"name one of it: {so_far}.…")
        return None
    for member in path.members:
        if type_.kind != "object":
            _no_members(member.at.span, so_far, type_, found)
            return None
        field = type_.fields.get(member.name)
        if field is None:
            _unknown(path.root.name, member.name, so_far, origin, type_, member.at.span, found)
            return None
        if path.root.name == "settings" and field.type.kind == "any":
            return None  # the pack does not say what type it has, which is noted there
        type_ = field.type
        origin = f"{origin}.{member.name}" if origin else ""
        so_far = f"{so_far}.{member.name}"
    return replace(path, type=type_, source=origin)


def _unknown(
    root: str, name: str, owner: str, origin: str, type_: Type, span: Span, found: Diagnostics
) -> None:
    code, what = "M204", origin or owner
    if root == "settings":
        code, what = "M205", "the pack"
    message = f'{what} has no {"setting" if root == "settings" else "field"} "{name}"'
    found.error(code, span, message, near=(name, type_.fields))


def _no_members(span: Span, owner: str, type_: Type, found: Diagnostics) -> None:
    hint = ""
    if type_.kind == "list":
        hint = f"go through it with each, or {owner} | sum('…')"
    message = f"{owner} is {said(type_)} and has no fields of its own"
    found.error("M204", span, message, hint=hint)
