"""`make bench`: prints one JSON line per figure. Times are printed, never asserted."""

from __future__ import annotations

import json
import sys

from tests.bench import checking, mapping, requests, startup

BENCHES = {
    "mapping": mapping.measure,
    "requests": requests.measure,
    "check": checking.measure,
    "startup": startup.measure,
}


def main() -> None:
    wanted = sys.argv[1:] or list(BENCHES)
    for name in wanted:
        for figures in BENCHES[name]():
            print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
