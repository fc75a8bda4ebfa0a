"""The pass that resolves the two ends of a mapping: the streams that it names, or the parts of streams."""

from __future__ import annotations

from dataclasses import replace

from engine.document import Scalar
from engine.mapping.check.catalog import Catalog
from engine.mapping.syntax.tree import Draft, Ends, Pack
from engine.model.diagnostics import Diagnostics
from engine.model.schema import Stream, Type


def resolve_ends(pack: Pack, catalog: Catalog, diagnostics: Diagnostics) -> Pack:
    drafts = {name: _Finder(draft, catalog, diagnostics).resolved() for name, draft in pack.drafts.items()}
    return replace(pack, drafts=drafts)


class _Finder:
    def __init__(self, draft: Draft, catalog: Catalog, diagnostics: Diagnostics) -> None:
        self.draft, self.catalog, self.diagnostics = draft, catalog, diagnostics

    def resolved(self) -> Draft:
        draft = self.draft
        ends = self._shape() if draft.shape else self._flow()
        return replace(draft, ends=ends)

    def _flow(self) -> Ends | None:
        assert self.draft.source is not None
        assert self.draft.target is not None
        names = self.draft.source.stream, self.draft.target.stream
        source, target = (self._stream(name, name.text, 0) for name in names)
        if source is None or target is None:
            return None
        return Ends(names[0].text, source.type, "", None, names[1].text, target.type, source, target)

    def _shape(self) -> Ends | None:
        shape = self.draft.shape
        assert shape is not None
        below, above = self._part(shape.source), self._part(shape.target)
        if below is None or above is None:
            return None
        (source, item, parent), (target, made, _) = below, above
        if shape.parent is not None and parent is None:
            message = f"records of {shape.source.text} have no parent"
            self.diagnostics.error("M214", shape.parent.span, message)
            return None
        around = shape.source.text.rpartition(".")[0] if parent is not None else ""
        return Ends(shape.source.text, item, around, parent, shape.target.text, made, source, target)

    def _stream(self, scalar: Scalar, name: str, start: int) -> Stream | None:
        stream = self.catalog.streams.get(name)
        if stream is None:
            span = scalar.within(start, len(name))
            self.diagnostics.error(
                "M202", span, f'unknown stream "{name}"', near=(name, self.catalog.streams)
            )
        return stream

    def _part(self, scalar: Scalar) -> tuple[Stream, Type, Type | None] | None:
        """The stream that a dotted path begins with, the type of one item there, and the type around it."""
        parts = scalar.text.split(".")
        stream = self._stream(scalar, ".".join(parts[:2]), 0)
        if stream is None:
            return None
        current, so_far, offset = stream.type, ".".join(parts[:2]), len(".".join(parts[:2])) + 1
        parent: Type | None = None
        for name in parts[2:]:
            field = current.fields.get(name)
            span = scalar.within(offset, max(1, len(name)))
            if field is None:
                self.diagnostics.error(
                    "M204", span, f'{so_far} has no field "{name}"', near=(name, current.fields)
                )
                return None
            parent, current = current, _item(field.type)
            if current.kind != "object":
                self.diagnostics.error(
                    "M214", span, f"{so_far}.{name} has no fields, so no shape can take it"
                )
                return None
            so_far, offset = f"{so_far}.{name}", offset + len(name) + 1
        return stream, current, parent


def _item(type_: Type) -> Type:
    return type_.of if type_.kind == "list" and type_.of is not None else type_
