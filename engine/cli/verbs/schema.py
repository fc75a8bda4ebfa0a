"""`sync schema`: JSON Schemas for editors, generated for one pack."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.options import PATH, config_argument, output_option
from engine.model.errors import ConfigError

KINDS = ("mapping", "pack", "config")


@click.command("schema")
@config_argument
@click.option("--kind", type=click.Choice(KINDS), help="Print only this schema, on standard output.")
@click.option("--out", type=PATH, metavar="DIR", help="The folder to write to; by default PACK/schemas.")
@output_option
def command(config: Path, kind: str | None, out: Path | None, output: str) -> int:
    """Generate JSON Schemas for the mappings, the pack and the configs of a pack.

    With them an editor completes and explains the pack's own fields, settings and tables. Each file names its
    schema in its first line:

    \b
    # yaml-language-server: $schema=schemas/mapping.schema.json
    """
    from engine.cli.files import write_all
    from engine.cli.output import print_page
    from engine.cli.render.schemas import schema_texts
    from engine.config.pack import is_installed
    from engine.workspace import load_project

    project = load_project(config)
    texts = schema_texts(project)
    if kind is not None:
        print_page(texts[kind])
        return 0
    pack = project.config.pack
    if out is None and is_installed(pack.folder, config):
        raise ConfigError(f"the pack {pack.name} is part of the installation; name a folder with --out")
    folder = out or pack.folder / "schemas"
    write_all({folder / f"{name}.schema.json": text for name, text in texts.items()}, output)
    return 0
