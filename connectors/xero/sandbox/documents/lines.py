"""A document's lines: read, checked against the books, priced. Pure.

Facts: connectors/xero/API.md, 6, 7 and 9.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from connectors.xero.sandbox.books.money import HUNDRED, ZERO, line_amount, line_tax, rounded
from connectors.xero.sandbox.books.reference import Books
from connectors.xero.sandbox.protocol import posted
from connectors.xero.sandbox.protocol.envelope import new_id, with_hyphens
from connectors.xero.sandbox.protocol.wire import Json

TEXTS = ("LineItemID", "Description", "AccountCode", "AccountID", "TaxType", "ItemCode")
NUMBERS = ("Quantity", "UnitAmount", "LineAmount", "TaxAmount", "DiscountRate", "DiscountAmount")
PRICING = ("Quantity", "UnitAmount", "LineAmount", "DiscountRate", "DiscountAmount")
TRACKING = ("Name", "Option", "TrackingCategoryID", "TrackingOptionID")

LONGEST_DESCRIPTION = 4000
LARGEST_AMOUNT = Decimal("9999999999.99")
LARGEST_QUANTITY = Decimal(10) ** 13
MOST_TRACKING = 2
# What Xero says in these cases is not known; the sentences are ours.
NEGATIVE_QUANTITY = "Quantity must not be negative; use a negative unit amount instead."
NO_DISCOUNT = "Discounts are only supported on sales invoices and quotes."
APPLIES = {
    "REVENUE": "CanApplyToRevenue",
    "EXPENSE": "CanApplyToExpenses",
    "ASSET": "CanApplyToAssets",
    "LIABILITY": "CanApplyToLiabilities",
    "EQUITY": "CanApplyToEquity",
}


def read(element: Json) -> Json:
    line: Json = {
        name: with_hyphens(value) if name.endswith("ID") else value
        for name in TEXTS
        if (value := posted.text(element, name)) is not None
    }
    line.update((name, amount) for name in NUMBERS if (amount := posted.number(element, name)) is not None)
    tracking = posted.records(element, "Tracking")
    if tracking is not None:
        line["Tracking"] = [{name: _named(part, name) for name in TRACKING} for part in tracking]
    return line


def _named(part: Json, name: str) -> str | None:
    value = posted.text(part, name)
    return with_hyphens(value) if value is not None and name.endswith("ID") else value


@dataclass(slots=True)
class LineMaker:
    """Makes lines of one document; `errors` collects what is wrong with any of them."""

    books: Books
    line_amount_types: str
    approved: bool
    places: int
    same_tax_mode: bool = True
    discounts: bool = True
    errors: list[str] = field(default_factory=list)

    def make(self, wanted: Sequence[Json], standing: Sequence[Json]) -> list[Json]:
        """A line with a known LineItemID changes that line, others are new, lines not listed are dropped."""
        known = {line["LineItemID"]: line for line in standing}
        return [self._line(line, known.pop(line.get("LineItemID", "").lower(), None)) for line in wanted]

    def remake(self, standing: Sequence[Json]) -> list[Json]:
        """The same lines once more: after a change of tax mode, or to approve them."""
        return [self._line({}, line) for line in standing]

    def _line(self, wanted: Json, old: Json | None) -> Json:
        line: Json = {**(old or {}), **wanted, "LineItemID": old["LineItemID"] if old else new_id()}
        if old and {"AccountCode", "AccountID"} & wanted.keys():
            line.update((name, wanted.get(name)) for name in ("AccountCode", "AccountID"))
        line = {name: value for name, value in line.items() if value not in (None, "")}
        self._describe(line)
        if not self.discounts and (line.get("DiscountRate") or line.get("DiscountAmount")):
            self.errors.append(NO_DISCOUNT)
        priced = self._price(line, wanted, old)
        self._account(line, priced=priced)
        self._tax(line, wanted, old, priced=priced)
        line["Tracking"] = self._tracking(line, old)
        if line.get("ItemCode"):
            self.errors.append(f"Item code '{line['ItemCode']}' is not valid")
        return line

    def _describe(self, line: Json) -> None:
        description = line.get("Description", "")
        if not description:
            self.errors.append("Description must be specified on every line item.")
        if len(description) > LONGEST_DESCRIPTION:
            self.errors.append(f"Description must be no longer than {LONGEST_DESCRIPTION} characters.")

    def _price(self, line: Json, wanted: Json, old: Json | None) -> bool:
        """Fill in quantity, unit amount and line amount. A line with a description alone has none of them."""
        if old is not None and not any(name in wanted for name in PRICING):
            return "Quantity" in line
        if old is not None and "LineAmount" not in wanted:
            line.pop("LineAmount", None)
        if old is not None and {"DiscountRate", "DiscountAmount"} & wanted.keys():
            line.update((name, wanted.get(name)) for name in ("DiscountRate", "DiscountAmount"))
        if not any(line.get(name) is not None for name in ("Quantity", "UnitAmount", "LineAmount")):
            return False
        rate, off = line.get("DiscountRate"), line.get("DiscountAmount")
        if (rate is not None or off is not None) and line.get("UnitAmount") is None:
            self.errors.append("The UnitAmount should be used when specifying a discount for a line item.")
        checked = line.get("Quantity") is not None and line.get("UnitAmount") is not None
        self._fill_in(line)
        quantity, unit = rounded(line["Quantity"], 4), rounded(line["UnitAmount"], self.places)
        expected = line_amount(quantity, unit, rate, off)
        self._discount(line, quantity * unit)
        sent = line.get("LineAmount")
        if sent is not None and checked and rounded(sent) != expected:
            self.errors.append(
                f"The line total {rounded(sent)} does not match the expected line total {expected}"
            )
        elif sent is not None and not expected and (rate or off):
            # Reported of real books (connectors/xero/API.md, 7); the sentence is ours.
            self.errors.append("The line total 0.00 of a discounted line must not be specified.")
        line["Quantity"], line["UnitAmount"] = quantity, unit
        line["LineAmount"] = rounded(sent) if sent is not None else expected
        self._size(line)
        return True

    def _size(self, line: Json) -> None:
        if abs(line["LineAmount"]) > LARGEST_AMOUNT or line["Quantity"] >= LARGEST_QUANTITY:
            self.errors.append("The line amount or quantity is too large.")
        if line["Quantity"] < ZERO:  # reported of real books (connectors/psohub/API.md, 5c)
            self.errors.append(NEGATIVE_QUANTITY)

    def _fill_in(self, line: Json) -> None:
        """The line amount may replace a missing quantity or unit amount (connectors/xero/API.md, 6)."""
        quantity, unit, amount = (line.get(name) for name in ("Quantity", "UnitAmount", "LineAmount"))
        if unit is None:
            quantity = Decimal(1) if quantity is None else quantity
            unit = ZERO if amount is None or not quantity else rounded(amount / quantity, self.places)
        elif quantity is None:
            quantity = Decimal(1) if amount is None or not unit else rounded(amount / unit, 4)
        line["Quantity"], line["UnitAmount"] = quantity, unit

    def _discount(self, line: Json, gross: Decimal) -> None:
        """On a negative line, even an amount of 0 exceeds the line total (connectors/psohub/API.md, 7)."""
        rate, off = line.get("DiscountRate"), line.get("DiscountAmount")
        if (rate is not None and not ZERO <= rate <= HUNDRED) or (
            off is not None and rounded(gross - off) < ZERO
        ):
            shown = rate if rate is not None else off
            self.errors.append(
                f"The discount rate '{shown}' is invalid. Discount must not be greater than the line total."
            )

    def _account(self, line: Json, *, priced: bool) -> None:
        code, account_id = line.get("AccountCode"), line.get("AccountID")
        if not code and not account_id:
            if self.approved and priced:
                self.errors.append("Account code or ID must be specified")
            return
        account = (
            self.books.accounts.get(code) if code else self.books.accounts_by_id.get(str(account_id).lower())
        )
        if account is not None and account["Status"] != "ACTIVE":
            self.errors.append(
                f"Account code '{account['Code']}' has been archived, or has been deleted."
                " Each line item must reference a valid account."
            )
        elif account is None or not _takes_lines(account):
            self.errors.append(f"Account code '{code or account_id}' is not a valid code for this document.")
        if account is not None:
            line["AccountCode"], line["AccountID"] = account["Code"], account["AccountID"]

    def _tax(self, line: Json, wanted: Json, old: Json | None, *, priced: bool) -> None:
        amount = line.get("LineAmount", ZERO)
        account = self.books.accounts.get(line.get("AccountCode", ""))
        if not line.get("TaxType") and account is not None:
            line["TaxType"] = account["TaxType"]
        if self.line_amount_types == "NoTax" and line.get("TaxType"):
            line["TaxType"] = "NONE"
        tax_type = line.get("TaxType")
        rate = self.books.tax_rates.get(tax_type) if tax_type else None
        if tax_type and (rate is None or rate["Status"] != "ACTIVE"):
            self.errors.append(f"The TaxType code '{tax_type}' is not valid")
        elif rate is not None and account is not None and not rate[APPLIES[account["Class"]]]:
            self.errors.append(
                f"The TaxType code '{tax_type}' cannot be used with account code '{account['Code']}'."
            )
        elif rate is None and self.approved and priced and account is not None:
            self.errors.append("TaxType field is mandatory")
        kept = old is not None and old.get("TaxGiven") and self._keeps_tax(line, wanted, old)
        if "TaxAmount" in wanted and self.line_amount_types != "NoTax":
            line["TaxAmount"], line["TaxGiven"] = rounded(wanted["TaxAmount"]), True
        elif not kept:
            line["TaxAmount"] = (
                line_tax(amount, rate["EffectiveRate"], self.line_amount_types) if rate else ZERO
            )
            line.pop("TaxGiven", None)
        line.setdefault("LineAmount", ZERO)

    def _keeps_tax(self, line: Json, wanted: Json, old: Json) -> bool:
        """A tax amount once given holds until something it depended on is changed."""
        return (
            self.same_tax_mode
            and line.get("TaxType") == old.get("TaxType")
            and not any(name in wanted for name in PRICING)
        )

    def _tracking(self, line: Json, old: Json | None) -> list[Json]:
        wanted = line.get("Tracking", [])
        if old is not None and wanted == old.get("Tracking"):
            return list(wanted)
        if len(wanted) > MOST_TRACKING:
            self.errors.append(f"A line item may have {MOST_TRACKING} tracking elements at most.")
        return [option for part in wanted if (option := self._option(part)) is not None]

    def _option(self, wanted: Json) -> Json | None:
        for category in self.books.tracking:
            if not _is_named(category, wanted, "TrackingCategoryID", "Name", "Name"):
                continue
            for option in category["Options"]:
                if _is_named(option, wanted, "TrackingOptionID", "Name", "Option"):
                    if option["Status"] != "ACTIVE" or category["Status"] != "ACTIVE":
                        break
                    return {
                        "Name": category["Name"],
                        "Option": option["Name"],
                        "TrackingCategoryID": category["TrackingCategoryID"],
                        "TrackingOptionID": option["TrackingOptionID"],
                    }
        # What Xero says here is not known; the sentence is ours.
        name, option_name = (
            wanted.get(name) or wanted.get(other) for name, other in (TRACKING[::2], TRACKING[1::2])
        )
        self.errors.append(
            f"The tracking option '{option_name}' of category '{name}' is not an active option."
        )
        return None


def _is_named(known: Json, wanted: Json, id_name: str, name: str, wanted_name: str) -> bool:
    if wanted.get(id_name):
        return bool(known[id_name] == wanted[id_name].lower())
    return bool(wanted.get(wanted_name)) and known[name].casefold() == wanted[wanted_name].casefold()


def _takes_lines(account: Json) -> bool:
    return account["Type"] != "BANK" and account.get("SystemAccount") in (None, "ROUNDING")
