"""Held records as text, grouped by cause, so that the cause of a hundred records is printed once."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.model.link import Dismissal, HeldRow

_INDEX = re.compile(r"\[\d+\]")
# What differs between records of one cause: quoted words, amounts, dates.
_DETAIL = re.compile(r"""("[^"]*"|(?<!\w)'[^']*'(?!\w)|(?<![\w.])-?\d+(?:[.,-]\d+)*(?!\w))""")


def held_json(row: HeldRow) -> dict[str, Any]:
    """A row of the held queue as JSON."""
    return {
        "address": str(row.address),
        "mapping": row.mapping,
        "verb": row.verb,
        "code": row.code,
        "reason": row.reason,
        "where": row.where,
        "since": row.since.isoformat(),
        "title": row.title,
    }


def dismissal_json(dismissal: Dismissal) -> dict[str, Any]:
    """A dismissed row of the held queue as JSON."""
    by = {"why": dismissal.why, "who": dismissal.who, "at": dismissal.at.isoformat()}
    return {**held_json(dismissal.row), **by}


def dismissed_line(row: Mapping[str, Any]) -> str:
    title = f"{row['title']}  " if row["title"] else ""
    return f"    {title}{row['address']}  {row['why']} ({row['who']}, {row['at'][:10]})"


def grouped(rows: Sequence[Mapping[str, Any]], indent: str = "", most: int | None = None) -> Iterator[str]:
    """A line for each cause, and below it the records held by it, each with the details of its own."""
    causes: dict[tuple[str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        causes[row["code"], _DETAIL.sub("…", _cause(_reason(row))), row["where"]].append(row)
    for (code, _, where), members in causes.items():
        cause, details = _factored([_reason(row) for row in members])
        yield f"{indent}{code}: {cause}" + (f"  [{_relative(where)}]" if where else "")
        titles, addresses = (max(len(row[name]) for row in members) for name in ("title", "address"))
        for row, detail in list(zip(members, details, strict=True))[:most]:
            cells = [row["title"].ljust(titles)] * bool(titles) + [row["address"].ljust(addresses), detail]
            yield f"{indent}  {'  '.join(cells)}".rstrip()
        if most is not None and len(members) > most:
            yield f"{indent}  and {len(members) - most:,} more"


def _reason(row: Mapping[str, Any]) -> str:
    """The reason, without the name of the action if the code ends in it: `xero.email: email: no address`."""
    action = row["code"].rpartition(".")[2]
    return str(row["reason"]).removeprefix(f"{action}: ")


def _factored(reasons: Sequence[str]) -> tuple[str, list[str]]:
    """What the reasons of one cause have in common, and the details of each."""
    normal = [" ".join(reason.split()) for reason in reasons]
    if len(set(normal)) == 1:
        return normal[0], [""] * len(normal)
    pieces = [_DETAIL.split(_cause(reason)) for reason in reasons]  # text, detail, text, detail, …, text
    shared = [column[0] if len(set(column)) == 1 else "…" for column in zip(*pieces, strict=True)]
    differing = [
        [piece for piece, common in zip(row, shared, strict=True) if common == "…"] for row in pieces
    ]
    return "".join(shared), [", ".join(row) for row in differing]


def _cause(reason: str) -> str:
    """The reason, independent of which and how many lines of the record it is about."""
    parts = _INDEX.sub("[…]", " ".join(reason.split())).split("; ")
    return "; ".join(dict.fromkeys(parts))


def _relative(where: str) -> str:
    """The place of a rule, relative to the working directory if it is below it."""
    file, colon, position = where.partition(":")
    if not os.path.isabs(file):  # noqa: PTH117  a system's name, or relative already
        return where
    relative = os.path.relpath(file)
    return where if relative.startswith("..") else f"{relative}{colon}{position}"
