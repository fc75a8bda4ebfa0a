"""What a `lookup` names: a table, the columns it is searched by, the column it gives."""

from __future__ import annotations

from dataclasses import replace

from engine.document import Scalar
from engine.mapping.check.catalog import Catalog
from engine.mapping.syntax.tree import Lookup
from engine.model.diagnostics import Diagnostics
from engine.model.schema import Type

_KEYS = ("text", "int", "decimal", "bool", "date")


def resolve_lookup(lookup: Lookup, catalog: Catalog, diagnostics: Diagnostics) -> Lookup | None:
    """The lookup with its column, the type of what is looked up, and of what it gives."""
    name = lookup.table.text
    table = catalog.tables.get(name)
    if table is None:
        diagnostics.error(
            "M215", lookup.table.span, f'unknown table "{name}"', near=(name, catalog.tables),
            hint="tables are declared in pack.yaml",
        )  # fmt: skip
        return None
    if table.kind == "any":
        return None  # the table could not be read, which is reported there
    columns = [_column(column, table, name, diagnostics) for column in lookup.by]
    types = [type_ for type_ in columns if type_ is not None]
    if len(types) < len(columns) and lookup.give is None:
        return None  # which column remains is not known
    give = _give(lookup, table, diagnostics)
    if give is None or len(types) < len(columns):
        return None
    for scalar, type_ in zip(lookup.by, types, strict=True):
        if type_.kind not in _KEYS or type_.kind != types[0].kind:
            diagnostics.error(
                "M215", scalar.span, f"{name} cannot be searched by {scalar.text}, which is {type_}"
            )
            return None
    key, given = Type(types[0].kind), table.fields[give].type
    return replace(lookup, column=give, key_type=key, given=given)


def _column(scalar: Scalar, table: Type, name: str, diagnostics: Diagnostics) -> Type | None:
    field = table.fields.get(scalar.text)
    if field is None:
        message = f'{name} has no column "{scalar.text}"'
        diagnostics.error("M215", scalar.span, message, near=(scalar.text, table.fields))
        return None
    return field.type


def _give(lookup: Lookup, table: Type, diagnostics: Diagnostics) -> str | None:
    name = lookup.table.text
    if lookup.give is not None:
        return lookup.give.text if _column(lookup.give, table, name, diagnostics) is not None else None
    rest = [column for column in table.fields if column not in {searched.text for searched in lookup.by}]
    if len(rest) == 1:
        return rest[0]
    hint = f"{name} has {', '.join(table.fields)}"
    diagnostics.error("M102", lookup.span, 'missing key "give" in lookup', hint=hint)
    return None
