"""Numbers and days as PSOhub may write them (connectors/psohub/API.md, 3.5). Pure; nothing is guessed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from engine.sdk import NotTyped, UnreadNumber, shortened

# A format is the number 1234.56 written in it: with its marks between thousands and before decimals.
NUMBER_FORMATS = ("1234.56", "1234,56", "1,234.56", "1.234,56", "1 234,56", "1'234.56")
_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
_THOUSANDS = re.compile(
    r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}", re.ASCII
)  # 1234 in some countries, 1.234 in others
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2019": "'"})
_LONGEST = 40


def number(raw: Any, format_: str | None) -> Decimal | None:
    """A number, or a text that can mean one number only. Raises NotTyped."""
    if raw is None or isinstance(raw, Decimal):
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool):
        return Decimal(raw)
    if not isinstance(raw, str):
        raise NotTyped("", "expected a number")
    if isinstance(raw, UnreadNumber):
        raise NotTyped("", f"expected a number, found {_shown(raw)}, which cannot be processed")
    plain = _plain(raw, format_)
    if plain is None:
        shown = _shown(raw)
        reason = f'expected a number such as {format_ or "1234.56"}, found "{shown}"'
        if format_ is None:
            reason += "; numbers written in a country's way need the setting number_format"
        raise NotTyped("", reason)
    try:
        return Decimal(plain)
    except InvalidOperation:
        raise NotTyped("", f"expected a number, found {_shown(raw)}, which cannot be processed") from None


def _plain(text: str, format_: str | None) -> str | None:
    """The text as Python reads numbers; None if it does not follow the format."""
    if format_ in (None, "1234.56"):
        ambiguous = format_ is None and _THOUSANDS.fullmatch(text)
        return text if _PLAIN.fullmatch(text) and not ambiguous else None
    thousands, point = format_[1] if not format_[1].isdecimal() else "", format_[-3]
    whole = rf"[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+|[0-9]+" if thousands else "[0-9]+"
    found = re.fullmatch(
        rf"([+-]?)({whole})(?:{re.escape(point)}([0-9]+))?", text.translate(_SPACES), re.ASCII
    )
    if found is None:
        return None
    sign, digits, decimals = found.groups()
    return f"{sign}{digits.replace(thousands, '') if thousands else digits}.{decimals or '0'}"


def day(raw: Any, zone: ZoneInfo | None) -> Any:
    """The day that a text names. Anything else is left to the schema. Raises NotTyped.

    Midnight UTC, and midnight without an offset, is a date written as a moment: its day is kept. Any other
    moment is a day only in a time zone.
    """
    if not isinstance(raw, str) or len(raw) <= len("2026-01-31"):
        return raw
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError:
        raise NotTyped("", f'expected a date such as 2026-01-31, found "{_shown(raw)}"') from None
    utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else _in_utc(moment, raw)
    if utc.time() == time():
        return utc.date()
    if moment.tzinfo is None:
        raise NotTyped("", f'expected a date, found the time "{_shown(raw)}" without an offset from UTC')
    if zone is None:
        reason = (
            f'expected a date, found the moment "{_shown(raw)}", which is not midnight UTC: the day '
            "depends on the time zone; say which with the setting time_zone, e.g. Europe/Amsterdam"
        )
        raise NotTyped("", reason)
    return _local(utc, zone, raw)


def _in_utc(moment: datetime, raw: str) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise NotTyped("", f'expected a date, found "{_shown(raw)}"') from None


def _local(moment: datetime, zone: ZoneInfo, raw: str) -> date:
    try:
        return moment.astimezone(zone).date()
    except OverflowError:
        raise NotTyped("", f'expected a date, found "{_shown(raw)}"') from None


def _shown(raw: str) -> str:
    return shortened(raw, _LONGEST)
