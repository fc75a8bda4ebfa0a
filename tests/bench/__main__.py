"""`make bench`: print one line of JSON per figure. `test_bench.py` runs each of them in small.

`make bench-long` runs those that take half an hour, which `make bench` leaves out.
"""

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
    "requests-long": requests.measure_long,
}
LONG = ("requests-long",)


def main() -> None:
    wanted = sys.argv[1:] or [name for name in BENCHES if name not in LONG]
    for name in wanted:
        for figures in BENCHES[name]():
            print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
