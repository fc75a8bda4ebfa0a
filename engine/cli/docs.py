"""`sync docs`: the field reference of a pack, as Markdown and as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.options import config_argument
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.cli.docs_blocks import Block


@click.command("docs", short_help="write the field reference of the pack")
@config_argument
@click.option(
    "--format", "kind", type=click.Choice(["markdown", "html"]), default="markdown", show_default=True
)
@click.option("--out", type=click.Path(path_type=Path), help="A folder: write both forms into it.")
@click.option("--stream", metavar="STREAM", help="Instead, the fields of one stream, or of `all`.")
def command(config: Path, kind: str, out: Path | None, stream: str | None) -> int:
    """Write the "Data Mapping and Field Reference": for each object which field is filled from what.

    Prints Markdown, or with --format html one page that needs nothing else. With --out DIR both are written,
    as DIR/field-reference.md and DIR/field-reference.html.

    --stream psohub.invoices lists what a record of that stream may hold: what the holes of a mapping can
    name, or what a target takes. It works while the mappings have mistakes.
    """
    from engine.cli.docs_blocks import html_page, markdown
    from engine.cli.files import write_text
    from engine.document import display_name

    title, blocks = _stream_pages(config, stream) if stream else _reference(config)
    texts = {"markdown": lambda: markdown(blocks), "html": lambda: html_page(title, blocks)}
    if out is None:
        click.echo(texts[kind](), nl=False)
        return 0
    base = "streams" if stream else "field-reference"
    for name, form in ((f"{base}.md", "markdown"), (f"{base}.html", "html")):
        write_text(out / name, texts[form]())
        click.echo(f"wrote {display_name(out / name)}")
    return 0


def _reference(config: Path) -> tuple[str, list[Block]]:
    from engine.cli.docs_page import page, page_title
    from engine.document import display_name
    from engine.mapping.reference import field_reference
    from engine.workspace import load_project

    project = load_project(config)
    own = project.config
    overridden = frozenset({display_name(own.path), own.span.file})
    blocks = page(own, field_reference(project.programs.pack, project.programs.order), overridden)
    return page_title(own), blocks


def _stream_pages(config: Path, wanted: str) -> tuple[str, list[Block]]:
    from engine.cli.docs_blocks import Heading
    from engine.cli.docs_streams import stream_page
    from engine.model.advice import did_you_mean
    from engine.workspace import check_project

    project, found = check_project(config)
    if project is None:
        found.raise_if_errors()
        raise ConfigError("the config cannot be used")
    streams = project.streams if wanted == "all" else {wanted: project.streams.get(wanted)}
    pages: list[Block] = [Heading(1, f"{project.config.pack.name}: streams")]
    for place, stream in streams.items():
        if stream is None:
            raise ConfigError(f"there is no stream {place}; {did_you_mean(place, project.streams)}")
        pages += stream_page(place, stream)
    return f"{project.config.pack.name}: streams", pages
