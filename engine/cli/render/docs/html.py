"""Blocks as one self-contained HTML page."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from engine.cli.render.docs.blocks import Block, Bullets, Cell, Code, Heading, Inline, Paragraph, Table

STYLE = """
:root { --ink: #1d2129; --dim: #5b6472; --line: #d9dee6; --shade: #f4f6f9; --paper: #fff; --mark: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e8ee; --dim: #98a2b3; --line: #323a46; --shade: #1d232c; --paper: #14181f;
    --mark: #7db4f0; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 84rem; padding: 2.5rem 1.5rem 5rem; color: var(--ink);
  background: var(--paper); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 .6rem; }
h2 { font-size: 1.3rem; margin: 3rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.02rem; margin: 1.8rem 0 .4rem; }
p, ul { max-width: 52rem; }
code { font: .87em ui-monospace, "SF Mono", Consolas, monospace; background: var(--shade);
  padding: .08em .3em; border-radius: 3px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .8rem 0; font-size: .92em; }
th { text-align: left; font-weight: 600; color: var(--dim); border-bottom: 2px solid var(--line);
  padding: .4rem .6rem; }
td { vertical-align: top; border-bottom: 1px solid var(--line); padding: .45rem .6rem; min-width: 7rem; }
@media print { body { max-width: none; padding: 0; font-size: 11px; } }
"""


def html_page(title: str, blocks: Sequence[Block]) -> str:
    """The page as one HTML file: no scripts, fonts or network addresses."""
    body = "\n".join(_html(block) for block in blocks)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _html(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f'<h{level} id="{_anchor(text)}">{html.escape(text)}</h{level}>'
        case Paragraph(parts):
            return f"<p>{_span(parts)}</p>"
        case Bullets(rows):
            return "<ul>" + "".join(f"<li>{_span(row)}</li>" for row in rows) + "</ul>"
        case Table(heads, rows):
            head = "".join(f"<th>{html.escape(head)}</th>" for head in heads)
            body = "\n".join(f"<tr>{''.join(map(_data, row))}</tr>" for row in rows)
            table = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
            return f'<div class="wide">{table}</div>'


def _data(cell: Cell) -> str:
    return f"<td>{'<br>'.join(_span(line) for line in cell)}</td>"


def _span(parts: Sequence[Inline]) -> str:
    return "".join(
        f"<code>{_breakable(part.text)}</code>" if isinstance(part, Code) else html.escape(part)
        for part in parts
    )


def _breakable(text: str) -> str:
    """Code that may wrap after its dots and underscores, and nowhere else."""
    return re.sub(r"([._\]])(?=\w)", r"\1<wbr>", html.escape(text))


def _anchor(text: str) -> str:
    return "-".join("".join(letter if letter.isalnum() else " " for letter in text.lower()).split())
