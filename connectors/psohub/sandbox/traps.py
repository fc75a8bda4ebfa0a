"""Put the company on the wire as PSOhub does, traps and all (connectors/psohub/API.md, 3.5).

Names vary, ids are numbers in one place and text in another, "nothing" has five spellings, and dates look
like instants. Names that the documentation cuts off are guesses.
"""

from base64 import b64encode
from datetime import date
from typing import Literal
from zlib import crc32

from connectors.psohub.sandbox.company.catalogue import RATES_TO_BASE
from connectors.psohub.sandbox.company.model import (
    OTHER_UNIT_ID,
    Contact,
    Customer,
    Invoice,
    Line,
    Project,
)
from connectors.psohub.sandbox.company.money import cents
from connectors.psohub.sandbox.wire import Row
from engine.sdk.sandbox import tiny_pdf

_MISSING = object()
_BLANKS: dict[str, tuple[object, ...]] = {"text": ("-", " ", _MISSING), "number": (0, "-", _MISSING)}


LINKED = ("Reference", "ProjectID", "BusinessUnitID", "CreditedInvoiceID", "ExternalID")
DRAFT = "Draft"  # what is shown for a number that is not given yet


def is_blank(value: object) -> bool:
    """Whether a value read off the wire says "nothing": `"-"`, spaces, null or 0."""
    return value is None or value == 0 or (isinstance(value, str) and value.strip() in ("", "-"))


def invoice_row(invoice: Invoice, *, with_pdf: bool) -> Row:
    """An invoice as GET invoices shows it, under the names of connectors/psohub/API.md, 3.4."""
    customer, contact, rate = invoice.customer, invoice.project.contact, RATES_TO_BASE[invoice.currency]
    row: Row = {
        "InvoiceName": f"{customer.name} - {invoice.project.name}",
        "InvoiceDate": _instant(invoice.date),
    }
    _put(row, "InvoiceDueDate", invoice.due_date and _instant(invoice.due_date), invoice.id)
    _put(row, "InvoiceNote", invoice.note, invoice.id)
    row |= {
        "InvoiceStatus": invoice.status,
        # Some pages show a number before it is approved, others do not (connectors/psohub/API.md, 2).
        "InvoiceNumber": DRAFT if invoice.status == "Draft" and invoice.id % 2 else invoice.number,
        "InvoiceID": invoice.id,
        "CustomerID": customer.id,
        "CustomerName": customer.name,
        "InvoiceContactID": contact.id,
        "InvoiceContactName": contact.name,
    }
    _put(row, "InvoiceContactEmail", contact.email, invoice.id)
    row |= {
        "InvoiceCurrencyCode": invoice.currency,
        "TotalAmountExVAT": invoice.total_ex_vat,
        "TotalAmountIncVAT": invoice.total_inc_vat,
        # The two names drift like this in the documentation's own example.
        "TotalAmountExVATBaseCurrency": cents(invoice.total_ex_vat * rate),
        "TotalAmountIncVATBase": cents(invoice.total_inc_vat * rate),
        "InvoicePDF": b64encode(tiny_pdf(f"{invoice.number} {customer.name}")).decode() if with_pdf else "-",
    }
    row["InvoiceLines"] = [_line_row(line) for line in invoice.lines]
    # The documentation's example ends here: whether these are shown, and where, is not known.
    _put(row, "Reference", invoice.reference, invoice.id)
    row["ProjectID"] = str(invoice.project.id)
    # An invoice may leave it to its project to say whose it is.
    unit = invoice.project.business_unit_id
    stated = unit if unit != OTHER_UNIT_ID or invoice.id % 2 else None
    _put(row, "BusinessUnitID", stated, invoice.id, "number")
    _put(row, "CreditedInvoiceID", None, invoice.id, "number")  # no credit notes are generated
    _put(row, "ExternalID", None, invoice.id)
    return row


def _line_row(line: Line) -> Row:
    row: Row = {"LineNumber": f"{line.number} ", "LineName": line.name}
    _put(row, "LineDescription", line.description, line.contract_line_id)
    _put(row, "GLAccount", line.gl_account, line.contract_line_id)
    row |= {
        "Quantity": line.quantity,
        "UnitPrice": line.unit_price,
        "AmountExVAT": line.amount_ex_vat,
        "VATAmount": line.vat_amount,
        "TotalAmount": line.amount_ex_vat + line.vat_amount,
        "VATPercentage": line.vat_percentage,
        "TaxCategory": line.tax_category,
    }
    category, option = line.tracking or (None, None)
    _put(row, "TrackingCategory", category, line.contract_line_id)
    _put(row, "TrackingOption", option, line.contract_line_id)
    row["ContractLineID"] = str(line.contract_line_id)
    return row


def company_row(customer: Customer) -> Row:
    """A company as GET companies shows it. The two numbers are documented for writing only; the region is a
    guess."""
    row: Row = {
        "CompanyName": customer.name,
        "CompanyID": customer.id,
        "Address": customer.street,
        "PostalCode": customer.postal_code,
        "City": customer.city,
    }
    _put(row, "Region", customer.region, customer.id)
    row["Country"] = customer.country.name
    _put(row, "PhoneNumber", customer.phone, customer.id)
    row["CountryCode"] = customer.country.code
    _put(row, "TaxNumber", customer.tax_number, customer.id)
    _put(row, "CompanyRegistrationNumber", customer.registration_number, customer.id)
    return row


def contact_row(contact: Contact, customer: Customer) -> Row:
    """A contact as GET contacts shows it: its telephone is spelled otherwise than a company's, its company is
    text."""
    row: Row = {}
    _put(row, "Email", contact.email, contact.id)
    row |= {
        "ContactID": contact.id,
        "CompanyID": str(customer.id),
        "CompanyName": customer.name,
        "FirstName": contact.first_name,
        "LastName": contact.last_name,
    }
    _put(row, "Salutation", contact.salutation, contact.id)
    _put(row, "JobTitle", contact.job_title, contact.id)
    _put(row, "Phonenumber", contact.phone, contact.id)
    return row


def project_row(project: Project, customer: Customer) -> Row:
    """A project as GET projects shows it; `DueDays` and `Reference` are guesses, `ExternalDealID: 0` is
    documented."""
    row: Row = {
        "Name": f"{project.name} for {customer.name}",
        "StartDate": project.started,
        "ProjectTypeID": str(13229323923272053 + len(project.name)),
        "Stage": project.stage,
        "ProjectNumber": project.number,
        "ProjectManager": project.manager or "-",
        "TotalProjectValue": 0,
        "CurrencyCode": customer.country.currency,
        "ProjectID": project.id,
        "CompanyID": customer.id,
        "ExternalDealID": 0,
        "BusinessUnitID": project.business_unit_id,
    }
    if project.manager:
        row["ProjectManagerID"] = 39406496739494241 + len(project.manager)
    _put(row, "DueDays", project.due_days, project.id, "number")
    _put(row, "Reference", project.reference, project.id)
    return row


def _instant(day: date) -> str:
    return f"{day.isoformat()}T00:00:00.000Z"


def _put(row: Row, name: str, value: object, key: int, blanks: Literal["text", "number"] = "text") -> None:
    """Write a value, or one of the ways in which PSOhub writes none; which of them depends on record and name
    only."""
    if value is None:
        ways = _BLANKS[blanks]
        value = ways[crc32(f"{name}{key}".encode()) % len(ways)]
    if value is not _MISSING:
        row[name] = value
