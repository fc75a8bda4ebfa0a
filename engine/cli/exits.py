"""Every exit code with its meaning: the help, `sync status` and the README's list take it from here."""

from __future__ import annotations

BUG = 3
INTERRUPTED = 130

EXITS = {
    0: "done",
    1: "done, but records are held or the books differ",
    2: "a file or an argument is wrong, or a system rejects a request that the config leads to",
    BUG: "internal error: a bug in sync",
    4: "a person must sign in again",
    5: "stopped by the config's limits",
    6: "a system is unavailable or its quota is used up",
    INTERRUPTED: "interrupted",
}
