"""Rule: a text of a pack is shown as text, in HTML and in Markdown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.cli.render.docs.blocks import Block, Bullets, Code, Heading, Paragraph, Table
from engine.cli.render.docs.html import html_page
from engine.cli.render.docs.markdown import markdown
from tests.cases.harness import case_folder
from tests.e2e.harness import copy_of_the_checkout

CASE = "62-html-in-a-doc"
CONFIG = "configs/acme.yaml"
HOSTILE = (
    "<script>alert(1)</script>",
    "![p](http://picture.example/p.png)",
    "[c](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    "[a]: http://x.example",
    "**bold** and _slanted_ and `code` and ~~struck~~",
    "&lt;b&gt;",
    "a | b \\| c \\",
    "`` ` <b>",
    "\\`<b>\\`",
)
ACTIVE = re.compile(r"<(?!br>)\w|\]\(|!\[|(?<!\\)[*_`\[\]]|(?<!\\)~~")


def outside_code(text: str) -> str:
    """Markdown without its code spans, which show everything as it is."""
    return re.sub(r"(?<![\\`])(`+)(?!`).+?(?<!`)\1(?!`)", "", text)


def test_the_texts_of_the_case(tmp_path: Path) -> None:
    sync = copy_of_the_checkout(tmp_path)
    doc = (case_folder(CASE) / "mappings/psohub-xero/invoices-doc.yaml").read_text("utf-8").splitlines()[1]
    mapping = tmp_path / "mappings/psohub-xero/invoices.yaml"
    mapping.write_text(mapping.read_text("utf-8").replace("doc: ", f"{doc}\n# ", 1), "utf-8")
    table = tmp_path / "mappings/psohub-xero/tables/tax_types.csv"
    table.write_text(table.read_text("utf-8") + '"<b>bold</b>","a | `b`"\n', "utf-8")
    text = sync("docs", CONFIG).out
    page = sync("docs", CONFIG, "--format", "html").out
    assert "](" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "| &lt;b&gt;bold&lt;/b&gt; | a \\| &#96;b&#96; |" in text
    for shown in (text, page):
        assert "<script" not in shown
        assert "<b>" not in shown
        assert "<img" not in shown
    sync("docs", CONFIG, "--out", "made")
    assert (tmp_path / "made/field-reference.md").read_text("utf-8") == text


@pytest.mark.parametrize("text", HOSTILE)
def test_every_kind_of_block(text: str) -> None:
    blocks: list[Block] = [
        Heading(2, text),
        Paragraph([text, " ", Code(text), " ", text]),
        Bullets([[text, " ", Code(text)]]),
        Table((text, "b"), [[[[text], [Code(text)]], [[text, " ", Code("c")]]]]),
    ]
    shown = markdown(blocks)
    assert ACTIVE.findall(outside_code(shown)) == []
    rows = [line for line in shown.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows} == {3}
    assert "<script" not in html_page(text, blocks)


@pytest.mark.parametrize(
    "text", ["# a", "- a", "+ a", "1. a", "2) a", "===", "---", "> a", "a\n# b", "a\r\n- b", "a\n\n<b>"]
)
def test_nothing_begins_with_a_line(text: str) -> None:
    for block in (Paragraph([text]), Bullets([[text]]), Heading(1, text), Table(("h",), [[[[text]]]])):
        lines = markdown([block]).rstrip("\n").splitlines()
        own = lines[-1].removeprefix("- ").removeprefix("# ").removeprefix("| ")
        assert len(lines) == (3 if isinstance(block, Table) else 1)
        if isinstance(block, Paragraph | Bullets):
            assert not re.match(r"#|[-+=>]|\d+[.)]", own)
