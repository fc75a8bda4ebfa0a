"""JSON with decimals, spelled as Xero spells them."""

from decimal import Decimal
from typing import Any

from engine.sdk.sandbox import ExactJson

Json = dict[str, Any]


def number_text(value: Decimal) -> str:
    """A number as Xero writes it: `24.15`, `21.0`, `0.0` (connectors/xero/API.md, 5)."""
    whole, _, fraction = format(value, "f").partition(".")
    fraction = fraction.rstrip("0") or "0"
    return "0.0" if not value else f"{whole}.{fraction}"


_JSON = ExactJson(number_text)
dumps, to_bytes = _JSON.dumps, _JSON.to_bytes
