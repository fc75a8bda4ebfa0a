"""The door: verbs are loaded when they are called, errors become one plain sentence and an exit code."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import traceback
from importlib import import_module
from pathlib import Path

import click

from engine.model.errors import ConfigError, SyncError

VERBS = {
    "check": "read and compile the files, show every mistake",
    "test": "ask the systems whether the connection works",
    "plan": "show what a push would do, field by field; writes nothing",
    "run": "push, then reconcile",
    "push": "push what is new and changed",
    "reconcile": "bring numbers and payments back, compare both books",
    "map": "show what a mapping makes of a record",
    "status": "what the ledger knows: links, held, last runs",
    "held": "what was refused and waits for a person",
    "sandbox": "PSOhub and Xero, played on this machine",
}

INTERRUPTED = 130
BUG = 3


class Verbs(click.Group):
    """A group whose verbs are imported when one is called, so that help costs nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        del ctx
        if name not in VERBS:
            return None
        command = import_module(f"engine.cli.{name}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(
    cls=Verbs,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="psosync", prog_name="sync")
@click.option("-v", "--verbose", is_flag=True, help="Log what is done to standard error.")
@click.pass_context
def cli(ctx: click.Context, verbose: bool) -> None:
    """Sync business records as YAML says: plan, push once and only once, reconcile to the cent.

    Exit: 0 done, 1 something is held or drifted, 2 a file is wrong, 3 a bug of ours, 4 sign in again,
    5 guarded, 6 the other side is unavailable, 130 interrupted.
    """
    if verbose:
        import logging

        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s", stream=sys.stderr)
    if ctx.invoked_subcommand is None:
        # Where this program shadows coreutils' sync, a script that calls it bare still flushes its disks.
        os.sync()
        click.echo(ctx.get_help())


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(_exit_code())


def _exit_code() -> int:
    try:
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; what was begun is finished by the next run", err=True)
        return INTERRUPTED
    except ConfigError as error:
        _show_mistakes(error)
        return error.exit_code
    except SyncError as error:
        click.echo(f"sync: {error}", err=True)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has left, as `| head` does. Nothing more can be said.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    except Exception:
        click.echo(f"sync: this is a bug of ours; please attach {_log_bug()} to your report", err=True)
        return BUG
    return code if isinstance(code, int) else 0


def _show_mistakes(error: ConfigError) -> None:
    if not error.diagnostics:
        click.echo(f"sync: {error}", err=True)
    for one in error.diagnostics:
        click.echo(str(one), err=True)
    if len(error.diagnostics) > 1:
        errors = sum(one.severity == "error" for one in error.diagnostics)
        click.echo(f"{errors} mistakes", err=True)


def _log_bug() -> Path:
    handle, name = tempfile.mkstemp(prefix="sync-bug-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(" ".join(["sync", *sys.argv[1:]]) + "\n" + traceback.format_exc())
    return Path(name)
