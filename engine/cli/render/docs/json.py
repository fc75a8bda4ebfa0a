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
    """The contents of a pack's page."""
    return {
        "pack": config.pack.name,
        "doc": config.pack.doc.strip(),
        "mappings": [_mapping(mapping) for mapping in mappings],
        "settings": [_setting(setting) for setting in config.pack.settings.values()],
        "tables": [
            {
                "table": table.name,
                "stream": table.stream or None,
                "columns": [*table.columns],
                "rows": [*table.rows],
            }
            for table in config.pack.tables.values()
        ],
    }


def _mapping(mapping: MappingReference) -> dict[str, Any]:
    linked = f"the mapping {mapping.linked} created or adopted it" if mapping.linked else ""
    return {
        "mapping": mapping.name,
        "doc": mapping.doc,
        "source": mapping.origin,
        "target": mapping.destination,
        "where": " and ".join(filter(None, [linked, mapping.where])),
        "match": [*mapping.match],
        "agree": [*mapping.agree],
        "on_change": mapping.on_change,
        "totals": [{"field": field, "rule": rule} for field, rule in mapping.totals],
        "actions": [
            {"do": verb, "when": when, "to": to, "needed": needed}
            for verb, when, to, needed in mapping.actions
        ],
        "uses": [{"mapping": name, "doc": doc} for name, doc in mapping.used],
        "fields": [_field(row) for row in mapping.rows],
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
        "where": str(row.span),
    }


def _setting(setting: Setting) -> dict[str, Any]:
    return {
        "setting": setting.name,
        "type": str(setting.type),
        "required": setting.required,
        "default": setting.default,
        "choices": [*setting.choices],
        "choices_of": setting.column or None,
        "label": setting.label,
        "doc": setting.doc,
    }


def streams_json(streams: Mapping[str, Stream]) -> dict[str, Any]:
    """The fields of streams."""
    return {"streams": [_stream(name, stream) for name, stream in streams.items()]}


def _stream(name: str, stream: Stream) -> dict[str, Any]:
    accepted = stream.creates or stream.updates
    fields = [
        {
            "path": path,
            "type": field.type_text,
            "written": field.writable and accepted,
            "required": field.required,
            "doc": field.doc,
        }
        for path, field in fields_of(stream.type)
    ]
    return {"stream": name, "doc": stream.doc, "fields": fields}
