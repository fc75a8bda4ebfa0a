"""What generated code calls: arithmetic, dates, text, and the ways to refuse a record."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from functools import lru_cache
from types import TracebackType
from typing import Any
from urllib.parse import quote as quoted

from engine.mapping.run.lookup_index import Index, every_row, present
from engine.mapping.run.quick import quick
from engine.mapping.run.sites import Refused, Site, shown
from engine.mapping.syntax.dates import day_of
from engine.model.address import Address
from engine.model.advice import did_you_mean, list_available
from engine.model.errors import ConfigError
from engine.model.payload import ActionRequest, Payload, Ref, Refusal
from engine.model.record import Record
from engine.model.text import fold, is_blank

MAX_TEXT = 1_000_000  # characters that `replace` may make
MAX_ITEMS = 100_000  # that the lists of one record may have together, lists in lists included
MAX_JOINED = 10_000_000  # characters that the joined texts of one record may have together
_EXACT = Context(
    prec=50, rounding=ROUND_HALF_UP, Emin=-999, Emax=999, traps=[InvalidOperation, DivisionByZero, Overflow]
)
_QUOTIENT = Context(
    prec=28, rounding=ROUND_HALF_UP, Emin=-999, Emax=999, traps=[InvalidOperation, DivisionByZero, Overflow]
)
_ONE = Decimal(1)
_ref, _address = quick(Ref, 2), quick(Address, 3)


def spelled(value: Any) -> str:
    """A value as text: a decimal keeps its digits and never gets an exponent."""
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            if value.adjusted() > 100:
                raise ValueError("a number with more than 100 digits")
            return format(value or abs(value), "f")  # no amount is -0.00
        case datetime.datetime():
            return value.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
        case datetime.date():
            return value.isoformat()
    return str(value)


def wired(value: Any) -> Any:
    """A value as it goes into a payload: dates as ISO text, at every depth."""
    match value:
        case datetime.date():
            return spelled(value)
        case list():
            return [wired(item) for item in value]
        case dict():
            return {name: wired(member) for name, member in value.items()}
    return value


def filled(value: Any) -> Any:
    """An object or list of a record, copied: absent members left out, None if nothing is left."""
    return present(_filled(value)) or None if isinstance(value, str | list | dict) else value


def _filled(value: Any) -> Any:
    match value:
        case list():
            return [_filled(item) for item in value]
        case dict():
            return {name: _filled(member) for name, member in value.items() if member is not None}
    return value


def members(value: Any) -> Any:
    """A list from the settings, ready for `in`."""
    return None if value is None else frozenset(value)


@lru_cache(512)
def days(number: int) -> datetime.timedelta:
    return datetime.timedelta(days=number)


def trimmed(text: str) -> str | None:
    out: str | None = present(text.strip())
    return out


def folded(text: str) -> str | None:
    return fold(text) or None


def first_of(items: Iterable[Any]) -> Any:
    """The first item that is present: not blank text, nor an object or a list of nothing."""
    return next((item for item in items if filled(item) is not None), None)


def last_of(items: Sequence[Any]) -> Any:
    return first_of(reversed(items))


def pieces(text: str, separator: str) -> list[str]:
    if not separator:
        raise ValueError("the separator is empty")
    return [piece.strip() for piece in text.split(separator) if not is_blank(piece)]


def replaced(text: str, old: str, new: str) -> str | None:
    if not old:
        raise ValueError("the text to be replaced is empty")
    if len(text) + text.count(old) * (len(new) - len(old)) > MAX_TEXT:
        raise ValueError(f"the text would have more than {MAX_TEXT} characters")
    out: str | None = present(text.replace(old, new))
    return out


def total(values: Sequence[Any]) -> Any:
    out: Any = 0
    for value in values:
        if value is not None:
            out = _EXACT.add(out, value) if isinstance(value, Decimal) else out + value
    return out


def total_of(items: Sequence[Mapping[str, Any]], name: str) -> Any:
    return total([item.get(name) for item in items])


class Spent:
    """How much the rules have made of one record, so that a small one cannot fill the memory."""

    __slots__ = ("characters", "items")

    def __init__(self) -> None:
        self.characters = self.items = 0

    def made(self, items: Sequence[Any]) -> None:
        self.items += len(items)
        if self.items > MAX_ITEMS:
            raise ValueError(f"the lists of this record would have more than {MAX_ITEMS:,} items")

    def joined(self, text: str) -> str:
        self.characters += len(text)
        if self.characters > MAX_JOINED:
            raise ValueError(
                f"the joined texts of this record would have more than {MAX_JOINED:,} characters"
            )
        return text


def quote(text: str) -> str:
    return quoted(text, safe="")


def _plainly(error: Exception) -> str:
    """What went wrong, for people: helpers raise ValueError with a sentence."""
    match error:
        case ValueError():
            return str(error)
        case ArithmeticError():  # of decimals, and of days
            return "the result is too large, or has too many digits"
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


class Kit:
    """The helpers of one linked program. Generated code binds the ones it needs as local names."""

    as_text, magnitude, size, decimal = (staticmethod(helper) for helper in (str, abs, len, Decimal))
    payload, request = staticmethod(quick(Payload, 9)), staticmethod(ActionRequest)
    present, members, spelled, wired = (staticmethod(helper) for helper in (present, members, spelled, wired))
    filled, is_blank = staticmethod(filled), staticmethod(is_blank)
    trimmed, pieces, replaced, quote = (staticmethod(helper) for helper in (trimmed, pieces, replaced, quote))
    folded, first_of, last_of = (staticmethod(helper) for helper in (folded, first_of, last_of))
    spent = staticmethod(Spent)
    total, total_of, days = staticmethod(total), staticmethod(total_of), staticmethod(days)
    add, subtract, multiply = _EXACT.add, _EXACT.subtract, _EXACT.multiply
    minus, quantize, absolute = _EXACT.minus, _EXACT.quantize, _EXACT.abs

    def __init__(
        self,
        file: str,
        sites: Sequence[Site],
        lines: Mapping[int, tuple[str, Mapping[str, str]]],
        tables: Mapping[str, Sequence[Mapping[str, Any]]],
        suggestable: Mapping[str, Callable[[Mapping[str, Any]], bool]],  # table -> whether to suggest a row
        recorder: Any = None,
    ) -> None:
        self.file, self.sites, self.lines, self.tables = file, sites, lines, tables
        self.suggestable = suggestable
        self.recorder = recorder  # of the tracing build, which reports to it

    # ---- bound when a program is linked

    def index(self, table: str, by: tuple[str, ...], give: str) -> Index:
        return Index(table, by, give, self.tables[table], self.sites, self.suggestable.get(table, every_row))

    @staticmethod
    def number(value: Any, otherwise: Decimal) -> Decimal:
        return otherwise if value is None else Decimal(value)

    @staticmethod
    def needed(settings: Mapping[str, Any], name: str) -> Any:
        value = present(settings.get(name))
        if value is None:
            raise ConfigError(f"the setting {name} is required, and the config does not set it")
        return value

    @staticmethod
    def ref(mapping: str, system: str, stream: str) -> Any:
        """Makes references to one mapping; many records refer to the same few."""

        @lru_cache(4096)
        def made(key: str) -> Ref:
            ref: Ref = _ref(mapping, _address(system, stream, key))
            return ref

        return made

    # ---- called while a record is mapped

    def _note(self, refused: list[Refused], site: int, indexes: tuple[int, ...], message: str) -> None:
        refused.append(Refused(self.sites[site], indexes, message))

    def divide(self, a: Any, b: Any, refused: list[Refused], site: int, *indexes: int) -> Decimal | None:
        if not b:
            text = self.sites[site].text
            self._note(refused, site, indexes, f"division by zero: {shown(a)} / {shown(b)} in {text}")
            return None
        out = _QUOTIENT.divide(a, b)
        exponent = out.as_tuple().exponent
        # 1000 / 0.1 comes as 1.000E+4; a number is written without an exponent.
        return _EXACT.quantize(out, _ONE) if isinstance(exponent, int) and exponent > 0 else out

    def to_date(self, text: str, refused: list[Refused], site: int, *indexes: int) -> datetime.date | None:
        day = day_of(text)
        if day is None:
            message = f"{shown(text)} is not a date such as 2026-01-31, in {self.sites[site].text}"
            self._note(refused, site, indexes, message)
        return day

    def missing(self, refused: list[Refused], site: int, *indexes: int) -> None:
        paths = self.sites[site].detail
        message = "required, but no rule gives it a value"
        if paths:
            message += f"; {' and '.join(paths)} {'is' if len(paths) == 1 else 'are'} absent or not usable"
        message += "; fill it in at the source, or give the rule a default"
        self._note(refused, site, indexes, message)

    def refuse_text(self, value: str, refused: list[Refused], site: int, *indexes: int) -> None:
        """Refuse a text for its size; the message is the site's own."""
        message = self.sites[site].detail.format(size=len(value), text=shown(value, 40))
        self._note(refused, site, indexes, message)

    def unknown_word(self, value: str, refused: list[Refused], site: int, *indexes: int) -> None:
        words = self.sites[site].detail
        hint = did_you_mean(value, words) or list_available(words[:12])
        self._note(refused, site, indexes, f"{shown(value)} is not one of the allowed values; {hint}")

    def refusals(self, record: Record, refused: Sequence[Refused]) -> tuple[Refusal, ...]:
        refusals = (
            Refusal(record.address, reason.site.code, reason.text, reason.site.where) for reason in refused
        )
        return tuple(dict.fromkeys(refusals))

    def failed(self, record: Record, refused: Sequence[Refused], error: Exception) -> tuple[Refusal, ...]:
        """An exception that no helper expected, with the rule it came from and the values it read."""
        where, values = self._place(error.__traceback__)
        reason = f"the rule failed: {_plainly(error)}" + (f"; read {values}" if values else "")
        return (*self.refusals(record, refused), Refusal(record.address, "mapping.failed", reason, where))

    def _place(self, trace: TracebackType | None) -> tuple[str, str]:
        where, values = "", ""
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.file:
                where, names = self.lines.get(trace.tb_lineno, (where, {}))
                variables = trace.tb_frame.f_locals
                values = ", ".join(
                    f"{path} = {shown(variables[name])}" for name, path in names.items() if name in variables
                )
            trace = trace.tb_next
        return where, values
