"""The door: verbs are loaded when they are called, errors become one plain sentence and an exit code."""

from __future__ import annotations

import gc
import os
import signal
import sys
from importlib import import_module

import click

from engine.cli.output import Told, complain, prepare
from engine.cli.verbs import VERBS
from engine.model.errors import ConfigError, SyncError

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
        command = import_module(f"engine.cli.verbs.{name}").command
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in VERBS and not args[0].startswith("-"):
            from engine.model.advice import did_you_mean

            raise click.UsageError(f'there is no verb "{args[0]}"; {did_you_mean(args[0], VERBS)}', ctx)
        return super().resolve_command(ctx, args)

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
    _log(verbose)
    if ctx.invoked_subcommand is None:
        # Where this program shadows coreutils' sync, a script that calls it bare still flushes its disks.
        os.sync()
        click.echo(ctx.get_help())


def _log(verbose: bool) -> None:
    import logging

    if verbose:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s", stream=sys.stderr)
    else:
        # Or logging would print warnings by itself: what matters of them is in the report and the last word.
        logging.getLogger().addHandler(logging.NullHandler())


def main() -> None:
    """Run the command line and leave with its exit code."""
    # What a command makes lives about as long as it does. Looking for garbage at every 700th new object, as
    # Python does by default, takes half of the time of checking a large pack.
    gc.set_threshold(50_000, 20, 50)
    # What stops services and containers ends a run as Ctrl-C does: told, and noted in the ledger.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    prepare()
    code = _exit_code(Told(sys.argv[1:]))
    # The process ends, and its memory with it: Python would look through all of it for garbage once more.
    gc.freeze()
    sys.exit(code)


def _exit_code(told: Told) -> int:
    from engine.cli import failure  # costs nothing that is not needed to say what failed

    try:
        code = cli.main(standalone_mode=False, obj=told)
    except click.ClickException as error:
        error.show()
        return failure.show(told, error.exit_code, error.format_message())
    except (click.Abort, KeyboardInterrupt):
        said = "interrupted; what was begun is finished by the next run"
        complain(f"sync: {said}")
        return failure.show(told, INTERRUPTED, said)
    except ConfigError as error:
        failure.complain_of(error)
        return failure.show(told, error.exit_code, str(error), diagnostics=error.diagnostics)
    except SyncError as error:
        complain(f"sync: {error}")
        return failure.show(told, error.exit_code, str(error))
    except SystemExit:  # click leaves like this, and with 1, where whoever reads its help has left
        return 0
    except Exception:
        if not _has_folder():
            said = "the working folder is not there any more; go to one that is"
            complain(f"sync: {said}")
            return failure.show(told, ConfigError.exit_code, said)
        log = failure.log_bug()
        said = f"this is a bug of ours; please attach {log} to your report"
        complain(f"sync: {said}")
        return failure.show(told, BUG, said, log=log)
    return code if isinstance(code, int) else 0


def _has_folder() -> bool:
    """Whether the working folder is there: it may have been deleted while a shell stood in it."""
    from pathlib import Path

    try:
        Path.cwd()
    except OSError:
        return False
    return True
