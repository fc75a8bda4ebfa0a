"""Files that only their owner may read: they hold business data, tokens or what a failure has seen.

The modes are 0600 for a file and 0700 for a folder, whatever the umask. What exists with a wider mode is
narrowed; where that fails, because it belongs to another user, the log says so.
"""

from __future__ import annotations

import logging
import stat
from pathlib import Path

log = logging.getLogger(__name__)

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
COMPANIONS = ("-wal", "-shm", "-journal", ".lock")  # what SQLite, and the lock, keep next to a file
OWN_FOLDER = ".sync"  # ours by its name; any other folder may hold what its owner shares with others


def private_folder(path: Path) -> Path:
    """The folder, made for its owner only if it does not exist. Raises OSError.

    One that exists keeps its mode, unless it is named `.sync`: others may have to read what else is in it.
    """
    if path.is_dir():
        if path.name == OWN_FOLDER:
            _narrow(path)
        return path
    private_folder(path.parent)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:  # another process has made it meanwhile
        return path
    path.chmod(0o700)
    return path


def private_file(path: Path) -> Path:
    """The file, made if it does not exist, and it and its companions for their owner only. Raises OSError.

    No file that exists is opened here: on POSIX, closing any handle of a file drops the locks that the
    process has on it.
    """
    private_folder(path.parent)
    if not path.exists():
        path.touch(mode=0o600)
        path.chmod(0o600)
    for ending in ("", *COMPANIONS):
        file = path.with_name(path.name + ending)
        if file.is_file():
            _narrow(file)
    return path


def _narrow(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & _OTHERS:
        return
    try:
        path.chmod(mode & ~_OTHERS)
    except OSError as error:  # it belongs to another user, or cannot be changed at all
        log.warning("%s can be read by other users, and that cannot be changed: %s", path, error.strerror)
