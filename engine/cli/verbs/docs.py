"""`sync docs`: the field reference of a pack, or the fields of its streams."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import PATH, config_argument, output_option
from engine.cli.output import on_terminal, print_json, print_page
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.cli.render.docs.blocks import Block


@click.command("docs")
@config_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "html"]),
    help="What to print; by default formatted text on a terminal, and Markdown elsewhere.",
)
@click.option("--out", type=PATH, metavar="DIR", help="Write a Markdown and an HTML file to DIR instead.")
@click.option("--stream", metavar="STREAM", help='List the fields of one stream instead, or of "all".')
@output_option
def command(config: Path, form: str | None, out: Path | None, stream: str | None, output: str) -> int:
    """Generate the "Data Mapping and Field Reference": how each field of each target object is filled.

    --out DIR writes DIR/field-reference.md and DIR/field-reference.html, a single self-contained page.

    --stream psohub.invoices lists the fields of that stream: those that a mapping can read, or those that a
    target accepts. It works even while the mappings have mistakes.

    \b
    sync docs configs/acme.yaml --out docs
    sync docs configs/acme.yaml --stream psohub.invoices
    """
    from engine.cli.files import write_all
    from engine.cli.render.docs.html import html_page
    from engine.cli.render.docs.markdown import markdown

    page = _stream_page(config, stream) if stream else _reference(config)
    if out is not None:
        base = "streams" if stream else "field-reference"
        texts = {
            out / f"{base}.md": markdown(page.blocks),
            out / f"{base}.html": html_page(page.title, page.blocks),
        }
        write_all(texts, output)
    elif output == "json":
        print_json(page.data)
    elif form is None and on_terminal():
        from engine.cli.render.docs.terminal import print_blocks

        print_blocks(page.blocks)
    else:
        print_page(html_page(page.title, page.blocks) if form == "html" else markdown(page.blocks))
    return 0


@dataclass(frozen=True, slots=True)
class _Page:
    """A page for people, and the same for programs."""

    title: str
    blocks: list[Block]
    data: dict[str, Any]


def _reference(path: Path) -> _Page:
    from engine.cli.render.docs.json import reference_json
    from engine.cli.render.docs.page import page, page_title
    from engine.document import display_name
    from engine.mapping.describe.reference import field_reference
    from engine.workspace import load_project

    project = load_project(path)
    config = project.config
    overridden = frozenset({display_name(config.path), config.span.file})
    mappings = field_reference(project.programs.pack, project.programs.order)
    return _Page(page_title(config), page(config, mappings, overridden), reference_json(config, mappings))


def _stream_page(config: Path, wanted: str) -> _Page:
    from engine.cli.render.docs.blocks import Heading
    from engine.cli.render.docs.json import streams_json
    from engine.cli.render.docs.streams import stream_blocks
    from engine.model.advice import did_you_mean, with_hint
    from engine.workspace import check_project

    project, diagnostics = check_project(config)
    if project is None:
        diagnostics.raise_if_errors()
        raise ConfigError("the config cannot be used")
    known = {str(ref): stream for ref, stream in project.streams.items()}
    if wanted != "all" and wanted not in known:
        raise ConfigError(with_hint(f"unknown stream {wanted}", did_you_mean(wanted, known)))
    streams = {name: stream for name, stream in known.items() if wanted in ("all", name)}
    title = f"{project.config.pack.name}: streams"
    blocks: list[Block] = [Heading(1, title)]
    for name, stream in streams.items():
        blocks += stream_blocks(name, stream)
    return _Page(title, blocks, streams_json(streams))
