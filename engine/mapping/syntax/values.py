"""Read the values of a mapping file by their form: names, expressions, conditions and plain scalars."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.document import Codes, Expect, Node, Scalar
from engine.mapping.syntax import tree
from engine.mapping.syntax.language import RESERVED
from engine.mapping.syntax.parser import has_expressions, parse_text
from engine.mapping.syntax.tree import Expr, Place
from engine.mapping.syntax.words import Key
from engine.model.advice import meant_bool
from engine.model.diagnostics import Diagnostics

CODES = Codes(unknown_key="M101", missing_key="M102", wrong_kind="M103")
MAX_TEXT = 10_000
# Forms that are a plain word: what it names is looked up by the checks and offered by the editor schema.
WORDS = (
    "title", "source stream", "target stream", "source part", "target part", "flow", "shape", "table",
    "column", "verb",
)  # fmt: skip
_PATH = re.compile(r"[A-Za-z_][\w.]{0,60}")


@dataclass(frozen=True, slots=True)
class Values:
    """Reads values; every mistake is reported at its place, and the value is None."""

    diagnostics: Diagnostics

    @property
    def expect(self) -> Expect:
        return Expect(CODES, self.diagnostics)

    def read(self, key: Key, node: Node) -> Any:
        """The value of a key, if its form is that of a single value."""
        if key.form:
            return FORMS[key.form](self, node, key.name)
        if key.type.values:
            return self.expect.choice(node, key.name, key.type.values)
        match key.type.kind:
            case "bool":
                return self.expect.flag(node, key.name)
            case "int":
                assert key.least is not None
                assert key.most is not None
                return self.expect.number(node, key.name, key.least, key.most)
        return self.expect.text(node, key.name)

    def name(self, node: Node, what: str) -> Scalar | None:
        """A name for use in expressions."""
        scalar = self.expect.word(node, what)
        if scalar is None:
            return None
        if scalar.text.isidentifier() and scalar.text not in RESERVED and not scalar.text.startswith("__"):
            return scalar
        hint = "use letters, digits and _, e.g. invoice"
        if scalar.text in RESERVED:
            hint = "the name is reserved; choose another"
        message = f'"{scalar.text}" cannot be used as a name in expressions'
        self.diagnostics.error("M103", scalar.span, message, hint=hint)
        return None

    def expression(self, node: Node, what: str) -> Expr | None:
        """A single expression with no text around it."""
        if isinstance(node, Scalar) and not self.bounded(node):
            return None
        if isinstance(node, Scalar) and node.kind == "text" and has_expressions(node.text):
            parts = parse_text(node, self.diagnostics)
            if parts is None:
                return None
            if len(parts) == 1 and not isinstance(parts[0], str):
                return parts[0]
            joined = "{{ a and b }}" if what in ("when", "where") else "{{ a ~ b }}"
            hint = f'combine everything in one expression: "{joined}"'
            self.diagnostics.error("M103", node.span, f"{what}: expected a single expression", hint=hint)
            return None
        text = node.text if isinstance(node, Scalar) and node.kind == "text" else ""
        hint = f'write "{{{{ {text if _PATH.fullmatch(text) else "…"} }}}}"'
        self.expect.mismatch(node, what, "an expression", hint=hint)
        return None

    def condition(self, node: Node, what: str) -> Expr | None:
        """A single expression, or a plain true or false."""
        if isinstance(node, Scalar) and node.kind == "bool":
            return tree.Const(value=node.text == "true", place=Place(node, 0, len(node.text)))
        if isinstance(node, Scalar) and (hint := meant_bool(node.text)):
            self.expect.mismatch(node, what, "an expression, true or false", hint=hint)
            return None
        return self.expression(node, what)

    def literal(self, node: Node, what: str) -> str | None:
        """Text without expressions."""
        if isinstance(node, Scalar) and node.kind != "null" and not has_expressions(node.text):
            return node.text
        hint = 'write "" for none' if isinstance(node, Scalar) else ""
        self.expect.mismatch(node, what, "plain text", hint=hint)
        return None

    def bounded(self, node: Scalar) -> bool:
        if len(node.text) <= MAX_TEXT:
            return True
        self.diagnostics.error("M110", node.span, f"text longer than {MAX_TEXT} characters")
        return False


def _word(values: Values, node: Node, what: str) -> Scalar | None:
    return values.expect.word(node, what)


def _words(values: Values, node: Node, what: str) -> tuple[Scalar, ...]:
    return values.expect.words(node, what)


FORMS: Mapping[str, Callable[[Values, Node, str], Any]] = {
    **dict.fromkeys(WORDS, _word),
    "columns": _words,
    "target fields": _words,
    "members": _words,
    "name": Values.name,
    "expression": Values.expression,
    "condition": Values.condition,
    "literal": Values.literal,
}
