"""Blocks as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.cli.render.docs.blocks import Block, Bullets, Cell, Code, Heading, Inline, Paragraph, Table


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
