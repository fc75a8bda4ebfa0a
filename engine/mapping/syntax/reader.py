"""The first pass: one document becomes one draft. Names and types are not looked at yet."""

from __future__ import annotations

import re
from pathlib import PurePath

from engine.document import Document, MapNode, Node, Scalar
from engine.mapping.syntax import nodes
from engine.mapping.syntax.rules import RuleReader
from engine.mapping.syntax.tree import (
    Action,
    Draft,
    FieldRule,
    Fields,
    Rule,
    ShapeDraft,
    SourceDraft,
    TargetDraft,
    Totals,
)
from engine.model.diagnostics import Diagnostics

KEYS = ("mapping", "doc", "source", "shape", "target", "totals", "fields", "actions")
_SHORT = {  # what each part holds at least
    "source": "stream: psohub.invoices, as: invoice",
    "target": "stream: xero.invoices",
    "shape": "from: psohub.invoices.lines, as: line, to: xero.invoices.LineItems",
}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


def called(document: Document) -> str:
    """What a mapping is called, or most probably would be if its file could be read."""
    name = mapping_name(document.root)
    return name if _NAME.fullmatch(name) else PurePath(document.file).stem


def mapping_name(root: Node) -> str:
    """The name that a file gives its mapping, empty where it gives none."""
    own = root.entries.get("mapping") if isinstance(root, MapNode) else None
    return own.text if isinstance(own, Scalar) and own.kind == "text" else ""


def read_draft(document: Document, found: Diagnostics) -> Draft | None:
    root = nodes.map_node(document.root, "a mapping file", found)
    return None if root is None else _Reader(document, root, found).read()


class _Reader:
    def __init__(self, document: Document, root: MapNode, found: Diagnostics) -> None:
        self.document, self.root, self.found = document, root, found
        self.rules = RuleReader(found)

    def read(self) -> Draft | None:
        self.root = nodes.known_keys(self.root, KEYS, "a mapping", self.found)
        root, found, get = self.root, self.found, self.root.entries.get
        name = nodes.word(get("mapping"), root.span, "mapping", "the file", found)
        if name is not None and not _NAME.fullmatch(name.text):
            hint = "letters, digits, - and _, e.g. invoices"
            found.error("M106", name.span, f'"{name.text}" cannot be the name of a mapping', hint=hint)
            name = None
        fields = self.rules.fields(get("fields"), root.span, "the mapping")
        source, shape, target = self._source(), self._shape(), self._target()
        self._one_of_two()
        totals, actions = self._totals(), self._actions()
        if name is None or not (shape or (source and target)):
            return None
        return Draft(
            name=name.text,
            at=name.span,
            file=self.document.file,
            doc=nodes.prose(get("doc"), "doc", found),
            fields=fields,
            fields_at=root.keys["fields"].span if isinstance(get("fields"), MapNode) else None,
            source=source,
            target=target,
            shape=shape,
            totals=totals,
            actions=actions,
        )

    def _one_of_two(self) -> None:
        keys = self.root.keys
        if "shape" in keys:
            for other in ("source", "target", "totals", "actions"):
                if other in keys:
                    self.found.error("M105", keys[other].span, f"a shape has no {other}")
            return
        for wanted in ("source", "target"):
            if wanted not in keys:
                hint = "a part of a record that other mappings use has shape instead of source and target"
                self.found.error("M102", self.root.span, f'the mapping lacks the key "{wanted}"', hint=hint)

    def _part(self, key: str, known: tuple[str, ...]) -> MapNode | None:
        if key not in self.root.entries:
            return None
        own = nodes.map_node(self.root.entries[key], key, self.found, f"{key}: {{{_SHORT[key]}}}")
        return None if own is None else nodes.known_keys(own, known, key, self.found)

    def _source(self) -> SourceDraft | None:
        own = self._part("source", ("stream", "as", "where", "linked", "keys"))
        if own is None:
            return None
        found, get = self.found, own.entries.get
        at = self.root.keys["source"].span
        stream = nodes.word(get("stream"), at, "stream", "source", found)
        name = nodes.name_word(get("as"), at, "as", "source", found)
        where = nodes.condition(own.entries["where"], at, "where", "source", found) if get("where") else None
        linked = nodes.word(get("linked"), at, "linked", "source", found) if get("linked") else None
        keys = nodes.choice(own.entries["keys"], "keys", ("referenced", "all"), found) if get("keys") else ""
        return None if stream is None or name is None else SourceDraft(stream, name.text, where, linked, keys)

    def _shape(self) -> ShapeDraft | None:
        own = self._part("shape", ("from", "as", "parent", "to"))
        if own is None:
            return None
        found, get = self.found, own.entries.get
        at = self.root.keys["shape"].span
        source = nodes.word(get("from"), at, "from", "shape", found)
        name = nodes.name_word(get("as"), at, "as", "shape", found)
        parent = nodes.name_word(get("parent"), at, "parent", "shape", found) if get("parent") else None
        target = nodes.word(get("to"), at, "to", "shape", found)
        if name is not None and parent is not None and name.text == parent.text:
            found.error("M105", parent.span, f'"{name.text}" is the item already')
            return None
        if source is None or name is None or target is None:
            return None
        return ShapeDraft(source, name.text, parent, target)

    def _target(self) -> TargetDraft | None:
        own = self._part("target", ("stream", "match", "on_change", "create"))
        if own is None:
            return None
        found, get = self.found, own.entries.get
        stream = nodes.word(get("stream"), self.root.keys["target"].span, "stream", "target", found)
        match: tuple[Fields, ...] = ()
        if "match" in own.entries:
            parts = nodes.list_node(own.entries["match"], "match", found)
            match = tuple(self._match(one) for one in parts)
        changes = ("hold", "update", "ignore")
        on_change = (
            nodes.choice(own.entries["on_change"], "on_change", changes, found) if get("on_change") else ""
        )
        create = not get("create") or nodes.choice(own.entries["create"], "create", ("never",), found) == ""
        return None if stream is None else TargetDraft(stream, match, on_change, create)

    def _match(self, node: Node) -> Fields:
        if isinstance(node, MapNode) and not node.keys:  # it would be a search for everything
            self.found.error("M103", node.span, "match asks for at least one field", hint="{Reference: …}")
            return ()
        return self.rules.fields(node, node.span, "match", "a rule of match")

    def _totals(self) -> Totals:
        if "totals" not in self.root.entries:
            return Totals()
        own = nodes.map_node(self.root.entries["totals"], "totals", self.found)
        if own is None:
            return Totals()
        read = {name: self.rules.rule(entry) for name, entry in own.entries.items()}
        ways: dict[str, Rule | None] = {key: read.pop(key, None) for key in ("on_difference", "tolerance")}
        fields = tuple(FieldRule(name, own.keys[name].span, one) for name, one in read.items() if one)
        return Totals(fields, ways["on_difference"], ways["tolerance"])

    def _actions(self) -> tuple[Action, ...]:
        if "actions" not in self.root.entries:
            return ()
        out: list[Action] = []
        for node in nodes.list_node(self.root.entries["actions"], "actions", self.found):
            own = nodes.map_node(node, "an action", self.found)
            if own is None:
                continue
            own = nodes.known_keys(own, ("do", "when", "doc"), "an action", self.found)
            verb = nodes.word(own.entries.get("do"), own.span, "do", "an action", self.found)
            when = None
            if "when" in own.entries:
                when = nodes.condition(own.entries["when"], own.span, "when", "an action", self.found)
                if when is None:
                    continue
            if verb is not None:
                out.append(Action(verb, when))
        return tuple(out)
