"""`sync sandbox`: the systems, played on this machine, for people."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import PATH, VerbFirst, config_argument, output_option
from engine.cli.output import say, say_json
from engine.model.errors import ConfigError

if TYPE_CHECKING:
    from pydantic import BaseModel

    from engine.sdk.connector import Sandbox
    from engine.workspace import Workspace


@click.group("sandbox", cls=VerbFirst, meant="serve", alone=True)
def command() -> None:
    """Serve the sandboxes until interrupted, or do in one what a person would do in the system.

    \b
    sync sandbox --invoices 1000          a company of that size, on addresses that are printed
    sync sandbox configs/acme.yaml        the one that a config uses
    sync sandbox pay configs/acme.yaml INV-2026-0001
    """


@command.command("serve", short_help="serve the sandboxes until interrupted")
@click.argument("config", type=PATH, required=False)
@click.option("--invoices", type=click.IntRange(0), help="How many invoices PSOhub offers.")
@click.option("--customers", type=click.IntRange(1), help="To how many customers.")
@click.option("--seed", type=int, help="Another company of the same size.")
@click.option(
    "--port", type=click.IntRange(1, 65000), help="The first system's port; the next takes the next one."
)
@click.option("--state", type=PATH, help="Where the state is kept, without a config.")
@output_option
def serve(
    config: Path | None,
    invoices: int | None,
    customers: int | None,
    seed: int | None,
    port: int | None,
    state: Path | None,
    output: str,
) -> int:
    """Serve the sandboxes until interrupted."""
    given = {"invoices": invoices, "customers": customers, "seed": seed}
    options = {name: value for name, value in given.items() if value is not None}
    with ExitStack() as stack:
        try:
            if config is not None:
                shown = _of_config(stack, config, options, port)
            else:
                shown = _of_connectors(stack, options, port, state or Path(".sync") / "sandbox")
        except OSError as error:
            why = os.strerror(error.errno).lower() if error.errno else str(error)
            raise ConfigError(f"the sandboxes cannot be served: {why}; try another --port") from error
        _tell(shown, output)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return 0


def _of_config(stack: ExitStack, path: Path, options: dict[str, Any], port: int | None) -> dict[str, Any]:
    from dataclasses import replace

    from engine.workspace import load_project, serving_sandbox

    project = load_project(path)
    shown = {}
    parts = [part for part in project.config.systems.values() if part.sandbox is not None]
    if not parts:
        raise ConfigError(f"{path} has no system with `sandbox: true`")
    for at, part in enumerate(parts):
        connector = project.connectors[part.name]
        known = connector.sandbox.options.model_fields if connector.sandbox else {}
        wanted = {**(part.sandbox or {}), **{name: one for name, one in options.items() if name in known}}
        served = serving_sandbox(
            project.config, replace(part, sandbox=wanted), connector, port=port + at if port else 0
        )
        shown[part.name] = dict(stack.enter_context(served))
    return shown


def _of_connectors(
    stack: ExitStack, options: dict[str, Any], port: int | None, state: Path
) -> dict[str, Any]:
    """Every installed connector's sandbox, for configs that name the addresses themselves."""
    from engine.registry import connector_names, find_connector
    from engine.sdk.sandbox import serving
    from engine.workspace import sandbox_app

    shown: dict[str, Any] = {}
    for name in connector_names():
        sandbox = find_connector(name).sandbox
        if sandbox is None:
            continue
        given = {key: one for key, one in options.items() if key in sandbox.options.model_fields}
        chosen = _chosen(name, sandbox, given)
        suffix = "-".join(map(str, given.values()))
        file = state / f"{name}{'-' + suffix if suffix else ''}.db"
        app = sandbox_app(sandbox, file, chosen, f"the sandbox of {name}")
        origin = stack.enter_context(serving(app, port=port + len(shown) if port else 0))
        shown[name] = dict(sandbox.settings(origin, chosen))
    return shown


def _chosen(name: str, sandbox: Sandbox, given: dict[str, Any]) -> BaseModel:
    """The options of a sandbox. Raises ConfigError where its own model refuses them."""
    from pydantic import ValidationError

    try:
        return sandbox.options.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        option = ".".join(map(str, first["loc"]))
        raise ConfigError(f"the sandbox of {name} refuses --{option}: {first['msg']}") from None


def _tell(shown: dict[str, Any], output: str) -> None:
    from engine.sdk.wire import dumps

    if output == "json":
        say_json({"systems": shown}, indent=None)  # a line of its own: the program goes on
        return
    say("systems:  # for a config; Ctrl-C ends the sandboxes")
    for name, settings in shown.items():
        say(f"  {name}:\n    connector: {name}")
        for key, value in settings.items():
            say(f"    {key}: {dumps(value)}")


@command.command("pay", short_help="pay an invoice, as its customer would")
@config_argument
@click.argument("invoice")
@output_option
def pay(config: Path, invoice: str, output: str) -> int:
    """Pay INVOICE in the sandbox, as a customer would: its number, its address, or Xero's number or id."""
    from engine.workspace import load_project, opened

    project = load_project(config)
    with opened(project, read_only=True) as workspace:
        for name, part in project.config.systems.items():
            sandbox = project.connectors[name].sandbox
            if part.sandbox is None or sandbox is None or "pay" not in sandbox.play:
                continue
            target_id = _target_id(workspace, name, invoice)
            said = sandbox.play["pay"](workspace.systems[name], target_id)
            if output == "json":
                say_json({"config": project.config.name, "system": name, "id": target_id, "said": said})
            else:
                say(said)
            return 0
    raise ConfigError(f"{config} has no sandbox in which an invoice can be paid; real money is left alone")


def _target_id(workspace: Workspace, system: str, wanted: str) -> str:
    """The target's id of a record that people know by either side's number, address or id."""
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
        known = workspace.project.streams[source].title
        for record in workspace.systems[source.system].source.read(source.stream):
            if isinstance(record, Record) and record.values.get(known) == wanted:
                link_ = workspace.ledger.links.get(program.name, record.address)
                if link_ is not None:
                    return link_.target.key
    raise ConfigError(f'nothing called "{wanted}" has been pushed yet; `sync run` pushes it')
