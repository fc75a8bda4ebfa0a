"""Reading YAML nodes of a mapping: known keys, kinds of values, holes. Every mistake has its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from engine.document import ListNode, MapNode, Node, Scalar
from engine.mapping.syntax import tree
from engine.mapping.syntax.language import RESERVED
from engine.mapping.syntax.parser import has_holes, parse_text
from engine.mapping.syntax.tree import Expr, Place
from engine.model.advice import meant, meant_bool
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics

MAX_TEXT = 10_000
_PATH = re.compile(r"[A-Za-z_][\w.]{0,60}")


def kind_of(node: Node) -> str:
    if isinstance(node, Scalar):
        if node.kind == "null":
            return "nothing" if not node.text else "null"
        return f'the text "{node.text[:40]}"' if node.kind == "text" else node.text[:40]
    return "a list" if isinstance(node, ListNode) else "a mapping of keys"


def map_node(node: Node, what: str, found: Diagnostics, hint: str = "") -> MapNode | None:
    if isinstance(node, MapNode):
        return node
    if isinstance(node, ListNode):
        hint = hint or "its keys stand without a dash or bracket"
    found.error("M103", node.span, f"{what} is a mapping of keys, found {kind_of(node)}", hint=hint)
    return None


def list_node(node: Node, what: str, found: Diagnostics) -> Sequence[Node]:
    if isinstance(node, ListNode):
        return node.items
    found.error("M103", node.span, f"{what} is a list, found {kind_of(node)}", hint="write [ … ]")
    return ()


def known_keys(node: MapNode, known: Iterable[str], what: str, found: Diagnostics) -> MapNode:
    """Notes unknown keys. A misspelt one then counts as what it stands for: one slip is one mistake."""
    names = tuple(known)
    keys, entries = dict(node.keys), dict(node.entries)
    for key, scalar in node.keys.items():
        if key not in names:
            found.error("M101", scalar.span, f'{what} has no key "{key}"', near=(key, names))
            if found.guessing and (right := meant(key, [name for name in names if name not in keys])):
                keys[right], entries[right] = scalar, node.entries[key]
    return MapNode(entries, keys, node.span)


def word(node: Node | None, owner: Span, key: str, what: str, found: Diagnostics) -> Scalar | None:
    """A plain word such as a stream's or a mapping's name. `node` None: it is missing."""
    if node is None:
        found.error("M102", owner, f'{what} lacks the key "{key}"')
        return None
    if isinstance(node, Scalar) and node.kind == "text" and node.text.strip() and not has_holes(node.text):
        return node
    found.error("M103", node.span, f"{key} is a word, found {kind_of(node)}")
    return None


def words(node: Node, key: str, found: Diagnostics) -> tuple[Scalar, ...]:
    """One word or a list of them."""
    parts = node.items if isinstance(node, ListNode) else (node,)
    if not parts:
        found.error("M103", node.span, f"{key} names at least one")
    return tuple(one for part in parts if (one := word(part, part.span, key, key, found)) is not None)


def name_word(node: Node | None, owner: Span, key: str, what: str, found: Diagnostics) -> Scalar | None:
    """A name that holes will use."""
    scalar = word(node, owner, key, what, found)
    if scalar is None:
        return None
    if not scalar.text.isidentifier() or scalar.text in RESERVED or scalar.text.startswith("__"):
        hint = "letters, digits and _, e.g. invoice"
        if scalar.text in RESERVED:
            hint = "it has a meaning of its own there; choose another"
        found.error("M103", scalar.span, f'"{scalar.text}" cannot be a name in holes', hint=hint)
        return None
    return scalar


def choice(node: Node, key: str, known: Sequence[str], found: Diagnostics) -> str:
    if isinstance(node, Scalar) and node.kind == "text" and node.text in known:
        return node.text
    text = node.text if isinstance(node, Scalar) else ""
    if len(known) == 1:
        found.error("M103", node.span, f"{key} is {known[0]}, or left out; found {kind_of(node)}")
    else:
        found.error("M103", node.span, f"{key} is one of {', '.join(known)}", near=(text, known))
    return ""


def flag(node: Node | None, key: str, found: Diagnostics) -> bool:
    if node is None:
        return False
    if isinstance(node, Scalar) and node.kind == "bool":
        return node.text == "true"
    hint = meant_bool(node.text if isinstance(node, Scalar) else "")
    found.error("M103", node.span, f"{key} is true or false, found {kind_of(node)}", hint=hint)
    return False


def number(node: Node | None, key: str, least: int, most: int, found: Diagnostics) -> int | None:
    if node is None:
        return None
    if (
        isinstance(node, Scalar)
        and node.kind == "int"
        and len(node.text) < 12
        and least <= int(node.text) <= most
    ):
        return int(node.text)
    found.error("M103", node.span, f"{key} is a whole number from {least} to {most}, found {kind_of(node)}")
    return None


def prose(node: Node | None, key: str, found: Diagnostics) -> str:
    if node is None:
        return ""
    if isinstance(node, Scalar) and node.kind != "null":
        return node.text
    found.error("M103", node.span, f"{key} is text, found {kind_of(node)}")
    return ""


def hole(node: Node | None, owner: Span, key: str, what: str, found: Diagnostics) -> Expr | None:
    """A value that is one whole hole."""
    if node is None:
        found.error("M102", owner, f'{what} lacks the key "{key}"')
        return None
    if isinstance(node, Scalar) and not bounded(node, found):
        return None
    if isinstance(node, Scalar) and node.kind == "text" and has_holes(node.text):
        parts = parse_text(node, found)
        if parts is None:
            return None
        if len(parts) == 1 and not isinstance(parts[0], str):
            return parts[0]
        asks = key in ("when", "where")
        hint = (
            'join them inside of it: "{{ a and b }}"'
            if asks
            else 'texts are put together inside of it: "{{ a ~ b }}"'
        )
        found.error("M103", node.span, f"{key} is one hole and nothing beside it", hint=hint)
        return None
    text = node.text if isinstance(node, Scalar) and node.kind == "text" else ""
    hint = f'write "{{{{ {text if _PATH.fullmatch(text) else "…"} }}}}"'
    found.error("M103", node.span, f"{key} is a hole, found {kind_of(node)}", hint=hint)
    return None


def condition(node: Node | None, owner: Span, key: str, what: str, found: Diagnostics) -> Expr | None:
    """One whole hole, or a plain true or false."""
    if isinstance(node, Scalar) and node.kind == "bool":
        return tree.Const(value=node.text == "true", at=Place(node, 0, len(node.text)))
    if isinstance(node, Scalar) and (hint := meant_bool(node.text)):
        found.error("M103", node.span, f"{key} is a hole, true or false, found {kind_of(node)}", hint=hint)
        return None
    return hole(node, owner, key, what, found)


def bounded(node: Scalar, found: Diagnostics) -> bool:
    if len(node.text) <= MAX_TEXT:
        return True
    found.error("M110", node.span, f"text longer than {MAX_TEXT} characters")
    return False
