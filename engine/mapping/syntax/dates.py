"""The day that a text names, alike for what is written in a file and for what a record holds."""

from __future__ import annotations

import datetime


def day_of(text: str) -> datetime.date | None:
    """The day that ISO text names, alone or with a time after it; None if it names none."""
    day = text.strip()
    try:
        if len(day) == 10 and day[4] == "-":
            return datetime.date.fromisoformat(day)
        return datetime.datetime.fromisoformat(day).date()
    except ValueError:
        return None
