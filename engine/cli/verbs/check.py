"""`sync check`: every mistake of every file, without network or secrets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.options import PATH, output_option
from engine.cli.output import counted, print_error, print_json, print_text
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from engine.model.codes import Page
    from engine.model.diagnostics import Diagnostics

ALL = "all"


@click.command("check")
@click.argument("config", type=PATH, required=False)
@click.option(
    "--explain",
    "code",
    metavar="CODE",
    help='Explain a code such as M204 or a word such as lookup, or list "all" codes.',
)
@output_option
@click.pass_context
def command(ctx: click.Context, config: Path | None, code: str | None, output: str) -> int:
    """Read and compile a config, its pack and its mappings, and list every mistake at once.

    Needs no network and no secrets.

    \b
    sync check configs/acme.yaml
    sync check --explain M204
    sync check --explain lookup
    sync check --explain all
    """
    if code is not None:
        return _explain(code, output)
    if config is None:
        instead = "Name a config, or a code with --explain"
        raise click.MissingParameter(instead, ctx, param_hint="'CONFIG'", param_type="argument")
    from engine.cli.render.diagnostics import diagnostics_json

    diagnostics = _check(config, output)
    if output == "json":
        print_json({"diagnostics": diagnostics_json(diagnostics)})
    else:
        _show(config, diagnostics)
    return 2 if diagnostics.errors else 0


def _check(config: Path, output: str) -> Diagnostics:
    from engine.model.diagnostic import Span
    from engine.model.diagnostics import Diagnostics
    from engine.workspace import check_project

    try:
        return check_project(config)[1]
    except ConfigError as error:
        if output != "json":
            raise
        # A program that reads diagnostics must find one: a missing config is a mistake like any other.
        diagnostics = Diagnostics()
        diagnostics.error("Y101", Span(str(config)), str(error))
        return diagnostics


def _show(config: Path, diagnostics: Diagnostics) -> None:
    for diagnostic in diagnostics:
        print_text(str(diagnostic))
    print_text(f"{config}: {_summary(diagnostics)}")
    if diagnostics.errors:
        # For the person at the terminal, not for a program that reads the mistakes from standard output.
        first = next(diagnostic.code for diagnostic in diagnostics if diagnostic.severity == "error")
        print_error(f"sync check --explain {first} says more about {first}")


def _summary(diagnostics: Diagnostics) -> str:
    errors = len(diagnostics.errors)
    warnings = len(diagnostics.reported) - errors
    counts = [counted(errors, "mistake")] if errors else []
    counts += [counted(warnings, "warning")] if warnings else []
    return ", ".join(counts) or "no mistakes"


def _explain(code: str, output: str) -> int:
    """Print the page of a code or a word of the language, or the list of all codes."""
    from engine.cli.render.codes import code_page_text
    from engine.model.codes import CODES

    if code.strip().casefold() == ALL:
        if output == "json":
            print_json({"codes": [{"code": code, "title": title} for code, title in CODES.items()]})
        else:
            print_text("\n".join(f"{code}  {title}" for code, title in CODES.items()))
        return 0
    page = _page(code)
    if output == "json":
        print_json({"code": page.code, "title": page.title, "page": page.text})
    else:
        print_text(code_page_text(page))
    return 0


def _page(text: str) -> Page:
    from engine.mapping.describe.word_pages import page as word_page
    from engine.mapping.syntax.language import FUNCTIONS, RULE, TESTS
    from engine.model.advice import did_you_mean
    from engine.model.codes import CODES, Page, pages

    code = text.strip().upper()
    for page in pages() if code in CODES else ():
        if page.code == code:
            return page
    word = text.strip()
    if meaning := word_page(word):
        return Page(word, "a word of the mapping language", meaning)
    known = (*CODES, *RULE, *FUNCTIONS, *TESTS)
    hint = did_you_mean(word, known) or f"sync check --explain {ALL} lists every code"
    raise ConfigError(f'unknown code or word "{text}"; {hint}')
