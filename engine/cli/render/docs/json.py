"""The field reference, and the pages of streams, as JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.cli.render.docs.streams import fields_of

if TYPE_CHECKING:
    from engine.config import Config, Setting
    from engine.mapping.describe.reference import FieldRow, MappingReference
    from engine.model.schema import Stream


def reference_json(config: Config, mappings: Sequence[MappingReference]) -> dict[str, Any]:
    """What stands on the page of a pack."""
    return {
        "pack": config.pack.name,
        "doc": config.pack.doc.strip(),
        "mappings": [_mapping(one) for one in mappings],
        "settings": [_setting(one) for one in config.pack.settings.values()],
        "tables": [
            {"table": one.name, "stream": one.stream or None, "columns": [*one.columns], "rows": [*one.rows]}
            for one in config.pack.tables.values()
        ],
    }


def _mapping(one: MappingReference) -> dict[str, Any]:
    return {
        "mapping": one.name,
        "doc": one.doc,
        "source": one.origin,
        "target": one.destination,
        "where": one.where,
        "match": [*one.match],
        "on_change": one.on_change,
        "totals": [{"field": field, "rule": rule} for field, rule in one.totals],
        "actions": [{"do": verb, "when": when} for verb, when in one.actions],
        "uses": [{"mapping": name, "doc": doc} for name, doc in one.used],
        "fields": [_field(row) for row in one.rows],
    }


def _field(row: FieldRow) -> dict[str, Any]:
    return {
        "path": row.path,
        "type": row.type,
        "required": row.required,
        "rule": row.rule,
        "sources": [*row.sources],
        "chain": [*row.chain],
        "conditions": [*row.conditions],
        "lookup": row.lookup,
        "limits": [*row.limits],
        "doc": row.doc,
        "field_doc": row.field_doc,
        "where": str(row.at),
    }


def _setting(one: Setting) -> dict[str, Any]:
    return {
        "setting": one.name,
        "type": str(one.type),
        "required": one.required,
        "default": one.default,
        "choices": [*one.choices],
        "choices_of": one.column or None,
        "label": one.label,
        "doc": one.doc,
    }


def streams_json(streams: Mapping[str, Stream]) -> dict[str, Any]:
    """The fields of streams."""
    return {"streams": [_stream(place, stream) for place, stream in streams.items()]}


def _stream(place: str, stream: Stream) -> dict[str, Any]:
    taken = stream.creates or stream.updates
    fields = [
        {
            "path": path,
            "type": field.type_text,
            "written": field.writable and taken,
            "required": field.required,
            "doc": field.doc,
        }
        for path, field in fields_of(stream.type)
    ]
    return {"stream": place, "doc": stream.doc, "fields": fields}
