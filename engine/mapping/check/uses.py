"""How mappings fit together: `use` of shapes, and `ref` to other flows."""

from __future__ import annotations

from dataclasses import dataclass

from engine.mapping.syntax.language import MODIFIERS
from engine.mapping.syntax.tree import Draft, Fields, Pack, Reference, Rule, Use, walk
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.schema import Type


@dataclass(frozen=True, slots=True)
class Uses:
    draft: Draft
    pack: Pack
    diagnostics: Diagnostics

    def shape(
        self, use: Use, made: Type, overrides: Fields, label: str, in_list: bool = False
    ) -> Draft | None:
        """The used shape, if it makes what is wanted here."""
        name, span = use.mapping.text, use.mapping.span
        shapes = [other for other, draft in self.pack.drafts.items() if draft.shape]
        draft = self.pack.drafts.get(name)
        if draft is None and name in self.pack.unread:
            return None
        if draft is None or draft.shape is None:
            message = f'unknown shape "{name}"' if draft is None else f"{name} is a flow; `use` takes a shape"
            self.diagnostics.error("M213", span, message, near=(name, shapes))
            return None
        if draft.ends is None or (in_list and self._is_marked(draft, span)):
            return None
        if made.kind == "any" or draft.ends.made == made:
            return draft
        own = {field_rule.name for field_rule in overrides}
        for field_rule in draft.fields:
            field_name = field_rule.name
            field, written = made.fields.get(field_name), draft.ends.made.fields.get(field_name)
            if field_name in own or written is None:
                continue
            if field is None or not field.writable:
                message = f"{name} writes {field_name}, and {label} has no such field"
            elif field.type != written.type:
                message = (
                    f"{name} writes {field_name} for {draft.ends.destination}; in {label} its type differs"
                )
            else:
                continue
            self.diagnostics.error(
                "M214", span, message, hint=f"{name} is a shape for {draft.ends.destination}"
            )
            return None
        return draft

    def _is_marked(self, shape: Draft, span: Span) -> bool:
        """Whether a shape that is used inside a list has words for fields that are sent by themselves."""
        if shape.fills_items:
            return False  # reported in the shape
        rules = (node for node in walk(shape.fields) if isinstance(node, Rule))
        marks = [word for rule in rules for word in rule.modifiers if MODIFIERS[word].of_field]
        if marks:
            message = f"{shape.name} has `{marks[0]}`, which cannot be used inside a list"
            self.diagnostics.error("M214", span, message, hint="a list is sent as a whole")
        return bool(marks)

    def takes(self, use: Use, shape: Draft, origin: str, parent: str) -> bool:
        """Whether the shape is for the current item."""
        assert shape.ends is not None
        name, wanted = use.mapping.text, shape.ends.origin
        if origin != wanted:
            here = f"this is {origin}" if origin else "this is computed"
            self.diagnostics.error("M214", use.mapping.span, f"{name} takes items of {wanted}; {here}")
            return False
        if shape.shape is not None and shape.shape.parent is not None and not parent:
            message = f"{name} needs its item's parent, which has no name here"
            self.diagnostics.error("M214", use.mapping.span, message, hint="give this shape a `parent` too")
            return False
        return True

    def referable(self, ref: Reference, want: Type, label: str) -> bool:
        """Whether a ref names a flow whose records this field can refer to."""
        name, span = ref.mapping.text, ref.mapping.span
        flows = [other for other, draft in self.pack.drafts.items() if not draft.shape]
        draft = self.pack.drafts.get(name)
        if draft is None and name in self.pack.unread:
            return False
        if draft is None or draft.shape is not None:
            message = (
                f'unknown mapping "{name}"' if draft is None else f"{name} is a shape; `ref` takes a flow"
            )
            self.diagnostics.error("M213", span, message, near=(name, flows))
            return False
        if draft.ends is None or self.draft.ends is None:
            return False
        if draft.target is not None and not draft.target.create:
            self.diagnostics.error("M214", span, f"{name} creates no records to refer to")
            return False
        system = self.draft.ends.destination.partition(".")[0]
        if draft.ends.destination.partition(".")[0] != system:
            message = f"{name} makes {draft.ends.destination}; this mapping writes to {system}"
            self.diagnostics.error("M214", span, message)
            return False
        key = draft.ends.target.key
        if want.kind == "object" and key not in want.fields:
            message = f"{name} makes {draft.ends.destination}, identified by {key}; {label} has no {key}"
            self.diagnostics.error("M214", span, message)
            return False
        return True
