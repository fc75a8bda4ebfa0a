"""The command line called as a function: its own streams, folder and environment, and nothing left behind.

Starting Python and importing the program takes longer than most of what it does. A test about the process
itself (signals, closed streams, locales, packages on PYTHONPATH) uses `Program.process` instead.
"""

from __future__ import annotations

import gc
import io
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, chdir, contextmanager
from pathlib import Path
from unittest import mock

import engine.__main__
from engine.cli.main import main


def run_main(arguments: list[str], folder: Path, environment: Mapping[str, str]) -> tuple[int, str, str]:
    """Call `main` with these arguments; gives the exit code and what was written to both streams."""
    out, err = _stream(), _stream()
    with ExitStack() as stack:
        stack.enter_context(chdir(folder))
        stack.enter_context(mock.patch.dict(os.environ, environment, clear=True))
        stack.enter_context(mock.patch.multiple(sys, argv=[engine.__main__.__file__, *arguments]))
        stack.enter_context(mock.patch.multiple(sys, stdout=out, stderr=err))
        stack.enter_context(mock.patch.object(tempfile, "tempdir", None))  # so that TMPDIR counts
        stack.enter_context(_process_state())
        with Path(os.devnull).open(encoding="utf-8") as nothing, mock.patch.object(sys, "stdin", nothing):
            try:
                main()
            except SystemExit as ended:
                return int(ended.code or 0), _text(out), _text(err)
    raise AssertionError("the program did not end with an exit code")


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


@contextmanager
def _process_state() -> Iterator[None]:
    """What `main` sets for the whole process is set back."""
    root, thresholds = logging.getLogger(), gc.get_threshold()
    handlers, level = root.handlers[:], root.level
    terminate, script = signal.getsignal(signal.SIGTERM), sys.modules["__main__"]
    sys.modules["__main__"] = engine.__main__  # usage lines name it
    root.handlers.clear()  # or logging would count as configured, and `-v` would do nothing
    try:
        yield
    finally:
        sys.modules["__main__"] = script
        root.handlers[:] = handlers
        root.setLevel(level)
        signal.signal(signal.SIGTERM, terminate)
        gc.set_threshold(*thresholds)
        gc.unfreeze()
