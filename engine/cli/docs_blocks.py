"""A page as blocks, and the two ways to write it down: Markdown, and one HTML page that stands alone."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """What stands in a file or in a payload, letter for letter."""

    text: str


Inline = str | Code
Cell = Sequence[Sequence[Inline]]  # lines of a cell


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    parts: Sequence[Inline]


@dataclass(frozen=True, slots=True)
class Bullets:
    rows: Sequence[Sequence[Inline]]


@dataclass(frozen=True, slots=True)
class Table:
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


Block = Heading | Paragraph | Bullets | Table


# ---- Markdown


def markdown(blocks: Iterable[Block]) -> str:
    """The page as Markdown, ending with a line end."""
    return "\n\n".join(_markdown(block) for block in blocks) + "\n"


def _markdown(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * level} {text}"
        case Paragraph(parts):
            return _line(parts)
        case Bullets(rows):
            return "\n".join(f"- {_line(row)}" for row in rows)
        case Table(heads, rows):
            lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
            lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
            return "\n".join(lines)


def _cell(cell: Cell) -> str:
    return "<br>".join(_line(line).replace("|", "\\|").replace("\n", " ") for line in cell)


def _line(parts: Sequence[Inline]) -> str:
    return "".join(_fenced(part.text) if isinstance(part, Code) else part for part in parts)


def _fenced(text: str) -> str:
    """Code in as many backticks as it takes."""
    fence = "`"
    while fence in text:
        fence += "`"
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


# ---- HTML

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
    """The page as one HTML file: no script, no font, no address that must be reached."""
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
            head = "".join(f"<th>{html.escape(one)}</th>" for one in heads)
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
    """Code that may be broken behind its dots and underscores, and nowhere else."""
    return re.sub(r"([._\]])(?=\w)", r"\1<wbr>", html.escape(text))


def _anchor(text: str) -> str:
    return "-".join("".join(one if one.isalnum() else " " for one in text.lower()).split())
