"""The program on a terminal of a given width, and what a person would have seen there."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from dataclasses import dataclass

from tests.e2e.program import TIMEOUT, Program

_STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Screen:
    """How the program ended on a terminal, and all that it wrote there."""

    code: int
    raw: str

    def drawn(self) -> list[str]:
        """Every row that was ever drawn, without the codes that steer."""
        return re.split(r"[\r\n]+", _STEERING.sub("", self.raw))

    def left(self) -> list[str]:
        """The rows that stand there at the end: a small terminal that knows what progress bars use."""
        rows, row, column = [""], 0, 0
        for piece in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", self.raw):
            if piece == "\r":
                column = 0
            elif piece == "\n":
                row += 1
                rows += [""] * (row + 1 - len(rows))
            elif piece.startswith("\x1b["):
                if piece.endswith("A"):
                    row = max(0, row - int(piece[2:-1] or 1))
                elif piece.endswith("K"):
                    rows[row] = ""
            else:
                rows[row] = rows[row][:column].ljust(column) + piece + rows[row][column + len(piece) :]
                column += len(piece)
        return rows


def on_a_terminal(sync: Program, *arguments: object, columns: int = 80, **env: str) -> Screen:
    """Run the program with a terminal for its output and for its complaints."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    named = {"TERM": "xterm-256color", "COLUMNS": "", "NO_COLOR": "", **env}
    process = subprocess.Popen(
        [sys.executable, "-m", "engine", *map(str, arguments)],
        cwd=sync.folder,
        env=sync.environment(**named),
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
    )
    os.close(its)
    try:
        raw = _read(ours)
        return Screen(process.wait(TIMEOUT), raw.decode())
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _read(terminal: int) -> bytes:
    raw = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the other end was closed: Linux says so by an error
            return raw
        if not piece:
            return raw
        raw += piece
