"""The program with a bomb in its ledger: it dies by kill -9 at a chosen commit, before it or after.

`DRILL_COMMIT="7 before" python -m tests.drills.deadly run config.yaml`
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
def _deadly(self: Database) -> Iterator[Transaction]:
    number, when = os.environ["DRILL_COMMIT"].split()
    this = next(_commits) == int(number)
    with _writing(self) as transaction:
        yield transaction
        if this and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
    if this and when == "after":
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    Database.writing = _deadly  # type: ignore[method-assign]
    main()
