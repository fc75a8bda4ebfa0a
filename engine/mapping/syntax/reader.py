"""Read a mapping file: one document becomes one draft. Names and types are not looked at yet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from engine.document import Document, ListNode, MapNode, Node, Part, Scalar, Words
from engine.mapping.syntax.language import ACTION, FLOW_ONLY, MAPPING, SHAPE, SOURCE, TARGET, TOTALS
from engine.mapping.syntax.rules import RuleReader
from engine.mapping.syntax.tree import (
    Action,
    Draft,
    FieldRule,
    ShapeDraft,
    SourceDraft,
    TargetDraft,
    Totals,
)
from engine.model.diagnostics import Diagnostics

_EXAMPLES = {
    "source": "source: {stream: psohub.invoices, as: invoice}",
    "target": "target: {stream: xero.invoices}",
    "shape": "shape: {from: psohub.invoices.lines, as: line, to: xero.invoices.LineItems}",
}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


def called(document: Document) -> str:
    """The name of a mapping, or what it most probably would be if its file could be read."""
    name = mapping_name(document.root)
    return name if _NAME.fullmatch(name) else PurePath(document.file).stem


def mapping_name(root: Node) -> str:
    """The name that a file gives its mapping; empty if it gives none."""
    name = root.entries.get("mapping") if isinstance(root, MapNode) else None
    return name.text if isinstance(name, Scalar) and name.kind == "text" else ""


def read_draft(document: Document, diagnostics: Diagnostics) -> Draft | None:
    rules = RuleReader(diagnostics)
    part = rules.values.expect.part(document.root, MAPPING)
    return None if part is None else _Reader(document, part, rules, diagnostics).read()


def _has_rules(target: Node) -> bool:
    """Whether a target has rules of `match`, be they right or wrong."""
    match = target.entries.get("match") if isinstance(target, MapNode) else None
    return match is not None and not (isinstance(match, ListNode) and not match.items)


class _Reader:
    def __init__(self, document: Document, part: Part, rules: RuleReader, diagnostics: Diagnostics) -> None:
        self.document, self.part, self.rules, self.diagnostics = document, part, rules, diagnostics
        self.entries: Mapping[str, Node] = part.node.entries

    def read(self) -> Draft | None:
        name = self._name()
        fields = self.rules.fields(self.entries["fields"]) if "fields" in self.entries else ()
        source, shape, target = self._source(), self._shape(), self._target()
        self._flow_or_shape()
        totals, actions, doc = self._totals(), self._actions(), self.part.text("doc")
        if name is None or not (shape or (source and target)):
            return None
        return Draft(
            name=name.text,
            span=name.span,
            file=self.document.file,
            doc=doc,
            fields=fields,
            fields_span=self.part.span("fields") if isinstance(self.entries.get("fields"), MapNode) else None,
            source=source,
            target=target,
            shape=shape,
            totals=totals,
            actions=actions,
        )

    def _name(self) -> Scalar | None:
        if "mapping" not in self.entries:
            return None
        name = self.rules.values.expect.word(self.entries["mapping"], "mapping")
        if name is None or _NAME.fullmatch(name.text):
            return name
        hint = "use letters, digits, - and _, e.g. invoices"
        message = f'"{name.text}" cannot be the name of a mapping'
        self.diagnostics.error("M106", name.span, message, hint=hint)
        return None

    def _flow_or_shape(self) -> None:
        if "shape" in self.entries:
            for other in FLOW_ONLY:
                if other in self.entries:
                    self.diagnostics.error("M105", self.part.span(other), f"a shape cannot have `{other}`")
            return
        for wanted in ("source", "target"):
            if wanted not in self.entries:
                hint = "a part of a record that other mappings use has `shape` instead of source and target"
                message = f'missing key "{wanted}" in {MAPPING.title}'
                self.diagnostics.error("M102", self.part.node.span, message, hint=hint)

    def _section(self, key: str, words: Words) -> dict[str, Any] | None:
        """The values of one part of the file; None if it is not there, or not a mapping of keys."""
        if key not in self.entries:
            return None
        return self.rules.section(
            self.entries[key], words, owner=self.part.span(key), hint=_EXAMPLES.get(key, "")
        )

    def _source(self) -> SourceDraft | None:
        values = self._section("source", SOURCE)
        if values is None or values.get("stream") is None or values.get("as") is None:
            return None
        return SourceDraft(
            values["stream"],
            values["as"].text,
            values.get("where"),
            values.get("linked"),
            values.get("keys", ""),
        )

    def _shape(self) -> ShapeDraft | None:
        values = self._section("shape", SHAPE)
        if values is None or any(values.get(word.name) is None for word in SHAPE if word.required):
            return None
        name, parent = values["as"], values.get("parent")
        if parent is not None and name.text == parent.text:
            self.diagnostics.error("M105", parent.span, f'"{name.text}" is the name of the item already')
            return None
        return ShapeDraft(values["from"], name.text, parent, values["to"])

    def _target(self) -> TargetDraft | None:
        values = self._section("target", TARGET)
        if values is None or values.get("stream") is None:
            return None
        create = values.get("create", "") == ""
        match, agree = values.get("match", ()), values.get("agree", ())
        if agree and not _has_rules(self.entries["target"]):
            message = "`agree` needs `match`: only what it finds is compared"
            self.diagnostics.error("M105", agree[0].span, message, hint="match: [{Reference: …}]")
        return TargetDraft(values["stream"], match, agree, values.get("on_change", ""), create)

    def _totals(self) -> Totals:
        node = self.entries.get("totals")
        part = None if node is None else self.rules.values.expect.map_node(node, TOTALS.title)
        if part is None:
            return Totals()
        rules = {name: self.rules.rule(entry) for name, entry in part.entries.items()}
        ways = {name: rules.pop(name, None) for name in TOTALS.names}
        fields = tuple(FieldRule(name, part.keys[name].span, rule) for name, rule in rules.items() if rule)
        return Totals(fields, ways["on_difference"], ways["tolerance"])

    def _actions(self) -> tuple[Action, ...]:
        node = self.entries.get("actions")
        nodes = () if node is None else self.rules.values.expect.list_node(node, "actions")
        sections = [self.rules.section(entry, ACTION) for entry in nodes]
        return tuple(
            Action(
                values["do"], values.get("when"), values.get("to"), values.get("needed"), values.get("unless")
            )
            for values in sections
            if values is not None and values.get("do") is not None
            if all(values[key] is not None for key in ("when", "to", "needed", "unless") if key in values)
        )
