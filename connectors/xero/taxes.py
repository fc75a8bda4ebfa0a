"""What totals need from Xero's books: tax rates, the accounts' own tax types, the rounding account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from connectors.xero.money import Rates
from connectors.xero.reading import Reader
from connectors.xero.streams import ACCOUNTS, TAX_RATES


@dataclass(slots=True)
class Taxes:
    """Read once, when first needed."""

    reader: Reader
    _rates: Rates | None = field(default=None, init=False)

    def rates(self) -> Rates:
        if self._rates is None:
            rates = [one.values for one in self.reader.reference(TAX_RATES)]
            accounts = [one.values for one in self.reader.reference(ACCOUNTS)]
            self._rates = Rates(
                {
                    str(one["TaxType"]): one.get("EffectiveRate", Decimal(0))
                    for one in rates
                    if "TaxType" in one
                },
                {
                    str(one[name]): str(one["TaxType"])
                    for one in accounts
                    for name in ("Code", "AccountID")
                    if name in one and "TaxType" in one
                },
            )
        return self._rates

    def rounding_account(self) -> Mapping[str, Any] | None:
        rows = (one.values for one in self.reader.reference(ACCOUNTS))
        return next((one for one in rows if one.get("SystemAccount") == "ROUNDING"), None)

    def no_tax(self) -> str | None:
        """The tax type for what bears no tax: Xero's own NONE, else an active one of 0 % for sales."""
        free = [
            str(one.values.get("TaxType"))
            for one in self.reader.reference(TAX_RATES)
            if one.values.get("Status") == "ACTIVE"
            and one.values.get("EffectiveRate") == 0
            and one.values.get("CanApplyToRevenue") is not False
        ]
        return "NONE" if "NONE" in free else next(iter(free), None)
