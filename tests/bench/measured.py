"""`sync run CONFIG`, and then the memory that it took, as one line of JSON on standard output."""

from __future__ import annotations

import json
import os
import sys
from contextlib import redirect_stdout

from engine.cli.main import main
from tests.bench.requests import megabytes

if __name__ == "__main__":
    sys.argv = ["sync", "run", sys.argv[1], "--output", "json"]
    with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        try:
            main()
        except SystemExit as ended:
            if ended.code:
                raise
    print(json.dumps({"megabytes": megabytes()}))
