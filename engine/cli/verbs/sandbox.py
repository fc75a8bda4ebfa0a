"""`sync sandbox`: local stand-ins for the systems, for people to try things on."""

from __future__ import annotations

import json
import os
import time
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import PATH, DefaultGroup, config_argument, output_option
from engine.cli.output import print_json, print_text
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from pydantic import BaseModel

    from engine.sdk.connector import Sandbox
    from engine.workspace import Workspace


@click.group("sandbox", cls=DefaultGroup, default="serve", alone=True)
def command() -> None:
    """Serve PSOhub and Xero sandboxes on this machine, or act in one as a customer would.

    \b
    sync sandbox configs/acme.yaml                      the sandboxes of a config
    sync sandbox --invoices 1000                        a company of that size, without a config
    sync sandbox pay configs/acme.yaml INV-2026-0001    pay an invoice
    sync sandbox prepay configs/acme.yaml INV-2026-0001 settle it by a prepayment
    """


@command.command("serve", short_help="serve the sandboxes until Ctrl-C")
@click.argument("config", type=PATH, required=False)
@click.option("--invoices", type=click.IntRange(0), help="Number of invoices in PSOhub.")
@click.option("--customers", type=click.IntRange(1), help="Number of customers in PSOhub.")
@click.option("--seed", type=int, help="Generate a different company of the same size.")
@click.option(
    "--strict/--lenient",
    default=None,
    help="Whether the sandboxes are as strict as the systems: they are, unless --lenient is given.",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65000),
    help="Port of the first system; others use the next ones.",
)
@click.option("--state", type=PATH, metavar="DIR", help="Where to keep the state if no config is given.")
@output_option
def serve(
    config: Path | None,
    invoices: int | None,
    customers: int | None,
    seed: int | None,
    strict: bool | None,
    port: int | None,
    state: Path | None,
    output: str,
) -> int:
    """Serve the sandboxes until Ctrl-C, and print the settings that a config needs to reach them."""
    options = {"invoices": invoices, "customers": customers, "seed": seed, "strict": strict}
    given = {name: value for name, value in options.items() if value is not None}
    with ExitStack() as stack:
        try:
            if config is not None:
                systems = _serve_config(stack, config, given, port)
            else:
                systems = _serve_all(stack, given, port, state or Path(".sync") / "sandbox")
        except OSError as error:
            why = os.strerror(error.errno).lower() if error.errno else str(error)
            raise ConfigError(f"cannot serve the sandboxes: {why}; try another --port") from error
        try:
            show_settings(systems, output)
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return 0


def _serve_config(stack: ExitStack, config: Path, given: dict[str, Any], port: int | None) -> dict[str, Any]:
    from dataclasses import replace

    from engine.workspace import load_project, serving_sandbox

    project = load_project(config)
    systems: dict[str, Any] = {}
    parts = [part for part in project.config.systems.values() if part.sandbox is not None]
    if not parts:
        raise ConfigError(f"{config} has no system with `sandbox: true`")
    for index, part in enumerate(parts):
        connector = project.connectors[part.name]
        known = connector.sandbox.options.model_fields if connector.sandbox else {}
        options = {**(part.sandbox or {}), **{name: value for name, value in given.items() if name in known}}
        served = serving_sandbox(
            project.config, replace(part, sandbox=options), connector, port=port + index if port else 0
        )
        systems[part.name] = dict(stack.enter_context(served))
    return systems


def _serve_all(stack: ExitStack, given: dict[str, Any], port: int | None, state: Path) -> dict[str, Any]:
    """Serve the sandbox of every installed connector, for configs that name the addresses themselves."""
    from engine.registry import connector_names, find_connector
    from engine.sdk.sandbox import serving
    from engine.workspace import sandbox_app

    systems: dict[str, Any] = {}
    for name in connector_names():
        sandbox = find_connector(name).sandbox
        if sandbox is None:
            continue
        accepted = {key: value for key, value in given.items() if key in sandbox.options.model_fields}
        options = _options(name, sandbox, accepted)
        sized = {key: value for key, value in accepted.items() if key != "strict"}  # same data either way
        suffix = "-".join(map(str, sized.values()))
        file = state / f"{name}{'-' + suffix if suffix else ''}.db"
        app = sandbox_app(sandbox, file, options, f"the sandbox of {name}")
        origin = stack.enter_context(serving(app, port=port + len(systems) if port else 0))
        systems[name] = dict(sandbox.settings(origin, options))
    return systems


