"""JSON Schema for mapping files: what an editor offers, checks and shows while a mapping is written.

Made for one pack: its streams, fields, shapes, flows and tables are the completions, the streams' own
sentences the hover text. An expression is plain text to an editor; `sync check` reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.document.editor import DRAFT, Schema, closed
from engine.document.words import Words
from engine.mapping.check.catalog import Catalog
from engine.mapping.describe.editor_rules import RuleSchemas, describable, described_schema, one_of
from engine.mapping.syntax.language import (
    ACTION,
    FLOW_ONLY,
    MAPPING,
    OVERRIDE,
    OVERRIDE_PARTS,
    SHAPE,
    SOURCE,
    TARGET,
    TOTALS,
)
from engine.mapping.syntax.tree import Draft, Pack
from engine.model.schema import DECIMAL, TEXT, Action, Field, Stream, Type

_FLOW = ("source", "target")  # what every mapping has that is not a shape
_TITLE = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_-]{0,63}$"}


class MappingSchema:
    """Writes the schema of a pack's mapping files, and of overrides over them."""

    def __init__(self, pack: Pack, catalog: Catalog) -> None:
        self.pack, self.catalog = pack, catalog
        flows = sorted(name for name, draft in pack.drafts.items() if draft.source)
        shapes = sorted(name for name, draft in pack.drafts.items() if draft.shape)
        self.rules = RuleSchemas(catalog, flows, shapes)
        parts: list[str] = []
        for name, stream in catalog.streams.items():
            parts += [name, *_below(stream.type, name)]
        self.forms: dict[str, Schema] = {
            **self.rules.forms,
            "reason": self.rules.rule(TEXT, "reason"),
            "title": _TITLE,
            "source stream": {"enum": sorted(catalog.streams)},
            "target stream": {"enum": sorted(self._targets())},
            "source part": {"enum": sorted(parts)},
            "target part": {"enum": sorted(self._parts())},
            "match": {"type": "array"},
            "target fields": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
            "verb": {"type": "string"},
            # Depend on the target's stream, and are described where that is known.
            "totals": {"type": "object"},
            "fields": {"type": "object"},
            "actions": {"type": "array"},
        }

    # ---- files

    def mapping(self) -> Schema:
        """The schema of a mapping file."""
        sections = {"source": SOURCE, "shape keys": SHAPE, "target": TARGET}
        forms = {
            **self.forms,
            **{form: described_schema(words, self.forms) for form, words in sections.items()},
        }
        return {
            "$schema": DRAFT,
            "title": "A mapping",
            **described_schema(MAPPING, forms),
            "oneOf": [
                {"required": [*_FLOW], "not": {"required": ["shape"]}},
                {"required": ["shape"], "not": {"anyOf": [{"required": [name]} for name in FLOW_ONLY]}},
            ],
            "allOf": [*self._by_stream(), *self._by_part()],
            "definitions": self.rules.definitions,
        }

    def overrides(self) -> Schema:
        """The schema of `overrides` in a config: by the name of the mapping."""
        drafts = sorted(self.pack.drafts.items())
        return closed({name: self._override(draft) for name, draft in drafts if draft.ends is not None})

    def _override(self, draft: Draft) -> Schema:
        assert draft.ends is not None
        stream = draft.ends.target
        forms = {**self.forms, "fields": self.rules.fields(draft.ends.made, draft.ends.destination)}
        words = OVERRIDE
        if draft.source is None:
            words = Words(OVERRIDE.title, (OVERRIDE["fields"],))
        else:
            forms |= {
                "source": self._override_part("source", SOURCE, stream),
                "target": self._override_part("target", TARGET, stream),
                "totals": self._totals(stream),
                "actions": self._actions(stream),
            }
        made = described_schema(words, forms)
        made.pop("required", None)  # what is not overridden is the pack's
        return {**made, "description": draft.doc or f"Rules over those of {draft.name}."}

    def _override_part(self, name: str, words: Words, stream: Stream) -> Schema:
        known = Words(words.title, tuple(words[key] for key in OVERRIDE_PARTS[name]))
        forms = {**self.forms, "match": self._match(stream), "target fields": _paths(stream)}
        return described_schema(known, forms)

    def _by_stream(self) -> Iterable[Schema]:
        """What may be written under fields, match, totals and actions depends on the target's stream."""
        for name, stream in self._targets().items():
            parts = {
                "fields": self.rules.fields(stream.type, name),
                "totals": self._totals(stream),
                "actions": self._actions(stream),
                "target": {"properties": {"match": self._match(stream), "agree": _paths(stream)}},
            }
            condition = {"target": {"properties": {"stream": {"const": name}}, "required": ["stream"]}}
            yield {"if": {"properties": condition, "required": ["target"]}, "then": {"properties": parts}}
            needed = [key for key, field in stream.type.fields.items() if field.required]
            if stream.creates and needed:
                new = {"target": {**condition["target"], "not": {"required": ["create"]}}}
                filled = {"fields": {"required": needed}}
                yield {"if": {"properties": new, "required": ["target"]}, "then": {"properties": filled}}

    def _by_part(self) -> Iterable[Schema]:
        for name, type_ in self._parts().items():
            condition = {"shape": {"properties": {"to": {"const": name}}, "required": ["to"]}}
            parts = {"fields": self.rules.fields(type_, name)}
            yield {"if": {"properties": condition, "required": ["shape"]}, "then": {"properties": parts}}

    # ---- parts that depend on the target's stream

    def _match(self, stream: Stream) -> Schema:
        rules = {
            name: self._described(stream, name, self.rules.rule(_field(stream.type, name).type, name))
            for name in stream.match_fields
        }
        return {"type": "array", "items": closed(rules)}

    def _totals(self, stream: Stream) -> Schema:
        rules = {
            name: self._described(stream, name, self.rules.rule(DECIMAL, name))
            for name in stream.control_totals
        }
        ways = {
            word.name: {
                **describable(self.rules.rule(word.type, word.type.kind)),
                "description": word.sentence,
            }
            for word in TOTALS
        }
        return closed({**rules, **ways})

    def _actions(self, stream: Stream) -> Schema:
        actions = [self._action(stream, verb, action) for verb, action in stream.actions.items()]
        return {"type": "array", "items": {"anyOf": actions} if actions else False}

    def _action(self, stream: Stream, verb: str, action: Action) -> Schema:
        known = Words(ACTION.title, tuple(word for word in ACTION if word.name != "to" or action.to))
        to = self.rules.rule(action.to.type, f"{stream.name}.{verb}") if action.to else {}
        schema = described_schema(known, {**self.forms, "verb": {"const": verb}, "rule": to})
        needed = {"required": [*schema["required"], "to"]} if action.to and action.to.required else {}
        return {**schema, **needed, "description": action.doc}

    @staticmethod
    def _described(stream: Stream, name: str, schema: Schema) -> Schema:
        return {**describable(schema), "description": _field(stream.type, name).doc}

    def _targets(self) -> dict[str, Stream]:
        streams = self.catalog.streams.items()
        return {name: stream for name, stream in streams if stream.creates or stream.updates}

    def _parts(self) -> dict[str, Type]:
        """Every object inside a target that a shape may make, by its dotted path."""
        parts: dict[str, Type] = {}
        for name, stream in self._targets().items():
            parts[name] = stream.type
            parts |= _below(stream.type, name)
        return parts


def _paths(stream: Stream) -> Schema:
    """Every field that a payload can have, also inside objects, and what is compared with control totals."""
    path = one_of([*_field_paths(stream.type, ""), *stream.control_totals])
    return {"anyOf": [path, {"type": "array", "items": path, "minItems": 1}]}


def _field_paths(type_: Type, prefix: str) -> Iterator[str]:
    for name, field in type_.fields.items():
        if not field.writable:
            continue
        yield f"{prefix}{name}"
        if field.type.kind == "object":
            yield from _field_paths(field.type, f"{prefix}{name}.")


def _below(type_: Type, path: str) -> dict[str, Type]:
    """Every object below a type, by its dotted path."""
    parts: dict[str, Type] = {}
    for name, field in type_.fields.items():
        inner = field.type.of if field.type.kind == "list" and field.type.of else field.type
        if inner.kind == "object":
            parts[f"{path}.{name}"] = inner
            parts |= _below(inner, f"{path}.{name}")
    return parts


def _field(type_: Type, dotted: str) -> Field:
    """The field at a dotted path such as Contact.ContactID."""
    field = Field(type_)
    for name in dotted.split("."):
        field = field.type.fields.get(name, Field(TEXT))
    return field
