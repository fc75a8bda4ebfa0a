"""Blocks on a terminal: headings, text and tables as wide as the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from engine.cli.output import plain
from engine.cli.render.docs.blocks import Block, Bullets, Cell, Code, Heading, Inline, Paragraph, Table

HEADING_STYLES = {1: "bold underline", 2: "bold"}


def print_blocks(blocks: Iterable[Block]) -> None:
    console = Console(highlight=False)
    for block in blocks:
        console.print(_rendered(block))
        console.print()


def _rendered(block: Block) -> Text | Grid | Group:
    match block:
        case Heading(level, text):
            return Text(plain(text), HEADING_STYLES.get(level, "italic"))
        case Paragraph(parts):
            return _line(parts)
        case Bullets(rows):
            return Group(*(Padding(Text("• ").append_text(_line(row)), (0, 2), expand=False) for row in rows))
        case Table(heads, rows):
            several_lines = any(len(cell) > 1 for row in rows for cell in row)
            grid = Grid(header_style="bold", show_lines=several_lines)
            for head in heads:
                grid.add_column(head, overflow="fold")  # a path is never cut off
            for row in rows:
                grid.add_row(*map(_cell, row))
            return grid


def _cell(cell: Cell) -> Text:
    return Text("\n").join(map(_line, cell))


def _line(parts: Sequence[Inline]) -> Text:
    line = Text()
    for part in parts:
        line.append(plain(part.text), "cyan") if isinstance(part, Code) else line.append(plain(part))
    return line