def _options(name: str, sandbox: Sandbox, given: dict[str, Any]) -> BaseModel:
    """The options of a sandbox. Raises ConfigError if its own model refuses them."""
    from pydantic import ValidationError

    try:
        return sandbox.options.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        option = ".".join(map(str, first["loc"]))
        raise ConfigError(f"the sandbox of {name} refuses --{option}: {first['msg']}") from None


def show_settings(systems: dict[str, Any], output: str) -> None:
    if output == "json":
        exact = {
            name: {key: _exact(value) for key, value in settings.items()}
            for name, settings in systems.items()
        }
        print_json({"systems": exact}, indent=None)  # one line, as the program goes on
        return
    print_text("systems:  # copy into a config; Ctrl-C stops the sandboxes")
    for name, settings in systems.items():
        print_text(f"  {name}:\n    connector: {name}")
        for key, value in settings.items():
            print_text(f"    {key}: {json.dumps(value, ensure_ascii=False)}")


def _exact(setting: Any) -> Any:
    """A setting as our JSON takes it: it refuses floats, which in a payload would be inexact money."""
    return Decimal(str(setting)) if isinstance(setting, float) else setting


PLAYS = {
    "pay": "pay an invoice as its customer would",
    "prepay": "settle an invoice by a prepayment",
    "overpay": "settle an invoice by an overpayment",
    "credit": "settle an invoice by a credit note",
    "refund": "pay back what is left of a credit note",
}


def _play(verb: str, help_: str) -> click.Command:
    @click.command(verb, help=f"{help_.capitalize()}.", short_help=help_)
    @config_argument
    @click.argument("document")
    @output_option
    def act(config: Path, document: str, output: str) -> int:
        return _act(verb, config, document, output)

    return act


for _verb, _help in PLAYS.items():
    command.add_command(_play(_verb, _help))


def _act(verb: str, config: Path, document: str, output: str) -> int:
    """Act in the first sandbox that can: on a document by its number or address, or Xero's number or id."""
    from engine.workspace import load_project, open_workspace

    project = load_project(config)
    with open_workspace(project, read_only=True) as workspace:
        for name, part in project.config.systems.items():
            sandbox = project.connectors[name].sandbox
            if part.sandbox is None or sandbox is None or verb not in sandbox.play:
                continue
            target_id = _target_id(workspace, name, document)
            message = sandbox.play[verb](workspace.systems[name], target_id)
            if output == "json":
                print_json({"config": project.config.name, "system": name, "id": target_id, "said": message})
            else:
                print_text(message)
            return 0
    raise ConfigError(f"{config} has no sandbox that can {verb}; real systems are not touched")


def _target_id(workspace: Workspace, system: str, wanted: str) -> str:
    """The target's id of a document, given either side's number, address or id."""
    from engine.model.record import Record

    for program in workspace.project.programs.mappings.values():
        if program.target is None or program.linked or program.target.system != system:
            continue
        title = workspace.project.streams[program.target].title
        for link in workspace.ledger.links.all(program.name):
            names = {
                str(link.address),
                link.address.key,
                str(link.target),
                link.target.key,
                link.last_seen.get(title),
            }
            if wanted in names:
                return link.target.key
        source, _ = program.ends
        source_title = workspace.project.streams[source].title
        for record in workspace.systems[source.system].source.read(source.stream):
            if isinstance(record, Record) and record.values.get(source_title) == wanted:
                pushed = workspace.ledger.links.get(program.name, record.address)
                if pushed is not None:
                    return pushed.target.key
    raise ConfigError(f'no pushed document has the number or id "{wanted}"; `sync run` pushes what is new')
