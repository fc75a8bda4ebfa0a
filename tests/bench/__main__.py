"""`make bench`: print one line of JSON per benchmark. `test_bench.py` runs each of them in small."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from tests.bench import checking, mapping, requests, startup, structure

BENCHES: dict[str, Callable[..., Iterator[dict[str, Any]]]] = {
    "mapping": mapping.measure,
    "requests": requests.measure,
    "check": checking.measure,
    "startup": startup.measure,
    "structure": structure.measure,
}


def main() -> None:
    wanted = sys.argv[1:] or list(BENCHES)
    for name in wanted:
        for figures in BENCHES[name]():
            print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
