"""The page of a diagnostic code, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.codes import Page


def code_page_text(page: Page) -> str:
    return "\n".join([f"{page.code}: {page.title}", "", *_lines(page.text)])


def _lines(markdown: str) -> Iterator[str]:
    """The Markdown with its examples indented rather than fenced."""
    fenced = False
    for line in markdown.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        else:
            yield f"    {line}" if fenced and line else line
