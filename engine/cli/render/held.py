"""What is held, as text: grouped by cause, so that what a hundred invoices share is said once."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.model.link import HeldRow

_POSITION = re.compile(r"\[\d+\]")
# What tells the records of one cause apart: quoted words, amounts, days.
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


def grouped(rows: Sequence[Mapping[str, Any]], indent: str = "", most: int | None = None) -> Iterator[str]:
    """A line for each cause, and below it the records that wait because of it, each with its own details."""
    causes: dict[tuple[str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        causes[row["code"], _DETAIL.sub("…", _cause(row["reason"])), row["where"]].append(row)
    for (code, _, where), members in causes.items():
        said, details = _told_once([row["reason"] for row in members])
        yield f"{indent}{code}: {said}" + (f"  [{_shown(where)}]" if where else "")
        titles, addresses = (max(len(row[name]) for row in members) for name in ("title", "address"))
        for row, detail in list(zip(members, details, strict=True))[:most]:
            cells = [row["title"].ljust(titles)] * bool(titles) + [row["address"].ljust(addresses), detail]
            yield f"{indent}  {'  '.join(cells)}".rstrip()
        if most is not None and len(members) > most:
            yield f"{indent}  and {len(members) - most:,} more"


def _told_once(reasons: Sequence[str]) -> tuple[str, list[str]]:
    """What the reasons of one cause have in common, and what each has of its own."""
    plain = [" ".join(reason.split()) for reason in reasons]
    if len(set(plain)) == 1:
        return plain[0], [""] * len(plain)
    pieces = [_DETAIL.split(_cause(reason)) for reason in reasons]  # text, detail, text, detail, …, text
    shared = [column[0] if len(set(column)) == 1 else "…" for column in zip(*pieces, strict=True)]
    own = [[one for one, common in zip(row, shared, strict=True) if common == "…"] for row in pieces]
    return "".join(shared), [", ".join(row) for row in own]


def _cause(reason: str) -> str:
    """The reason, whichever lines of the record it is about and however many they are."""
    parts = _POSITION.sub("[…]", " ".join(reason.split())).split("; ")
    return "; ".join(dict.fromkeys(parts))


def _shown(where: str) -> str:
    """A rule's place as people write it: below the working folder, its relative path."""
    file, colon, place = where.partition(":")
    if not os.path.isabs(file):  # noqa: PTH117  a system's name, or relative already
        return where
    relative = os.path.relpath(file)
    return where if relative.startswith("..") else f"{relative}{colon}{place}"
