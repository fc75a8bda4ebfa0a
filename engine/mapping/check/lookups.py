"""What a `lookup` names: a table, the columns it is searched by, the column it gives."""

from __future__ import annotations

from dataclasses import replace

from engine.document import Scalar
from engine.mapping.check.catalog import Catalog
from engine.mapping.syntax.tree import Lookup
from engine.model.diagnostics import Diagnostics
from engine.model.schema import Type

_KEYS = ("text", "int", "decimal", "bool", "date")


def resolve_lookup(lookup: Lookup, catalog: Catalog, found: Diagnostics) -> tuple[Lookup, Type, Type] | None:
    """The lookup with its column, the type of what is looked up, and of what comes out."""
    name = lookup.table.text
    table = catalog.tables.get(name)
    if table is None:
        found.error(
            "M215", lookup.table.span, f'there is no table "{name}"', near=(name, catalog.tables),
            hint="tables stand in pack.yaml",
        )  # fmt: skip
        return None
    if table.kind == "any":
        return None  # the table could not be read, which is noted where it stands
    columns = [_column(one, table, name, found) for one in lookup.by]
    types = [one for one in columns if one is not None]
    if len(types) < len(columns) and lookup.give is None:
        return None  # which column is left over cannot be said
    give = _give(lookup, table, found)
    if give is None or len(types) < len(columns):
        return None
    for scalar, type_ in zip(lookup.by, types, strict=True):
        if type_.kind not in _KEYS or type_.kind != types[0].kind:
            found.error("M215", scalar.span, f"{name} cannot be searched by {scalar.text}: it is {type_}")
            return None
    return replace(lookup, column=give), Type(types[0].kind), table.fields[give].type


def _column(scalar: Scalar, table: Type, name: str, found: Diagnostics) -> Type | None:
    field = table.fields.get(scalar.text)
    if field is None:
        message = f'{name} has no column "{scalar.text}"'
        found.error("M215", scalar.span, message, near=(scalar.text, table.fields))
        return None
    return field.type


def _give(lookup: Lookup, table: Type, found: Diagnostics) -> str | None:
    name = lookup.table.text
    if lookup.give is not None:
        return lookup.give.text if _column(lookup.give, table, name, found) is not None else None
    rest = [column for column in table.fields if column not in {one.text for one in lookup.by}]
    if len(rest) == 1:
        return rest[0]
    hint = f"{name} has {', '.join(table.fields)}"
    found.error("M102", lookup.at, 'lookup lacks the key "give"', hint=hint)
    return None
