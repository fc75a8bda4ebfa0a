"""`sync docs`: the field reference of a pack, as Markdown and as one HTML page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import PATH, config_argument, output_option
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.cli.render.docs.blocks import Block


@click.command("docs")
@config_argument
@click.option(
    "--format", "kind", type=click.Choice(["markdown", "html"]), default="markdown", show_default=True
)
@click.option("--out", type=PATH, help="A folder: write both forms into it.")
@click.option("--stream", metavar="STREAM", help="Instead, the fields of one stream, or of `all`.")
@output_option
def command(config: Path, kind: str, out: Path | None, stream: str | None, output: str) -> int:
    """Write the "Data Mapping and Field Reference": for each object which field is filled from what.

    Prints Markdown, or with --format html one page that needs nothing else. With --out DIR both are written,
    as DIR/field-reference.md and DIR/field-reference.html.

    --stream psohub.invoices lists what a record of that stream may hold: what the holes of a mapping can
    name, or what a target takes. It works while the mappings have mistakes.
    """
    from engine.cli.files import write_all
    from engine.cli.output import say_json, say_page
    from engine.cli.render.docs.html import html_page
    from engine.cli.render.docs.markdown import markdown

    page = _stream_pages(config, stream) if stream else _reference(config)
    if out is not None:
        base = "streams" if stream else "field-reference"
        texts = {
            out / f"{base}.md": markdown(page.blocks),
            out / f"{base}.html": html_page(page.title, page.blocks),
        }
        write_all(texts, output)
    elif output == "json":
        say_json(page.data)
    else:
        say_page(html_page(page.title, page.blocks) if kind == "html" else markdown(page.blocks))
    return 0


@dataclass(frozen=True, slots=True)
class _Page:
    """What is told, for people and for programs."""

    title: str
    blocks: list[Block]
    data: dict[str, Any]


def _reference(config: Path) -> _Page:
    from engine.cli.render.docs.json import reference_json
    from engine.cli.render.docs.page import page, page_title
    from engine.document import display_name
    from engine.mapping.describe.reference import field_reference
    from engine.workspace import load_project

    project = load_project(config)
    own = project.config
    overridden = frozenset({display_name(own.path), own.span.file})
    mappings = field_reference(project.programs.pack, project.programs.order)
    return _Page(page_title(own), page(own, mappings, overridden), reference_json(own, mappings))


def _stream_pages(config: Path, wanted: str) -> _Page:
    from engine.cli.render.docs.blocks import Heading
    from engine.cli.render.docs.json import streams_json
    from engine.cli.render.docs.streams import stream_page
    from engine.model.advice import did_you_mean
    from engine.workspace import check_project

    project, found = check_project(config)
    if project is None:
        found.raise_if_errors()
        raise ConfigError("the config cannot be used")
    known = {str(ref): one for ref, one in project.streams.items()}
    if wanted != "all" and wanted not in known:
        raise ConfigError(f"there is no stream {wanted}; {did_you_mean(wanted, known)}")
    streams = {name: one for name, one in known.items() if wanted in ("all", name)}
    title = f"{project.config.pack.name}: streams"
    blocks: list[Block] = [Heading(1, title)]
    for name, stream in streams.items():
        blocks += stream_page(name, stream)
    return _Page(title, blocks, streams_json(streams))
