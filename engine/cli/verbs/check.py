"""`sync check`: every mistake of every file, without network or secrets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.options import PATH, output_option
from engine.cli.output import complain, counted, say, say_json
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.model.codes import Page
    from engine.model.diagnostics import Diagnostics


ALL = "all"


@click.command("check")
@click.argument("config", type=PATH, required=False)
@click.option(
    "--explain", "code", metavar="CODE", help="Tell what a code such as M204 means; all lists every code."
)
@output_option
@click.pass_context
def command(ctx: click.Context, config: Path | None, code: str | None, output: str) -> int:
    """Read and compile a config, its pack and its mappings, and show every mistake at once.

    \b
    sync check configs/acme.yaml
    sync check --explain M204
    sync check --explain all
    """
    if code is not None:
        return _explain(code, output)
    if config is None:
        instead = "Name one, or a code with --explain"
        raise click.MissingParameter(instead, ctx, param_hint="'CONFIG'", param_type="argument")
    from engine.cli.render.diagnostics import diagnostics_json

    found = _checked(config, output)
    if output == "json":
        say_json({"diagnostics": diagnostics_json(found)})
    else:
        _show(config, found)
    return 2 if found.errors else 0


def _explain(code: str, output: str) -> int:
    """Print the page of a code, or the list of all codes."""
    from engine.cli.render.codes import code_page_text
    from engine.model.codes import CODES

    if code.strip().casefold() == ALL:
        if output == "json":
            say_json({"codes": [{"code": code, "title": title} for code, title in CODES.items()]})
        else:
            say("\n".join(f"{code}  {title}" for code, title in CODES.items()))
        return 0
    page = _page(code)
    if output == "json":
        say_json({"code": page.code, "title": page.title, "page": page.text})
    else:
        say(code_page_text(page))
    return 0


def _page(text: str) -> Page:
    from engine.model.advice import did_you_mean
    from engine.model.codes import CODES, pages

    code = text.strip().upper()
    for page in pages() if code in CODES else ():
        if page.code == code:
            return page
    hint = did_you_mean(code, CODES) or f"sync check --explain {ALL} lists them"
    raise ConfigError(f'there is no code "{text}"; {hint}')


def _show(config: Path, found: Diagnostics) -> None:
    for one in found:
        say(str(one))
    say(f"{config}: {_sum(found)}")
    if found.errors:
        # For the person in front of it, not for whoever reads the mistakes from standard output.
        first = next(one.code for one in found if one.severity == "error")
        complain(f"sync check --explain {first} tells more")


def _checked(config: Path, output: str) -> Diagnostics:
    from engine.model.diagnostic import Span
    from engine.model.diagnostics import Diagnostics
    from engine.workspace import check_project

    try:
        return check_project(config)[1]
    except ConfigError as error:
        if output != "json":
            raise
        # Whoever reads diagnostics must find one: a config that is not there is a mistake like any other.
        found = Diagnostics()
        found.error("Y101", Span(str(config)), str(error))
        return found


def _sum(found: Diagnostics) -> str:
    errors = len(found.errors)
    warnings = len(found.found) - errors
    said = [counted(errors, "mistake")] if errors else []
    said += [counted(warnings, "warning")] if warnings else []
    return ", ".join(said) or "no mistakes"
