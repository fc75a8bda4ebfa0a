"""The editor schemas of a pack as the text of their files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from engine.model.steering import json_escaped

if TYPE_CHECKING:
    from engine.workspace import Project


def schema_texts(project: Project) -> dict[str, str]:
    """Each schema as the text of its file."""
    return {
        name: json_escaped(json.dumps(schema, indent=1, ensure_ascii=False)) + "\n"
        for name, schema in _schemas(project).items()
    }


def _schemas(project: Project) -> dict[str, Any]:
    from engine.config.editor import config_schema, pack_schema
    from engine.mapping.describe.editor import MappingSchema
    from engine.registry import connector_names

    schemas = MappingSchema(project.programs.pack, project.catalog)
    reference = [str(ref) for ref, stream in project.streams.items() if stream.reference]
    mapping, overrides = schemas.mapping(), schemas.overrides()
    config = config_schema(project.config.pack, project.connectors, overrides, schemas.rules.definitions)
    return {"mapping": mapping, "pack": pack_schema(connector_names(), reference), "config": config}
