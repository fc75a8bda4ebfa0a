"""Dates as Xero writes and reads them (connectors/xero/API.md, 5.6)."""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from engine.sdk.sandbox import milliseconds

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TICKS = re.compile(r"^/Date\((-?\d+)(?:[+-]\d{4})?\)/$")
_ISO_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}(?:[T ].*)?$")


def moment_of(ms: int) -> datetime:
    return EPOCH + timedelta(milliseconds=ms)


def wire_moment(ms: int) -> str:
    return f"/Date({ms}+0000)/"


def wire_moment_text(ms: int) -> str:
    return f"{moment_of(ms):%Y-%m-%dT%H:%M:%SZ}"


def wire_day(day: str) -> str:
    """`2026-09-14` as midnight UTC of that day."""
    return wire_moment(milliseconds(datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)))


def wire_day_text(day: str) -> str:
    return f"{day}T00:00:00"


def seven_digits(ms: int) -> str:
    """The spelling of `/connections`: no zone, seven fraction digits (connectors/xero/API.md, 2)."""
    return f"{moment_of(ms):%Y-%m-%dT%H:%M:%S.%f}0"


def lock_date_text(day: str) -> str:
    """`31-Jul-2013`, the spelling reported for lock dates; not left to the machine's locale."""
    locked = date.fromisoformat(day)
    return f"{locked.day:02d}-{MONTHS[locked.month - 1]}-{locked.year}"


def american_text(moment: datetime) -> str:
    """`09/14/2026 09:29:59`, the spelling inside TokenExpired."""
    return f"{moment:%m/%d/%Y %H:%M:%S}"


def read_day(text: str) -> str:
    """A posted date as `YYYY-MM-DD`; ValueError if it cannot be read."""
    if ticks := _TICKS.match(text):
        try:
            return moment_of(int(ticks[1])).date().isoformat()
        except OverflowError as beyond:
            raise ValueError(text) from beyond
    if not _ISO_DAY.match(text):
        raise ValueError(text)
    return datetime.fromisoformat(text).date().isoformat()


def read_since(header: str | None) -> int | None:
    """If-Modified-Since as `yyyy-mm-ddThh:mm:ss` (UTC) or as an HTTP date; unreadable counts as absent."""
    if not header:
        return None
    try:
        moment = datetime.fromisoformat(header)
    except ValueError:
        try:
            moment = parsedate_to_datetime(header)
        except ValueError:
            return None
    return milliseconds(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment)
