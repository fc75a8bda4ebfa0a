"""One run from the command line: open, lock, act, and tell what happened however it ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from engine.cli.output import Told, say, say_json
from engine.model.change import Held
from engine.model.errors import SyncError
from engine.model.link import WRITE
from engine.model.report import RunReport
from engine.passes.context import RunContext
from engine.workspace import Project, Workspace, holder, load_project, opened

Act = Callable[[RunContext], None]


def run_command(
    command: str, path: Path, output: str, act: Act, *, yes: bool = False, writes: bool = True
) -> int:
    """Carry out one command over one config and print its report; gives the exit code.

    What ends it early is raised, for `main` to say; what had been done by then is in the report all the same.
    """
    report = RunReport(command, path.stem)
    told = click.get_current_context().find_object(Told)
    if told is not None:
        told.report = report
    try:
        _run(report, path, act, yes=yes, writes=writes)
    except (SyncError, KeyboardInterrupt) as error:
        report.exit = error.exit_code if isinstance(error, SyncError) else 130
        if report.run and output == "text":
            _show(report, output)
        raise
    report.exit = _verdict(report)
    _show(report, output)
    return report.exit


def _verdict(report: RunReport) -> int:
    drifted = report.reconcile is not None and report.reconcile.drifted
    return 1 if report.held or drifted else 0


def _run(report: RunReport, path: Path, act: Act, *, yes: bool, writes: bool) -> None:
    from engine.cli.progress import progress

    project = load_project(path)
    report.config, report.sides = project.config.name, _sides(project)
    with progress() as watch, opened(project, watch.say, read_only=not writes) as workspace:
        context = workspace.context(report, approved=yes, progress=watch)
        if not writes:
            report.run = "plan"
            try:
                workspace.check_identities(read_only=True)
                act(context)
            finally:
                context.count_requests()
            return
        with workspace.ledger.hold_lock(holder()):
            _recorded(workspace, context, act)


def _sides(project: Project) -> tuple[str, str]:
    """The names of the two systems whose books are compared."""
    mappings = project.programs.mappings
    for program in mappings.values():
        base = mappings.get(program.linked or "")
        if base is not None and base.source and base.target:
            return base.source.system, base.target.system
    return "source", "target"


def _recorded(workspace: Workspace, context: RunContext, act: Act) -> None:
    """Act under the lock, with the run in the ledger; an ended run says how it ended."""
    from engine.cli.render.report.json import report_json

    report = context.report
    report.run = workspace.ledger.runs.start(report.command, holder())
    exit_code, said = 3, ""
    try:
        workspace.check_identities()
        act(context)
        _add_waiting(workspace, report)
        exit_code = _verdict(report)
    except SyncError as error:
        exit_code, said = error.exit_code, str(error)
        raise
    except KeyboardInterrupt:
        exit_code = 130
        raise
    finally:
        context.count_requests()
        quotas = {name: dict(system.source.quotas()) for name, system in workspace.systems.items()}
        kept = {**report_json(report), "exit": exit_code, "error": said, "quotas": quotas}
        workspace.ledger.runs.end(report.run, exit_code, kept)


def _add_waiting(workspace: Workspace, report: RunReport) -> None:
    """What waits on the held desk from earlier runs is held now as well."""
    for row in workspace.ledger.held.rows():
        key = (row.mapping if row.verb == WRITE else f"{row.mapping}/{row.verb}", row.address)
        if key not in report.held:
            reason = row.reason if row.verb == WRITE else f"{row.verb}: {row.reason}"
            report.held[key] = Held(row.address, row.mapping, row.code, reason, row.where, row.title)


def _show(report: RunReport, output: str) -> None:
    if output == "json":
        from engine.cli.render.report.json import report_json

        say_json(report_json(report))
        return
    from engine.cli.render.report.text import report_text

    say(report_text(report))
