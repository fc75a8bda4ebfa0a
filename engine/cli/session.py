"""One command over one config: open the workspace, take the lock, act, and report however it ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from engine.cli.exits import BUG, INTERRUPTED
from engine.cli.output import Invocation, print_json, print_text
from engine.ledger import Ledger, open_ledger
from engine.model.change import Held
from engine.model.errors import SyncError
from engine.model.link import WRITE
from engine.model.report import ActionRow, RunReport
from engine.passes.context import RunContext
from engine.workspace import Project, Workspace, current_holder, load_project, open_workspace

Act = Callable[[RunContext], None]
T = TypeVar("T")


def run_command(
    command: str, config: Path, output: str, act: Act, *, yes: bool = False, read_only: bool = False
) -> int:
    """Carry out one command over one config and print its report. Returns the exit code.

    Errors are raised for `main` to report; what had been done by then is in the report all the same.
    """
    report = RunReport(command, config.stem, file=str(config))
    invocation = click.get_current_context().find_object(Invocation)
    if invocation is not None:
        invocation.report = report
    try:
        _run(report, config, act, yes=yes, read_only=read_only)
    except (SyncError, KeyboardInterrupt) as error:
        report.exit = error.exit_code if isinstance(error, SyncError) else INTERRUPTED
        if report.run and output == "text":
            _show(report, output)
        raise
    report.exit = _exit_code(report)
    _show(report, output)
    return report.exit


def _exit_code(report: RunReport) -> int:
    drifted = report.reconcile is not None and report.reconcile.drifted
    return 1 if report.held or drifted else 0


def _run(report: RunReport, config: Path, act: Act, *, yes: bool, read_only: bool) -> None:
    from engine.cli.progress import progress

    project = load_project(config)
    report.config, report.sides = project.config.name, _sides(project)
    with progress() as watch, open_workspace(project, watch.say, read_only=read_only) as workspace:
        context = workspace.context(report, approved=yes, progress=watch)
        if read_only:
            report.run = report.command  # it is not recorded, so it has no id
            try:
                workspace.check_identities(read_only=True)
                act(context)
            finally:
                context.complete_report()
            return
        with workspace.ledger.hold_lock(current_holder()):
            _run_recorded(workspace, context, act)


def _sides(project: Project) -> tuple[str, str]:
    """The names of the two systems whose books are compared."""
    mappings = project.programs.mappings
    for program in mappings.values():
        base = mappings.get(program.linked or "")
        if base is not None and base.source and base.target:
            return base.source.system, base.target.system
    return "source", "target"


def _run_recorded(workspace: Workspace, context: RunContext, act: Act) -> None:
    """Act under the lock, with the run and the way it ended recorded in the ledger."""
    from engine.cli.render.report.json import report_json

    report = context.report
    report.run = workspace.ledger.runs.start(report.command, current_holder())
    exit_code, message = BUG, ""
    try:
        workspace.check_identities()
        act(context)
        _add_held(workspace, report)
        exit_code = _exit_code(report)
    except SyncError as error:
        exit_code, message = error.exit_code, str(error)
        raise
    except KeyboardInterrupt:
        exit_code = INTERRUPTED
        raise
    finally:
        context.complete_report()
        quotas = {name: dict(system.source.quotas()) for name, system in workspace.systems.items()}
        recorded = {**report_json(report), "exit": exit_code, "error": message, "quotas": quotas}
        workspace.ledger.runs.end(report.run, exit_code, recorded)


def _add_held(workspace: Workspace, report: RunReport) -> None:
    """Add to the report what earlier runs held and this run did not meet."""
    report.dismissed = len(workspace.ledger.dismissed.all())
    for row in workspace.ledger.held.rows():
        key = (row.mapping if row.verb == WRITE else f"{row.mapping}/{row.verb}", row.address)
        if key not in report.held:
            reason = row.reason if row.verb == WRITE else f"{row.verb}: {row.reason}"
            report.held[key] = Held(row.address, row.mapping, row.code, reason, row.where, row.title)
            if row.verb != WRITE:
                report.note_not_done(
                    ActionRow(row.verb, row.address, row.mapping, "held", row.code, row.reason, row.title)
                )


def change_by_hand(command: str, config: Path, act: Callable[[RunContext], T]) -> tuple[str, T]:
    """Let a person's decision change the ledger, with both systems opened, under the lock and recorded as a
    run. Returns the config's name and what `act` returns.
    """
    project = load_project(config)
    with open_workspace(project) as workspace, workspace.ledger.hold_lock(current_holder()):
        workspace.check_identities()
        context = workspace.context(RunReport(command, project.config.name))
        return project.config.name, _recorded(workspace.ledger, command, lambda: act(context))


def change_ledger(command: str, config: Path, act: Callable[[Project, Ledger], T]) -> tuple[str, T]:
    """The same with the ledger alone: no system is asked."""
    project = load_project(config)
    ledger = open_ledger(project.config.ledger)
    try:
        with ledger.hold_lock(current_holder()):
            return project.config.name, _recorded(ledger, command, lambda: act(project, ledger))
    finally:
        ledger.close()


def _recorded(ledger: Ledger, command: str, act: Callable[[], T]) -> T:
    run = ledger.runs.start(command, current_holder())
    exit_code, message = BUG, ""
    try:
        changed = act()
    except SyncError as error:
        exit_code, message = error.exit_code, str(error)
        raise
    else:
        exit_code = 0
        return changed
    finally:
        ledger.runs.end(run, exit_code, {"command": command, "exit": exit_code, "error": message})


def _show(report: RunReport, output: str) -> None:
    if output == "json":
        from engine.cli.render.report.json import report_json

        print_json(report_json(report))
        return
    from engine.cli.render.report.text import report_text

    print_text(report_text(report))
