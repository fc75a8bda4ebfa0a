"""The fields of a stream, each with its type and description."""

from __future__ import annotations

from collections.abc import Iterator

from engine.cli.render.docs.blocks import Block, Cell, Code, Heading, Paragraph, Table
from engine.model.schema import Field, Stream, Type

HEADS = ("Field", "Type", "Written", "Notes")


def stream_blocks(name: str, stream: Stream) -> list[Block]:
    """One stream, e.g. psohub.invoices."""
    rows = [_row(path, field, stream) for path, field in fields_of(stream.type)]
    return [Heading(2, name), Paragraph([stream.doc or "No description."]), Table(HEADS, rows)]


def fields_of(type_: Type, prefix: str = "") -> Iterator[tuple[str, Field]]:
    """Every field with its dotted path, followed by the fields inside it."""
    for name, field in type_.fields.items():
        path = f"{prefix}{name}"
        yield path, field
        inner = field.type.of if field.type.kind == "list" and field.type.of else field.type
        if inner.fields:
            yield from fields_of(inner, f"{path}[]." if field.type.kind == "list" else f"{path}.")


def _row(path: str, field: Field, stream: Stream) -> list[Cell]:
    written = "yes" if field.writable and (stream.creates or stream.updates) else "no"
    notes = [field.doc] if field.doc else []
    if path in stream.joins:
        notes.append("Needs an additional request, made only if a rule uses it.")
    return [
        [[Code(path)]],
        [[field.type_text]],
        [["required" if field.required else written]],
        [[note] for note in notes],
    ]
