"""What is held, as text: grouped by cause, so that what a hundred invoices share is said once."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_POSITION = re.compile(r"\[\d+\]")


def grouped(rows: Sequence[Mapping[str, Any]], indent: str = "", most: int | None = None) -> Iterator[str]:
    """A line for each cause, and below it the records that wait because of it."""
    causes: dict[tuple[str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        causes[row["code"], _cause(row["reason"]), row["where"]].append(row)
    for (code, cause, where), members in causes.items():
        reasons = {" ".join(row["reason"].split()) for row in members}
        said = reasons.pop() if len(reasons) == 1 else cause
        yield f"{indent}{code}: {said}" + (f"  [{_shown(where)}]" if where else "")
        width = max(len(row["title"]) for row in members)
        for row in members[:most]:
            yield f"{indent}  {row['title']:<{width}}{'  ' if width else ''}{row['address']}"
        if most is not None and len(members) > most:
            yield f"{indent}  and {len(members) - most:,} more"


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
