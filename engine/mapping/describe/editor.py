"""JSON Schema for mapping files: what an editor offers, checks and shows while a mapping is written.

Made for one pack: its streams, fields, shapes, flows and tables are the completions, the streams' own
sentences the hover text. What stands inside a hole is text to an editor; `sync check` reads that.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.mapping.check.catalog import Catalog
from engine.mapping.check.flows import DIFFERENCES
from engine.mapping.describe.editor_rules import HOLE, NAME, RuleSchemas, Schema, object_of
from engine.mapping.syntax import language as words
from engine.mapping.syntax.tree import Pack
from engine.model.schema import TEXT, Field, Stream, Type

FLOW = ("source", "target")  # what stands in a mapping that is no shape


class MappingSchema:
    """Writes the schema of a pack's mapping files, and of overrides over them."""

    def __init__(self, pack: Pack, catalog: Catalog) -> None:
        self.pack, self.catalog = pack, catalog
        self.flows = sorted(name for name, one in pack.drafts.items() if one.source)
        shapes = sorted(name for name, one in pack.drafts.items() if one.shape)
        self.rules = RuleSchemas(catalog, self.flows, shapes)

    # ---- files

    def mapping(self) -> Schema:
        """The schema of a mapping file."""
        return {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": "A mapping",
            **object_of(
                words.MAPPING,
                {
                    "mapping": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_-]{0,63}$"},
                    "source": self._source(),
                    "shape": self._shape(),
                    "target": self._target(),
                    "totals": {"type": "object"},
                    "fields": {"type": "object"},
                    "actions": {"type": "array"},
                },
                required=("mapping", "fields"),
            ),
            "oneOf": [
                {"required": [*FLOW], "not": {"required": ["shape"]}},
                {"required": ["shape"], "not": {"anyOf": [{"required": [one]} for one in FLOW]}},
            ],
            "allOf": [*self._by_stream(), *self._by_part()],
            "definitions": self.rules.definitions,
        }

    def overrides(self) -> Schema:
        """The schema of `overrides` in a config: by the name of the mapping."""
        made = {}
        for name, draft in sorted(self.pack.drafts.items()):
            if draft.ends is None:
                continue
            properties: Schema = {"fields": self.rules.fields(draft.ends.made, draft.ends.destination)}
            if draft.source is not None:
                properties |= {
                    "source": object_of({"where": words.SOURCE["where"]}, {"where": HOLE}),
                    "target": self._target(("match", "on_change"), draft.ends.target),
                    "totals": self._totals(draft.ends.target),
                    "actions": self._actions(draft.ends.target),
                }
            made[name] = object_of({one: words.MAPPING[one] for one in properties}, properties)
            made[name]["description"] = draft.doc or f"Rules over those of {name}."
        return {"type": "object", "properties": made, "additionalProperties": False}

    def _by_stream(self) -> Iterable[Schema]:
        """What stands under fields, match, totals and actions depends on the target's stream."""
        for name, stream in self._targets().items():
            parts = {
                "fields": self.rules.fields(stream.type, name),
                "totals": self._totals(stream),
                "actions": self._actions(stream),
                "target": {"properties": {"match": self._match(stream)}},
            }
            asked = {"target": {"properties": {"stream": {"const": name}}, "required": ["stream"]}}
            yield {"if": {"properties": asked, "required": ["target"]}, "then": {"properties": parts}}
            needed = [key for key, one in stream.type.fields.items() if one.required]
            if stream.creates and needed:
                new = {"target": {**asked["target"], "not": {"required": ["create"]}}}
                filled = {"fields": {"required": needed}}
                yield {"if": {"properties": new, "required": ["target"]}, "then": {"properties": filled}}

    def _by_part(self) -> Iterable[Schema]:
        for name, type_ in self._parts().items():
            asked = {"shape": {"properties": {"to": {"const": name}}, "required": ["to"]}}
            parts = {"fields": self.rules.fields(type_, name)}
            yield {"if": {"properties": asked, "required": ["shape"]}, "then": {"properties": parts}}

    # ---- source, shape, target

    def _source(self) -> Schema:
        linked = {"enum": self.flows} if self.flows else {"type": "string"}
        return object_of(
            words.SOURCE,
            {
                "stream": {"enum": sorted(self.catalog.streams)},
                "as": NAME,
                "where": HOLE,
                "linked": linked,
                "keys": {"enum": ["referenced", "all"]},
            },
            required=("stream", "as"),
        )

    def _shape(self) -> Schema:
        known: list[str] = []
        for name, stream in self.catalog.streams.items():
            known += [name, *_below(stream.type, name)]
        return object_of(
            words.SHAPE,
            {
                "from": {"enum": sorted(known)},
                "as": NAME,
                "parent": NAME,
                "to": {"enum": sorted(self._parts())},
            },
            required=("from", "as", "to"),
        )

    def _target(self, keys: Iterable[str] = tuple(words.TARGET), stream: Stream | None = None) -> Schema:
        own = {
            "stream": {"enum": sorted(self._targets())},
            "match": self._match(stream) if stream else {"type": "array"},
            "on_change": {"enum": ["hold", "update", "ignore"]},
            "create": {"enum": ["never"]},
        }
        required = ("stream",) if "stream" in keys else ()
        return object_of({key: words.TARGET[key] for key in keys}, own, required=required)

    def _match(self, stream: Stream) -> Schema:
        rules = {name: self.rules.rule(_field(stream.type, name).type, name) for name in stream.match_fields}
        docs = {name: _field(stream.type, name).doc for name in stream.match_fields}
        return {"type": "array", "items": object_of(docs, rules)}

    def _totals(self, stream: Stream) -> Schema:
        rules = {name: self.rules.rule(Type("decimal"), name) for name in stream.control_totals}
        docs = {name: _field(stream.type, name).doc for name in stream.control_totals}
        ways = {
            "on_difference": self.rules.rule(Type("text", values=DIFFERENCES), "text"),
            "tolerance": self.rules.rule(Type("decimal"), "n"),
        }
        return object_of({**docs, **words.TOTALS}, {**rules, **ways})

    def _actions(self, stream: Stream) -> Schema:
        own = {"do": {"enum": list(stream.actions)}, "when": HOLE}
        return {"type": "array", "items": object_of(words.ACTION, own, required=("do",))}

    def _targets(self) -> dict[str, Stream]:
        return {name: one for name, one in self.catalog.streams.items() if one.creates or one.updates}

    def _parts(self) -> dict[str, Type]:
        """Every object inside a target that a shape may make, by its dotted place."""
        found: dict[str, Type] = {}
        for name, stream in self._targets().items():
            found[name] = stream.type
            found |= _below(stream.type, name)
        return found


def _below(type_: Type, place: str) -> dict[str, Type]:
    """Every object below a type, by its dotted place."""
    found: dict[str, Type] = {}
    for name, field in type_.fields.items():
        inner = field.type.of if field.type.kind == "list" and field.type.of else field.type
        if inner.kind == "object":
            found[f"{place}.{name}"] = inner
            found |= _below(inner, f"{place}.{name}")
    return found


def _field(type_: Type, dotted: str) -> Field:
    """The field at a dotted place such as Contact.ContactID."""
    field = Field(type_)
    for name in dotted.split("."):
        field = field.type.fields.get(name, Field(TEXT))
    return field
