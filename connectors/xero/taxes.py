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
            rates = [record.values for record in self.reader.reference(TAX_RATES)]
            accounts = [record.values for record in self.reader.reference(ACCOUNTS)]
            self._rates = Rates(
                {
                    str(rate["TaxType"]): rate.get("EffectiveRate", Decimal(0))
                    for rate in rates
                    if "TaxType" in rate
                },
                {
                    str(account[name]): str(account["TaxType"])
                    for account in accounts
                    for name in ("Code", "AccountID")
                    if name in account and "TaxType" in account
                },
            )
        return self._rates

    def rounding_account(self) -> Mapping[str, Any] | None:
        rows = (record.values for record in self.reader.reference(ACCOUNTS))
        return next((account for account in rows if account.get("SystemAccount") == "ROUNDING"), None)

    def no_tax(self) -> str | None:
        """The tax type for what bears no tax: Xero's own NONE, else an active one of 0 % for sales."""
        free = [
            str(rate.values.get("TaxType"))
            for rate in self.reader.reference(TAX_RATES)
            if rate.values.get("Status") == "ACTIVE"
            and rate.values.get("EffectiveRate") == 0
            and rate.values.get("CanApplyToRevenue") is not False
        ]
        return "NONE" if "NONE" in free else next(iter(free), None)
