"""YAML files as located values: each value knows its file, line and column.

`expect` reads them as declared in `words`; `editor` makes JSON Schemas of the same declarations.
"""

from engine.document.expect import Codes, Expect, Part, describe, mismatch
from engine.document.files import MAX_BYTES, display_name, is_inside, read_text
from engine.document.located import (
    Document,
    ListNode,
    MapNode,
    Node,
    Scalar,
    is_null,
    node_at,
    or_empty,
    plain,
)
from engine.document.reader import MAX_DEPTH, MAX_NODES, read_document
from engine.document.words import OBJECT, Word, Words, expected_type, markdown_table

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_NODES",
    "OBJECT",
    "Codes",
    "Document",
    "Expect",
    "ListNode",
    "MapNode",
    "Node",
    "Part",
    "Scalar",
    "Word",
    "Words",
    "describe",
    "display_name",
    "expected_type",
    "is_inside",
    "is_null",
    "markdown_table",
    "mismatch",
    "node_at",
    "or_empty",
    "plain",
    "read_document",
    "read_text",
]
