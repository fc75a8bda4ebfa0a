"""check-jsonschema, an independent validator, called as a function."""

from __future__ import annotations

from pathlib import Path

from check_jsonschema import main
from click.testing import CliRunner, Result


def check_jsonschema(*arguments: str | Path) -> Result:
    """What `check-jsonschema` answers to these arguments."""
    return CliRunner().invoke(main, [*map(str, arguments)], catch_exceptions=False)
