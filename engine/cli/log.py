"""The log of `--verbose`: a line for each entry on standard error, cleaned as everything that is printed."""

from __future__ import annotations

import logging
import sys
import threading
import traceback

from engine.cli.output import print_error
from engine.model.redact import redacted
from engine.model.steering import visible_line


class _Lines(logging.Formatter):
    """One entry, one line: no secret is in it, and what a system says cannot begin a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        return visible_line(redacted(super().format(record)))


def start_log(*, verbose: bool) -> None:
    """Log requests and decisions if that is wanted, and what ends a thread in any case."""
    threading.excepthook = _show
    if not verbose:
        # Without a handler, logging prints warnings by itself; the report already has those that matter.
        logging.getLogger().addHandler(logging.NullHandler())
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines("%(asctime)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # The sandboxes' server: its lines are noise in this log.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


def _show(thread: threading.ExceptHookArgs) -> None:
    if thread.exc_value is not None and not isinstance(thread.exc_value, SystemExit):
        print_error("".join(traceback.format_exception(thread.exc_value)).rstrip())
