"""The entry point: loads a verb when it is called, and turns errors into one sentence and an exit code."""

from __future__ import annotations

import gc
import os
import signal
import sys
from importlib import import_module

import click

from engine.cli.exhausted import exhausted
from engine.cli.exits import BUG, EXITS, INTERRUPTED
from engine.cli.log import start_log
from engine.cli.output import Invocation, prepare, print_error
from engine.cli.verbs import VERBS
from engine.model.errors import ConfigError, SyncError, UnavailableError


class Verbs(click.Group):
    """A group that imports a verb when it is called, so that `sync --help` is immediate."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        del ctx
        if name not in VERBS:
            return None
        command = import_module(f"engine.cli.verbs.{name}").command
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in VERBS and not args[0].startswith("-"):
            from engine.model.advice import did_you_mean, with_hint

            unknown = f'unknown verb "{args[0]}"'
            raise click.UsageError(with_hint(unknown, did_you_mean(args[0], VERBS)), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in EXITS.items()])


@click.group(
    cls=Verbs,
    invoke_without_command=True,
    subcommand_metavar="VERB [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="psosync", prog_name="sync")
@click.option("-v", "--verbose", is_flag=True, help="Log requests and decisions to standard error.")
@click.pass_context
def cli(ctx: click.Context, verbose: bool) -> None:
    """Sync business records by YAML mappings: plan, push each record exactly once, reconcile to the cent.

    \b
    sync init books                   start here: creates a folder that runs on local sandboxes
    sync check configs/acme.yaml      list every mistake in the config and its mappings
    sync plan configs/acme.yaml       show what a push would do
    sync run configs/acme.yaml        push, then reconcile
    sync VERB --help                  the options of a verb, with examples
    """
    start_log(verbose=verbose)
    if ctx.invoked_subcommand is None:
        # Where this program shadows coreutils' sync, a script that calls it bare still flushes its disks.
        os.sync()
        click.echo(ctx.get_help())


def main() -> None:
    """Run the command line and leave with its exit code."""
    # What a command makes lives about as long as it does. Looking for garbage at every 700th new object, as
    # Python does by default, takes half of the time of checking a large pack.
    gc.set_threshold(50_000, 20, 50)
    # What stops services and containers ends a run as Ctrl-C does: reported, and recorded in the ledger.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    prepare()
    code = _exit_code(Invocation(sys.argv[1:]))
    # The process ends, and its memory with it: Python would look through all of it for garbage once more.
    gc.freeze()
    sys.exit(code)


def _exit_code(invocation: Invocation) -> int:
    from engine.cli import failure  # cheap: it imports the report only when there is one to show

    try:
        code = cli.main(standalone_mode=False, obj=invocation)
    except click.ClickException as error:
        failure.print_usage(error)
        return failure.show(invocation, error.exit_code, error.format_message())
    except (click.Abort, KeyboardInterrupt):
        return _fail(invocation, INTERRUPTED, "interrupted; the next run completes unfinished writes")
    except ConfigError as error:
        failure.print_mistakes(error)
        return failure.show(invocation, error.exit_code, str(error), diagnostics=error.diagnostics)
    except SyncError as error:
        return _fail(invocation, error.exit_code, str(error))
    except SystemExit:  # click exits like this, and with 1, when the reader of its help has gone
        return 0
    except Exception as error:
        if not _has_folder():
            message = "the working directory no longer exists; change to another one"
            return _fail(invocation, ConfigError.exit_code, message)
        if lacking := exhausted(error):
            message = f"{lacking}; free some, then run again: unfinished writes are completed then"
            return _fail(invocation, UnavailableError.exit_code, message)
        log = failure.log_bug()
        return _fail(invocation, BUG, f"internal error, a bug in sync; please report it with {log}", log=log)
    return code if isinstance(code, int) else 0


def _fail(invocation: Invocation, code: int, message: str, *, log: str = "") -> int:
    from engine.cli import failure

    print_error(f"sync: {message}")
    return failure.show(invocation, code, message, log=log)


def _has_folder() -> bool:
    """Whether the working directory exists: it may have been deleted while a shell was in it."""
    from pathlib import Path

    try:
        Path.cwd()
    except OSError:
        return False
    return True
