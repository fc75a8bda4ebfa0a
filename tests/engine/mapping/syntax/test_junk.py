"""Anything at all in place of a mapping: it compiles and maps, or every mistake has a code and a place."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.document import read_document
from engine.mapping import compile_pack
from engine.mapping.syntax.language import RULE
from engine.model.codes import CODES
from engine.model.diagnostics import Diagnostics
from engine.model.payload import Payload
from tests.engine.mapping.mapping_catalog import CATALOG
from tests.engine.mapping.mapping_examples import PACK
from tests.engine.mapping.mapping_kit import (
    FRAME,
    RUN,
    SETTINGS,
    TABLES,
    documents,
    override_node,
    record,
)

MANY = os.environ.get("MAPPING_EXAMPLES")
RANDOM = settings(max_examples=int(MANY or 60), deadline=None, derandomize=not MANY, database=None)
TOKENS = [
    *("invoice", "settings", "run", "line", "x", ".", ".", ".", "number", "days", "note", "lines", "project"),
    *("status", "tags", "raw", "due_days", "amounts", "|", "|", "upper", "abs", "round", "date", "plus_days"),
    *("sum", "count", "text", "split", "replace", "(", "(", ")", ")", "[", "]", "{", "}", ",", ":", "~", "+"),
    *("-", "*", "/", "//", "%", "**", "==", "!=", "<", ">=", "in", "not", "and", "or", "if", "else", "is"),
    *("missing", "present", "true", "none", "'a'", "'2026-01-31'", "''", '"b"', "1", "0", "1.5", "-1", "1e9"),
    *("é", "'", '"', "\\", "}}", "{{", "{%", "#}", "=", "!", "@", ";", "\u2028"),
]
WORDS = [
    "",
    " ",
    "x",
    "200",
    "0200",
    "NO",
    "~",
    "invoices",
    "lines",
    "contacts",
    "psohub.invoices",
    "xero.invoices",
    "line",
]
TARGETS = [
    "Reference",
    "Days",
    "CurrencyRate",
    "Date",
    "Tags",
    "Note",
    "Anything",
    "LineItems",
    "Contact",
    "Status",
    "Nope",
]
TOP = [
    "mapping",
    "doc",
    "source",
    "shape",
    "target",
    "totals",
    "fields",
    "actions",
    "stream",
    "as",
    "where",
    "match",
]

expressions = st.lists(st.sampled_from(TOKENS), min_size=1, max_size=9).map(
    lambda tokens: f"{{{{ {' '.join(tokens)} }}}}"
)
paths = st.sampled_from(
    ["invoice.number", "invoice.days", "invoice.lines", "invoice.final", "invoice.raw", "line.name"]
)
texts = st.one_of(
    expressions, paths.map(lambda path: f"{{{{ {path} }}}}"), st.sampled_from(WORDS), st.text(max_size=5)
)
scalars = st.one_of(texts, st.none(), st.booleans(), st.integers(-5, 10**6), st.sampled_from([1.5, 1e20]))
KNOWN = st.sampled_from([*RULE, "in", "by", "give", "a", "Text", "Description"])
trees = st.recursive(
    scalars,
    lambda sub: st.lists(sub, max_size=3) | st.dictionaries(KNOWN | st.text(max_size=3), sub, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("junk")


def written(tree: Any) -> str:
    """In YAML's flow style. JSON's pairs of surrogates are no YAML, so characters are written as they are."""
    return json.dumps(tree, ensure_ascii=False)


def compiles_or_says(folder: Path, overrides: str = "", **files: str) -> None:
    diagnostics = Diagnostics()
    docs = documents(diagnostics, folder, **files)
    over = None
    if overrides and read_document(_config(folder, overrides), Diagnostics()) is not None:
        over = override_node(diagnostics, folder, overrides)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Python's own, about the generated code
        programs = compile_pack(docs, CATALOG, diagnostics, over)
    for diagnostic in diagnostics:
        assert diagnostic.code in CODES
        assert diagnostic.span.file.endswith(".yaml")
        assert diagnostic.span.line >= 1
        assert diagnostic.span.column >= 1
        assert diagnostic.message
        assert str(diagnostic)
    if diagnostics.errors:
        return
    for name in programs.order:
        run = programs.mappings[name].link(SETTINGS, TABLES, RUN)
        made = run(record(days=3, note="n"))
        assert made is None or isinstance(made, Payload | tuple)


def _config(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@RANDOM
@given(field=st.sampled_from(TARGETS), tree=trees)
def test_any_tree_as_a_rule(folder: Path, field: str, tree: Any) -> None:
    compiles_or_says(folder, **{**PACK, "invoices": f"{FRAME}  {field}: {written(tree)}\n"})


@RANDOM
@given(expression=st.lists(st.sampled_from(TOKENS), min_size=1, max_size=14).map(" ".join))
def test_any_words_as_an_expression(folder: Path, expression: str) -> None:
    compiles_or_says(folder, invoices=f"{FRAME}  Anything: {written('{{ ' + expression + ' }}')}\n")


@RANDOM
@given(text=st.text(st.sampled_from("{}%#'\"\\ |.()[]~ax1\n-+"), max_size=30))
def test_any_text_with_braces(folder: Path, text: str) -> None:
    compiles_or_says(folder, invoices=f"{FRAME}  Url: {written(text)}\n")


@RANDOM
@given(parts=st.dictionaries(st.sampled_from(TOP) | st.text(max_size=4), trees, max_size=8))
def test_any_tree_as_a_file(folder: Path, parts: dict[str, Any]) -> None:
    compiles_or_says(folder, **{**PACK, "other": written(parts)})


@RANDOM
@given(key=st.sampled_from(TOP), tree=trees)
def test_any_tree_as_a_part_of_a_file(folder: Path, key: str, tree: Any) -> None:
    base: dict[str, Any] = {
        "mapping": "other",
        "source": {"stream": "psohub.invoices", "as": "invoice"},
        "target": {"stream": "xero.invoices", "create": "never"},
        "fields": {"Reference": "x"},
    }
    compiles_or_says(folder, **{**PACK, "other": written({**base, key: tree})})


@RANDOM
@given(
    tree=st.dictionaries(
        st.sampled_from(["invoices", "lines", "nope"]), trees | st.dictionaries(st.sampled_from(TOP), trees)
    )
)
def test_any_tree_as_an_override(folder: Path, tree: Any) -> None:
    compiles_or_says(folder, written(tree), **PACK)


@RANDOM
@given(text=st.text(max_size=60))
def test_any_text_as_a_file(folder: Path, text: str) -> None:
    compiles_or_says(folder, other=text.encode("utf-8", "replace").decode())
