"""Read located values as what a file must hold, and report "expected X, found Y" if they do not fit.

One phrasing for every file that people write; only the codes differ, C… in configs and packs, M… in mappings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.document.located import ListNode, MapNode, Node, Scalar
from engine.document.words import Word, Words
from engine.model.advice import meant, meant_bool
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.redact import shortened

_TEMPLATE = re.compile(r"\{[{%#]|\}\}")  # a word is never computed


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of one family of files."""

    unknown_key: str
    missing_key: str
    wrong_kind: str


def describe(node: Node) -> str:
    """What a node is, for messages."""
    match node:
        case MapNode():
            return "a mapping of keys"
        case ListNode():
            return "a list"
        case Scalar(kind="null"):
            return node.text or "nothing"
        case Scalar(kind="text"):
            return f'"{shortened(node.text, 40)}"'
    return shortened(node.text, 40)


def mismatch(what: str, expected: str, node: Node) -> str:
    """The one phrasing for a value that is not what belongs there."""
    return f"{what}: expected {expected}, found {describe(node)}"


def _is_word(text: str) -> bool:
    return bool(text.strip()) and not _TEMPLATE.search(text)


@dataclass(frozen=True, slots=True)
class Expect:
    """Readers of one family of files. `what` names the value in messages: `limits.changes`."""

    codes: Codes
    diagnostics: Diagnostics

    def mismatch(
        self,
        node: Node,
        what: str,
        expected: str,
        *,
        hint: str = "",
        near: tuple[str, Iterable[str]] | None = None,
    ) -> None:
        self.diagnostics.error(
            self.codes.wrong_kind, node.span, mismatch(what, expected, node), hint=hint, near=near
        )

    def map_node(self, node: Node, what: str, *, hint: str = "") -> MapNode | None:
        if isinstance(node, MapNode):
            return node
        if isinstance(node, ListNode):
            hint = hint or "write its keys without a dash or bracket"
        self.mismatch(node, what, "a mapping of keys", hint=hint)
        return None

    def list_node(self, node: Node, what: str, *, hint: str = "write [ … ]") -> Sequence[Node]:
        if isinstance(node, ListNode):
            return node.items
        self.mismatch(node, what, "a list", hint=hint)
        return ()

    def known_keys(
        self, node: MapNode, known: Iterable[str], where: str = "", *, noun: str = "key", code: str = ""
    ) -> MapNode:
        """The known entries; unknown keys are reported.

        A misspelt key then counts as the one it stands for, so that one slip is reported as one mistake.
        """
        names = dict.fromkeys(known)
        keys = {name: key for name, key in node.keys.items() if name in names}
        entries = {name: node.entries[name] for name in keys}
        for name, key in node.keys.items():
            if name in names:
                continue
            message = f'unknown {noun} "{name}"' + (f" in {where}" if where else "")
            self.diagnostics.error(code or self.codes.unknown_key, key.span, message, near=(name, names))
            unused = (word for word in names if word not in keys)
            if self.diagnostics.may_suggest and (right := meant(name, unused)):
                keys[right], entries[right] = key, node.entries[name]
        return MapNode(entries, keys, node.span)

    def missing_key(self, span: Span, name: str, where: str) -> None:
        self.diagnostics.error(self.codes.missing_key, span, f'missing key "{name}" in {where}')

    def word(self, node: Node, what: str) -> Scalar | None:
        """A plain word, such as the name of a stream."""
        if isinstance(node, Scalar) and node.kind == "text" and _is_word(node.text):
            return node
        self.mismatch(node, what, "a word")
        return None

    def words(self, node: Node, what: str) -> tuple[Scalar, ...]:
        """One word or a list of them."""
        parts = node.items if isinstance(node, ListNode) else (node,)
        if not parts:
            self.diagnostics.error(self.codes.wrong_kind, node.span, f"{what}: expected at least one word")
        return tuple(word for part in parts if (word := self.word(part, what)) is not None)

    def choice(self, node: Node, what: str, choices: Sequence[str]) -> str:
        if isinstance(node, Scalar) and node.kind == "text" and node.text in choices:
            return node.text
        text = node.text if isinstance(node, Scalar) else ""
        if len(choices) == 1:
            self.mismatch(node, what, f"{choices[0]} or no such key")
        else:
            self.mismatch(node, what, f"one of {', '.join(choices)}", near=(text, choices))
        return ""

    def flag(self, node: Node | None, what: str) -> bool:
        if node is None:
            return False
        if isinstance(node, Scalar) and node.kind == "bool":
            return node.text == "true"
        hint = meant_bool(node.text if isinstance(node, Scalar) else "")
        self.mismatch(node, what, "true or false", hint=hint)
        return False

    def number(self, node: Node | None, what: str, least: int, most: int) -> int | None:
        if node is None:
            return None
        if isinstance(node, Scalar) and node.kind == "int" and least <= node.value <= most:
            return int(node.value)
        self.mismatch(node, what, f"a whole number from {least} to {most}")
        return None

    def text(self, node: Node | None, what: str) -> str:
        """A scalar's text as written; empty without one."""
        if node is None:
            return ""
        if isinstance(node, Scalar) and node.kind != "null":
            return node.text
        self.mismatch(node, what, "text")
        return ""

    def part(self, node: Node, words: Words, path: str = "", *, owner: Span | None = None) -> Part | None:
        """A mapping whose keys are declared. Missing keys are reported at `owner`, or at the mapping."""
        where = path or words.title
        known = self.map_node(node, where)
        if known is None:
            return None
        known = self.known_keys(known, words.names, where)
        for word in words:
            if word.required and word.name not in known.entries:
                self.missing_key(owner or node.span, word.name, where)
        return Part(words, known, self, path)


@dataclass(frozen=True, slots=True)
class Part:
    """One mapping of a file. Its values are read as they are declared; undeclared ones cannot be read."""

    words: Words
    node: MapNode  # declared keys only
    expect: Expect
    path: str = ""  # where it is in its file, dotted; empty for the whole file

    def get(self, name: str) -> Node | None:
        return self.node.entries.get(self.words[name].name)

    def span(self, name: str) -> Span:
        """The place of a key; of the part if the key is left out."""
        key = self.node.keys.get(self.words[name].name)
        return self.node.span if key is None else key.span

    def label(self, name: str) -> str:
        """What messages call a value: `settings.due_days.type`."""
        return f"{self.path}.{name}" if self.path else name

    def text(self, name: str) -> str:
        self._declared(name, "text")
        return self.expect.text(self.get(name), self.label(name))

    def prose(self, name: str) -> str:
        """A text for people; a key with nothing after it counts as left out."""
        node = self.get(name)
        return "" if isinstance(node, Scalar) and node.kind == "null" else self.text(name)

    def flag(self, name: str) -> bool:
        self._declared(name, "bool")
        return self.expect.flag(self.get(name), self.label(name))

    def number(self, name: str) -> int | None:
        word = self._declared(name, "int")
        least, most = word.least or 0, word.most if word.most is not None else 10**9
        return self.expect.number(self.get(name), self.label(name), least, most)

    def choice(self, name: str) -> str:
        """One of the values that are declared; empty if the key is left out."""
        values, node = self._declared(name, "text").type.values, self.get(name)
        return "" if node is None else self.expect.choice(node, self.label(name), values)

    def _declared(self, name: str, kind: str) -> Word:
        word = self.words[name]
        if word.type.kind != kind:
            raise TypeError(f"{self.label(name)} is declared as {word.type.kind}, and read as {kind}")
        return word
