"""What a diagnostic code means: the pages behind `sync check --explain`."""

from __future__ import annotations

from collections.abc import Iterator

from engine.cli.output import say, say_json
from engine.model.advice import did_you_mean
from engine.model.codes import CODES, Page, pages
from engine.model.errors import ConfigError

ALL = "all"


def explain(asked: str, output: str) -> int:
    """Print the page of a code, or the list of them. Raises ConfigError where there is no such code."""
    if asked.strip().casefold() == ALL:
        _list(output)
        return 0
    page = _page(asked)
    if output == "json":
        say_json({"code": page.code, "title": page.title, "page": page.text})
    else:
        say(f"{page.code}: {page.title}\n")
        say("\n".join(_shown(page.text)))
    return 0


def _list(output: str) -> None:
    if output == "json":
        say_json({"codes": [{"code": code, "title": title} for code, title in CODES.items()]})
    else:
        say("\n".join(f"{code}  {title}" for code, title in CODES.items()))


def _page(asked: str) -> Page:
    code = asked.strip().upper()
    for page in pages() if code in CODES else ():
        if page.code == code:
            return page
    more = did_you_mean(code, CODES) or f"sync check --explain {ALL} lists them"
    raise ConfigError(f'there is no code "{asked}"; {more}')


def _shown(text: str) -> Iterator[str]:
    """Markdown as a terminal shows it best: examples are set in, without their fences."""
    fenced = False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        else:
            yield f"    {line}" if fenced and line else line
