"""What must hold after every run, whatever people and networks did before it."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from tests.e2e.program import Result
from tests.e2e.systems import Row
from tests.properties.month import DRIFT, Month
from tests.properties.sales import FIRST_DAY, OURS, THEIRS

NOT_YET = "not pushed yet"
STRANGERS_OWN = ("InvoiceNumber", "Reference", "Status", "Total", "CurrencyCode", "AmountDue")
ISSUED = ("Sent", "Paid", "Verzonden")  # an unknown status may be one that is pushed


def check(month: Month, result: Result) -> None:
    """All of it. A run that was cut short (exit 6) has written nothing wrong either; it compares no books."""
    assert result.code in (0, 1, 6), result.err
    strangers_are_left_alone(month)
    ours_and_once(month)
    mail_goes_to_the_invoices_contact(month)
    if result.code == 6:
        return
    assert (result.code == 1) == needs_a_person(result.json), result.json
    rows_explain_the_difference(result.json["reconcile"])
    books_hold_every_document(month, result.json)
    each_is_accounted_for(month, result.json)
    numbers_are_written_back(month, result.json)


def needs_a_person(report: Any) -> bool:
    drifted = [row for row in report["reconcile"]["rows"] if row["kind"] in DRIFT and row["accepted"] is None]
    return bool(report["held"] or drifted)


def strangers_are_left_alone(month: Month) -> None:
    standing = {
        row["InvoiceID"]: row for row in month.systems.pushed() if row["InvoiceID"] in month.strangers
    }
    for key, before in month.strangers.items():
        assert {name: standing[key].get(name) for name in STRANGERS_OWN} == {
            name: before.get(name) for name in STRANGERS_OWN
        }
    numbers = {row["InvoiceNumber"] for row in standing.values()}
    told = {row.get("ExternalID") for row in month.systems.psohub_rows("invoices")}
    assert not numbers & told
    linked = {target.partition("/")[2] for target in month.links().values()}
    assert not linked & month.strangers.keys()


def ours_and_once(month: Month) -> None:
    """As many documents under a number as we have invoices with it, none of another unit, none too old."""
    made = month.documents()
    sold = Counter(
        row["InvoiceNumber"]
        for row in month.ours().values()
        if row["InvoiceStatus"] == "Sent" and row["InvoiceDate"] >= FIRST_DAY
    )
    references = Counter(row["Reference"] for row in made if row["Status"] not in ("VOIDED", "DELETED"))
    assert references <= sold, references - sold
    assert {row["Reference"] for row in made} <= sold.keys()
    for row in month.systems.psohub_rows("invoices"):
        if month.sales[row["InvoiceID"]].unit != OURS:
            assert not row.get("ExternalID"), row


def mail_goes_to_the_invoices_contact(month: Month) -> None:
    numbered: dict[str, set[str]] = defaultdict(set)
    for row in month.ours().values():
        numbered[row["InvoiceNumber"]].add(first_address(str(row["InvoiceContactEmail"])))
    made = {row["InvoiceID"]: row["Reference"] for row in month.documents() if "InvoiceID" in row}
    mails = month.systems.emails()
    assert all(count == 1 for count in Counter(mail["invoice_id"] for mail in mails).values()), mails
    for mail in mails:
        (to,) = mail["to"]
        assert to in numbered[made[mail["invoice_id"]]], mail


def what_is_not_mailed_was_reported(month: Month) -> None:
    """Once a run has ended with nothing in the way."""
    mailed = {mail["invoice_id"] for mail in month.systems.emails()}
    for source, target in month.links().items():
        stream, _, key = target.partition("/")
        if stream == "xero.invoices" and key not in mailed:
            assert source in month.not_mailed | month.unlinked, month.sales[int(source)]


def first_address(text: str) -> str:
    return text.partition(";")[0].partition("<")[2].rstrip(">") or text.partition(";")[0]


def rows_explain_the_difference(reconciled: Any) -> None:
    """The amounts of the rows add up to the difference of the books, for each currency, to the cent."""
    explained: dict[str, Decimal] = defaultdict(Decimal)
    for row in reconciled["rows"]:
        explained[row["currency"]] += Decimal(row["amount"])
    for book in reconciled["totals"]:
        assert Decimal(book["target"]) - Decimal(book["source"]) == Decimal(book["difference"])
        assert explained.pop(book["currency"], Decimal(0)) == Decimal(book["difference"]), book
    assert not any(explained.values()), explained


def books_hold_every_document(month: Month, report: Any) -> None:
    """The totals, added up from the outside."""
    in_xero: dict[str, Decimal] = defaultdict(Decimal)
    for row in [*month.systems.pushed(), *month.systems.credited()]:
        if row["Status"] in ("AUTHORISED", "PAID"):
            in_xero[row["CurrencyCode"]] += -row["Total"] if "CreditNoteID" in row else row["Total"]
    assert totals(report, "target") == _without_zero(in_xero)
    in_psohub: dict[str, Decimal] = defaultdict(Decimal)
    for row in in_the_books(month).values():
        in_psohub[currency_of(row)] += row["TotalAmountIncVAT"]
    assert totals(report, "source") == _without_zero(in_psohub)


def currency_of(row: Row) -> str:
    """The invoice's own or its project's; empty if neither says it, nor totals in the base currency."""
    said = str(row["InvoiceCurrencyCode"])
    return said if said != "-" else "EUR" if row.keys() & {"ProjectID", "TotalAmountIncVATBase"} else ""


def totals(report: Any, side: str) -> dict[str, Decimal]:
    books = report["reconcile"]["totals"]
    return _without_zero({book["currency"]: Decimal(book[side]) for book in books})


def _without_zero(totals: dict[str, Decimal]) -> dict[str, Decimal]:
    return {currency: total for currency, total in totals.items() if total}


def in_the_books(month: Month) -> dict[int, Row]:
    """PSOhub's documents that are, or may be, ours and are issued."""
    return {
        key: sale.row
        for key, sale in month.sales.items()
        if sale.unit != THEIRS and sale.row["InvoiceStatus"] in ISSUED
    }


def each_is_accounted_for(month: Month, report: Any) -> None:
    """Each document that is ours is linked, or held, or a row says why not; those of others are counted."""
    reconciled = report["reconcile"]
    linked = set(month.links())
    held = {row["address"].partition("/")[2] for row in report["held"]}
    stopped = any(notice.startswith("stopped: ") for notice in report["notices"])
    notes = {
        str(row["source"]).partition("/")[2]: row["note"]
        for row in reconciled["rows"]
        if row["kind"] == "source_only"
    }
    for key, row in in_the_books(month).items():
        if str(key) not in linked | held:
            assert stopped or notes.get(str(key), NOT_YET) != NOT_YET, row
            assert not notes[str(key)].startswith("held"), row
    elsewhere = sum(row["records"] for row in report["elsewhere"])
    theirs = [sale.row for sale in month.sales.values() if sale.unit == THEIRS]
    assert sum(row["InvoiceStatus"] == "Sent" for row in theirs) <= elsewhere <= len(theirs)


def numbers_are_written_back(month: Month, report: Any) -> None:
    held = {row["address"].partition("/")[2] for row in report["held"]}
    made = {}
    for row in month.documents():
        key = row.get("InvoiceID") or row["CreditNoteID"]
        made[key] = row.get("InvoiceNumber") or row["CreditNoteNumber"]
    external = {str(row["InvoiceID"]): row.get("ExternalID") for row in month.systems.psohub_rows("invoices")}
    for source, target in month.links().items():
        key = target.partition("/")[2]
        if source not in held and key not in held:
            assert external[source] == made[key], (source, target)
