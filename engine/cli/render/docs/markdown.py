"""Blocks as Markdown.

Texts come from packs and systems, also from elsewhere: whatever they hold is shown as text, in wikis and
repositories too, which would show its HTML, pictures and links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from engine.cli.render.docs.blocks import Block, Bullets, Cell, Code, Heading, Inline, Paragraph, Table

_SPECIAL = re.compile(r"[\\*_\[\]|]|!(?=\[)|(?<=\])\(|~(?=~)|(?<=~)~")
# A backtick after a backslash would still join one that begins code.
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "`": "&#96;"}
_BEGINS = re.compile(r"(?:[#+=-]|[0-9]+(?=[.)]))")  # a heading, a list, a line


def markdown(blocks: Iterable[Block]) -> str:
    """The page as Markdown, ending with a line end."""
    return "\n\n".join(_markdown(block) for block in blocks) + "\n"


def _markdown(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * level} {_escaped(text)}"
        case Paragraph(parts):
            return _started(_line(parts))
        case Bullets(rows):
            return "\n".join(f"- {_started(_line(row))}" for row in rows)
        case Table(heads, rows):
            lines = [f"| {' | '.join(map(_escaped, heads))} |", f"|{' --- |' * len(heads)}"]
            lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
            return "\n".join(lines)


def _cell(cell: Cell) -> str:
    return "<br>".join(_line(line, in_cell=True) for line in cell)


def _line(parts: Sequence[Inline], *, in_cell: bool = False) -> str:
    return "".join(
        _fenced(part.text, in_cell=in_cell) if isinstance(part, Code) else _escaped(part) for part in parts
    )


def _started(line: str) -> str:
    """A line that does not begin a heading, a list or a rule."""
    begin = _BEGINS.match(line)
    if begin is None:
        return line
    at = begin.end() if begin[0].isdigit() else 0
    return f"{line[:at]}\\{line[at:]}"


def _escaped(text: str) -> str:
    """Text as text, on one line."""
    text = re.sub("[&<>`]", lambda match: _ENTITIES[match[0]], _one_line(text))
    return _SPECIAL.sub(lambda match: f"\\{match[0]}", text)


def _one_line(text: str) -> str:
    return re.sub(r"\s*[\r\n]\s*", " ", text)


def _fenced(text: str, *, in_cell: bool) -> str:
    """Code in as many backticks as it takes."""
    text = _one_line(text)
    if in_cell and "\\|" in text:  # no table can have these two characters in code
        return _escaped(text)
    if in_cell:
        text = text.replace("|", "\\|")
    if not text.strip():
        return text
    fence = "`"
    while fence in text:
        fence += "`"
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"
