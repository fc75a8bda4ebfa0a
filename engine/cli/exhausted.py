"""What the machine has run out of, when that ended a command: no bug of this program."""

from __future__ import annotations

import errno

_LACKING = {
    errno.EMFILE: "no file handles left for this process (see ulimit -n)",
    errno.ENFILE: "no file handles left on this machine",
    errno.ENOMEM: "no memory left",
    errno.EAGAIN: "no processes or threads left (see ulimit -u)",
    errno.ENOSPC: "no disk space left",
    errno.EDQUOT: "the disk quota is used up",
    errno.ENOBUFS: "no network buffers left",
}


def exhausted(error: BaseException | None) -> str:
    """What ran out, as a phrase; empty if the error, and what it came from, has another cause."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, MemoryError):
            return _LACKING[errno.ENOMEM]
        if isinstance(error, OSError) and error.errno in _LACKING:
            return _LACKING[error.errno]
        if isinstance(error, RuntimeError) and "start new thread" in str(error):
            return _LACKING[errno.EAGAIN]
        error = error.__cause__ or error.__context__
    return ""
