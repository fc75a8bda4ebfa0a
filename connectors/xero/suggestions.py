"""Which account to suggest instead of one that is unknown or cannot be used. Pure.

`rows` are accounts that may be suggested: active, with a code, for lines of sales.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

Values = Mapping[str, Any]


def account_text(row: Values) -> str:
    return f"{row.get('Code', '')} {row.get('Name', '')}".strip()


def nearest(wanted: str, rows: Sequence[Values]) -> str:
    """The account that was probably meant, by code or name: revenue accounts before others."""
    revenue = [row for row in rows if row.get("Class") == "REVENUE"]
    return _similar(wanted, revenue) or _similar(wanted, rows) or _first_revenue(revenue, wanted)


def replacement(account: Values, rows: Sequence[Values]) -> str:
    """An account to use instead of a known one: of the same type if possible."""
    same_type = (account_text(row) for row in rows if row.get("Type") == account.get("Type"))
    return next(same_type, _first_revenue(rows))


def _similar(wanted: str, rows: Sequence[Values]) -> str:
    by_code = {str(row["Code"]): row for row in rows}
    by_name = {str(row.get("Name", "")).casefold(): row for row in rows}
    close = difflib.get_close_matches(wanted, list(by_code), max(1, len(by_code)), 0.5)
    if close:  # many codes are equally close: take the one with the longest common beginning
        return account_text(by_code[max(close, key=lambda code: _common_prefix(code, wanted))])
    named = difflib.get_close_matches(wanted.casefold(), list(by_name), 1, 0.6)
    return account_text(by_name[named[0]]) if named else ""


def _common_prefix(code: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(code, other, strict=False)))


def _first_revenue(rows: Sequence[Values], wanted: str = "") -> str:
    """A revenue account; if a number was wanted, the nearest of those with as many digits."""
    revenue = [row for row in rows if row.get("Class") == "REVENUE"]
    numbered = [row for row in revenue if wanted.isdecimal() and _digits(row) == len(wanted)]
    if numbered:
        return account_text(min(numbered, key=lambda row: abs(int(row["Code"]) - int(wanted))))
    return next((account_text(row) for row in revenue), "")


def _digits(row: Values) -> int:
    code = str(row["Code"])
    return len(code) if code.isdecimal() else 0
