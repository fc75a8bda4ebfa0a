"""Which account was probably meant, and which would do instead of one that will not. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

Values = Mapping[str, Any]
UNFIT = ("DEBTORS", "CREDITORS")


def fit(row: Values) -> bool:
    """Whether an account takes lines of sales."""
    return (
        row.get("Status") == "ACTIVE" and row.get("Type") != "BANK" and row.get("SystemAccount") not in UNFIT
    )


def spelled(row: Values) -> str:
    return f"{row.get('Code', '')} {row.get('Name', '')}".strip()


def nearest(wanted: str, rows: Sequence[Values]) -> str:
    """The account that was probably meant: by code or name, those for sales before the others."""
    sales = [one for one in rows if one.get("Class") == "REVENUE"]
    return _alike(wanted, sales) or _alike(wanted, rows) or _first_for_sales(sales, wanted)


def like(row: Values, rows: Sequence[Values]) -> str:
    """Another account instead of a known one: of its own type if there is one."""
    return next((spelled(one) for one in rows if one.get("Type") == row.get("Type")), _first_for_sales(rows))


def _alike(wanted: str, rows: Sequence[Values]) -> str:
    by_code = {str(one["Code"]): one for one in rows}
    by_name = {str(one.get("Name", "")).casefold(): one for one in rows}
    close = difflib.get_close_matches(wanted, list(by_code), max(1, len(by_code)), 0.5)
    if close:  # many codes are equally close: the one that begins alike is meant
        return spelled(by_code[max(close, key=lambda code: _begins_alike(code, wanted))])
    named = difflib.get_close_matches(wanted.casefold(), list(by_name), 1, 0.6)
    return spelled(by_name[named[0]]) if named else ""


def _begins_alike(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _first_for_sales(rows: Sequence[Values], wanted: str = "") -> str:
    """Some account for sales; the nearest number of those with as many digits, if a number was meant."""
    sales = [one for one in rows if one.get("Class") == "REVENUE"]
    alike = [one for one in sales if wanted.isdecimal() and _digits(one) == len(wanted)]
    if alike:
        return spelled(min(alike, key=lambda one: abs(int(one["Code"]) - int(wanted))))
    return next((spelled(one) for one in sales), "")


def _digits(row: Values) -> int:
    code = str(row["Code"])
    return len(code) if code.isdecimal() else 0
