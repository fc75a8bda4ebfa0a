"""Literals get their type from the field they go into, and their text is never lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from engine.document import Scalar
from engine.mapping.check.kinds import described, type_of
from engine.mapping.syntax.parser import MAX_DIGITS
from engine.mapping.syntax.tree import AS_TEXT
from engine.model.advice import meant_value
from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.redact import shortened
from engine.model.schema import TEXT, Type


class Unfit:
    """The literal does not fit, which is reported."""


@dataclass(frozen=True, slots=True)
class Fitted:
    value: Any  # None: null
    type: Type


def fitted(scalar: Scalar, want: Type, label: str, diagnostics: Diagnostics) -> Fitted | Unfit:
    """The literal as a value of type `want`."""
    if scalar.kind == "null":
        if not scalar.text and not scalar.style:
            hint = 'write null to send null, "" to send empty text'
            diagnostics.error("M103", scalar.span, "the value is missing", hint=hint)
            return Unfit()
        return Fitted(None, want)
    reader = _READERS.get(want.kind)
    if want is AS_TEXT:
        return Fitted(scalar.text, TEXT)
    if reader is None:
        hint = "fields, use or ref" if want.kind == "object" else "each or list"
        message = f"{label} takes {described(want)}, found {_shown(scalar)}"
        diagnostics.error("M224", scalar.span, message, hint=f"make {described(want)} with {hint}")
        return Unfit()
    value = reader(scalar)
    if value is None:
        diagnostics.error(
            "M224",
            scalar.span,
            f"{label} takes {described(want)}, found {_shown(scalar)}",
            hint=_hint(scalar, want),
        )
        return Unfit()
    if isinstance(value, str) and not allowed(value, want, label, scalar.span, diagnostics):
        return Unfit()
    return Fitted(value, type_of(value) if want.kind in ("text", "any") else Type(want.kind))


def allowed(text: str, want: Type, label: str, span: Span, diagnostics: Diagnostics) -> bool:
    """Whether a literal text is one of an enum's words and not too long."""
    if want.values and want is not AS_TEXT and text not in want.values:
        message = f'{label} does not allow "{shortened(text, 60)}"'
        diagnostics.error("M207", span, message, near=(text[:60], want.values), hint=_case(text, want))
        return False
    if want.max is not None and len(text) > want.max:
        diagnostics.error("M208", span, f"{label} takes up to {want.max} characters, this has {len(text)}")
        return False
    return True


def _case(text: str, want: Type) -> str:
    same = any(text.casefold() == word.casefold() for word in want.values)
    return "upper and lower case matter" if same else ""


def _hint(scalar: Scalar, want: Type) -> str:
    return meant_value(scalar.text, want.kind, quoted=scalar.style in ("'", '"'))


def _shown(scalar: Scalar) -> str:
    if scalar.style or scalar.kind == "text":
        return f'"{shortened(scalar.text, 40)}"'
    return shortened(scalar.text, 40)


def _text(scalar: Scalar) -> Any:
    return scalar.text


def _int(scalar: Scalar) -> Any:
    return int(scalar.text) if scalar.kind == "int" and len(scalar.text) <= MAX_DIGITS else None


def _decimal(scalar: Scalar) -> Any:
    if scalar.kind == "int":
        return _int(scalar)
    if scalar.kind not in ("int", "decimal") or len(scalar.text) > MAX_DIGITS:
        return None
    value = Decimal(scalar.text)
    if abs(value.adjusted()) > MAX_DIGITS:
        return None
    return Decimal(format(value, "f"))  # 1e3 is 1000: never an exponent


def _bool(scalar: Scalar) -> Any:
    return scalar.text == "true" if scalar.kind == "bool" else None


def _date(scalar: Scalar) -> Any:
    if scalar.style:
        return None
    try:
        return date.fromisoformat(scalar.text) if len(scalar.text) == 10 else None
    except ValueError:
        return None


def _instant(scalar: Scalar) -> Any:
    if scalar.style:
        return None
    try:
        value = datetime.fromisoformat(scalar.text)
    except ValueError:
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _any(scalar: Scalar) -> Any:
    match scalar.kind:
        case "int":
            return _int(scalar)
        case "decimal":
            return _decimal(scalar)
        case "bool":
            return _bool(scalar)
    return scalar.text


_READERS: dict[str, Any] = {
    "text": _text,
    "int": _int,
    "decimal": _decimal,
    "bool": _bool,
    "date": _date,
    "instant": _instant,
    "any": _any,
}
