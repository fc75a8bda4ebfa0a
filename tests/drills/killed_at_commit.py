"""The program, killed with -9 at a chosen commit of its ledger, just before it or just after.

`DRILL_COMMIT="7 before" python -m tests.drills.killed_at_commit run config.yaml`
"""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from engine.cli.main import main
from engine.ledger.database import Database, Transaction

_writing = Database.writing
_commits = itertools.count(1)


@contextmanager
def _killed_at_commit(self: Database) -> Iterator[Transaction]:
    number, when = os.environ["DRILL_COMMIT"].split()
    this = next(_commits) == int(number)
    with _writing(self) as transaction:
        yield transaction
        if this and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
    if this and when == "after":
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    Database.writing = _killed_at_commit  # type: ignore[method-assign]
    main()
