"""Names that expressions may use, and what a dotted path means in the schemas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.mapping.check.catalog import Catalog
from engine.mapping.check.kinds import described
from engine.mapping.syntax.tree import Draft, Path
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.schema import DATE, TEXT, Field, Type, obj

RUN = obj({"date": Field(DATE), "id": Field(TEXT)})


@dataclass(frozen=True, slots=True)
class Name:
    """A name in scope. `origin` is its dotted path in the systems; empty if it has none."""

    type: Type
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    names: Mapping[str, Name]
    item: str  # the name of the current record or item
    parent: str  # the name of what holds the current item; empty for a record

    def within(self, name: str, what: Name, parent: str) -> Scope:
        """The scope inside a list: one more name, that of the current item."""
        return Scope({**self.names, name: what}, name, parent)


def scope_of(draft: Draft, catalog: Catalog) -> Scope:
    """What the fields of a mapping see."""
    assert draft.ends is not None
    names = {"settings": Name(obj(catalog.settings)), "run": Name(RUN)}
    return Scope({**names, **names_of(draft)}, draft.item_name, draft.parent_name)


def names_of(draft: Draft) -> dict[str, Name]:
    """The item of a mapping and its parent, by the names the file gives them."""
    if draft.ends is None:
        return {}
    names = {draft.item_name: Name(draft.ends.item, draft.ends.origin)}
    if draft.parent_name and draft.ends.parent is not None:
        names[draft.parent_name] = Name(draft.ends.parent, draft.ends.parent_origin)
    return names


def resolve(path: Path, scope: Scope, diagnostics: Diagnostics) -> Path | None:
    """The path with its type and its source; None, and reported, if the schema does not have it."""
    known = scope.names.get(path.root.name)
    if known is None:
        message = f'unknown name "{path.root.name}"'
        diagnostics.error("M201", path.root.place.span, message, near=(path.root.name, scope.names))
        return None
    type_, origin, so_far = known.type, known.origin, path.root.name
    if not path.members and so_far in ("settings", "run"):
        code = "M205" if so_far == "settings" else "M204"
        diagnostics.error(
            code, path.root.place.span, f"{so_far} is not a value itself", hint=f"write {so_far}.…"
        )
        return None
    for member in path.members:
        if type_.kind != "object":
            _no_members(member.place.span, so_far, member.name, type_, diagnostics)
            return None
        field = type_.fields.get(member.name)
        if field is None:
            _unknown(path.root.name, member.name, so_far, origin, type_, member.place.span, diagnostics)
            return None
        if path.root.name == "settings" and field.type.kind == "any":
            return None  # its declaration in the pack has no readable type, which is reported there
        type_ = field.type
        origin = f"{origin}.{member.name}" if origin else ""
        so_far = f"{so_far}.{member.name}"
    return replace(path, type=type_, source=origin)


def _unknown(
    root: str, name: str, owner: str, origin: str, type_: Type, span: Span, diagnostics: Diagnostics
) -> None:
    code, what = "M204", origin or owner
    if root == "settings":
        code, what = "M205", "the pack"
    message = f'{what} has no {"setting" if root == "settings" else "field"} "{name}"'
    diagnostics.error(code, span, message, near=(name, type_.fields))


def _no_members(span: Span, owner: str, field: str, type_: Type, diagnostics: Diagnostics) -> None:
    hint = ""
    if type_.kind == "list":
        hint = f"use each, or take an item: ({owner} | first).{field}"
    message = f"{owner} is {described(type_)} and has no fields of its own"
    diagnostics.error("M204", span, message, hint=hint)
