"""YAML files as located values: each value knows its file, line and column."""

from engine.document.files import MAX_BYTES, display_name, read_text
from engine.document.located import Document, ListNode, MapNode, Node, Scalar
from engine.document.reader import MAX_DEPTH, MAX_NODES, read_document

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_NODES",
    "Document",
    "ListNode",
    "MapNode",
    "Node",
    "Scalar",
    "display_name",
    "read_document",
    "read_text",
]
