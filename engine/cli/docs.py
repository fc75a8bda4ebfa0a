"""`sync docs`: the field reference of a pack, as Markdown and as one HTML page."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.options import config_argument


@click.command("docs", short_help="write the field reference of the pack")
@config_argument
@click.option(
    "--format", "kind", type=click.Choice(["markdown", "html"]), default="markdown", show_default=True
)
@click.option("--out", type=click.Path(path_type=Path), help="A folder: write both forms into it.")
def command(config: Path, kind: str, out: Path | None) -> int:
    """Write the "Data Mapping and Field Reference": for each object which field is filled from what.

    Prints Markdown, or with --format html one page that needs nothing else. With --out DIR both are written,
    as DIR/field-reference.md and DIR/field-reference.html.
    """
    from engine.cli.docs_blocks import html_page, markdown
    from engine.cli.docs_page import page, page_title
    from engine.cli.files import write_text
    from engine.document import display_name
    from engine.mapping.reference import field_reference
    from engine.workspace import load_project

    project = load_project(config)
    own = project.config
    overridden = frozenset({display_name(own.path), own.span.file})
    blocks = page(own, field_reference(project.programs.pack, project.programs.order), overridden)
    texts = {"markdown": lambda: markdown(blocks), "html": lambda: html_page(page_title(own), blocks)}
    if out is None:
        click.echo(texts[kind](), nl=False)
        return 0
    for name, form in (("field-reference.md", "markdown"), ("field-reference.html", "html")):
        write_text(out / name, texts[form]())
        click.echo(f"wrote {display_name(out / name)}")
    return 0
