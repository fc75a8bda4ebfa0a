"""What a config says about PSOhub, and every guess about its API in one place.

PSOhub's pages are known to a cut-off only (connectors/psohub/API.md, 3). What they state is a default here;
what they cut off is a default too, marked "Guess". Each name can be set in a config, so that a wrong guess is
a line of YAML:

    systems:
      psohub: {connector: psohub, fields: {lines: {quantity: Amount}}, calls: {write: {path: invoices}}}

A name may be a list: the first of them that holds something counts. Upper and lower case do not matter.
"""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, WithJsonSchema

from engine.sdk import HeaderLine, HeaderName, HeaderSecret, Settings, WebAddress

Names = str | list[str]
ALL = "all"


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        raise ValueError(f'"{name}" is not the name of a time zone, such as Europe/Amsterdam') from None
    except KeyError:
        reason = "unknown, or this machine has no data on time zones (the package tzdata has them)"
        raise ValueError(f'the time zone "{name}" is {reason}') from None
    return name


def _currency(code: str) -> str:
    if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
        raise ValueError(f'"{code}" is not a currency code of three capital letters, such as EUR')
    return code


class MemberNames(Settings):
    """What PSOhub calls the fields of a stream."""

    def spellings(self) -> dict[str, tuple[str, ...]]:
        """Each field with the names that its member may have, in order."""
        names: dict[str, Names] = dict(self)
        return {field: (name,) if isinstance(name, str) else tuple(name) for field, name in names.items()}


class InvoiceNames(MemberNames):
    """Members of an invoice (connectors/psohub/API.md, 3.4)."""

    id: Names = "InvoiceID"
    name: Names = "InvoiceName"
    number: Names = "InvoiceNumber"
    status: Names = "InvoiceStatus"
    date: Names = "InvoiceDate"
    due_date: Names = "InvoiceDueDate"
    note: Names = "InvoiceNote"
    currency: Names = "InvoiceCurrencyCode"
    customer_id: Names = "CustomerID"
    customer_name: Names = "CustomerName"
    contact_id: Names = "InvoiceContactID"
    contact_name: Names = "InvoiceContactName"
    contact_email: Names = "InvoiceContactEmail"
    total_ex_vat: Names = "TotalAmountExVAT"
    total_inc_vat: Names = "TotalAmountIncVAT"
    total_ex_vat_base: Names = Field(default=["TotalAmountExVATBaseCurrency", "TotalAmountExVATBase"])
    total_inc_vat_base: Names = Field(default=["TotalAmountIncVATBase", "TotalAmountIncVATBaseCurrency"])
    pdf: Names = "InvoicePDF"
    lines: Names = "InvoiceLines"
    reference: Names = "Reference"
    """Guess: not in the readable part of the documentation."""
    project_id: Names = "ProjectID"
    """Guess: not in the readable part of the documentation."""
    business_unit_id: Names = "BusinessUnitID"
    """Guess: not in the readable part of the documentation."""
    credited_invoice_id: Names = "CreditedInvoiceID"
    """Guess: not in the readable part of the documentation; how a credit note is marked is not known."""
    external_id: Names = "ExternalID"
    """Guess: not in the readable part of the documentation; `noexternalid` shows that there is one."""
    url: Names = Field(default=["InvoiceURL", "URL"])
    """Guess: not in the readable part of the documentation."""


class LineNames(MemberNames):
    """Members of an invoice's line (connectors/psohub/API.md, 3.4); the page is cut off after GLAccount."""

    number: Names = "LineNumber"
    name: Names = "LineName"
    description: Names = "LineDescription"
    gl_account: Names = "GLAccount"
    quantity: Names = "Quantity"
    """Guess: not in the readable part of the documentation."""
    unit_price: Names = "UnitPrice"
    """Guess: not in the readable part of the documentation."""
    amount_ex_vat: Names = "AmountExVAT"
    """Guess: not in the readable part of the documentation; expenses use this name."""
    vat_amount: Names = "VATAmount"
    """Guess: not in the readable part of the documentation; expenses use this name."""
    total_amount: Names = "TotalAmount"
    """Guess: not in the readable part of the documentation; expenses use this name."""
    vat_percentage: Names = "VATPercentage"
    """Guess: not in the readable part of the documentation."""
    tax_category: Names = "TaxCategory"
    """Guess: not in the readable part of the documentation."""
    tracking_category: Names = "TrackingCategory"
    """Guess: not in the readable part of the documentation."""
    tracking_option: Names = "TrackingOption"
    """Guess: not in the readable part of the documentation."""
    contract_line_id: Names = "ContractLineID"
    """Guess: not in the readable part of the documentation; expenses use this name."""


class CompanyNames(MemberNames):
    """Members of a company (connectors/psohub/API.md, 3.4). What is written as Street is read as Address."""

    id: Names = "CompanyID"
    name: Names = Field(default=["CompanyName", "Name"])
    registration_number: Names = "CompanyRegistrationNumber"
    """Stated for writing; that it can be read is a guess."""
    tax_number: Names = "TaxNumber"
    """Stated for writing; that it can be read is a guess."""
    phone: Names = "PhoneNumber"
    street: Names = Field(default=["Address", "Street"])
    postal_code: Names = "PostalCode"
    city: Names = "City"
    region: Names = "Region"
    """Guess: stated only for addresses in OData."""
    country: Names = "Country"
    country_code: Names = "CountryCode"


class ContactNames(MemberNames):
    """Members of a contact (connectors/psohub/API.md, 3.4)."""

    id: Names = "ContactID"
    company_id: Names = "CompanyID"
    company_name: Names = "CompanyName"
    email: Names = "Email"
    first_name: Names = "FirstName"
    last_name: Names = "LastName"
    salutation: Names = "Salutation"
    job_title: Names = "JobTitle"
    phone: Names = "Phonenumber"


class ProjectNames(MemberNames):
    """Members of a project (connectors/psohub/API.md, 3.4)."""

    id: Names = "ProjectID"
    number: Names = "ProjectNumber"
    name: Names = "Name"
    company_id: Names = "CompanyID"
    business_unit_id: Names = "BusinessUnitID"
    currency: Names = "CurrencyCode"
    stage: Names = "Stage"
    type_id: Names = "ProjectTypeID"
    manager: Names = "ProjectManager"
    manager_id: Names = "ProjectManagerID"
    external_deal_id: Names = "ExternalDealID"
    start_date: Names = "StartDate"
    total_value: Names = "TotalProjectValue"
    due_days: Names = "DueDays"
    """Guess: projects have due days on their screen."""
    reference: Names = "Reference"
    """Guess: projects have a reference on their screen."""


class FieldNames(Settings):
    """What PSOhub calls the fields of each stream."""

    invoices: InvoiceNames = InvoiceNames()
    lines: LineNames = LineNames()
    companies: CompanyNames = CompanyNames()
    contacts: ContactNames = ContactNames()
    projects: ProjectNames = ProjectNames()


class WriteCall(Settings):
    """The call that writes external id and status back. That it exists is stated; all else is a guess."""

    method: Literal["PATCH", "PUT", "POST"] = "PATCH"
    """Guess: the method is not in the readable part of the documentation."""
    path: str = "invoice"
    """Guess by analogy with POST/PATCH `contact` and `company`."""
    id: str = "InvoiceID"
    """Guess: not in the readable part of the documentation."""
    external_id: str = "ExternalID"
    """Guess: not in the readable part of the documentation."""
    status: str = "InvoiceStatus"
    """Guess: not in the readable part of the documentation."""
    id_as: Literal["number", "text"] = "number"
    """Guess: ids of invoices are numbers when read."""
    status_as: Literal["Capital", "lower"] = "Capital"
    """Guess: statuses are answered as `Paid` and filtered as `paid`."""


class Calls(Settings):
    """The calls whose form is not documented."""

    write: WriteCall = WriteCall()


class Formats(Settings):
    """How PSOhub's members are called, and how their values are to be read."""

    fields: FieldNames = FieldNames()
    """What PSOhub calls its fields, where our names for them are wrong."""

    statuses: dict[str, Literal["draft", "approved", "sent", "paid"]] = Field(default_factory=dict)
    """What other words for an invoice's status stand for, e.g. {Verzonden: sent}."""

    number_format: Literal["1234.56", "1234,56", "1,234.56", "1.234,56", "1 234,56", "1'234.56"] | None = None
    """How PSOhub writes numbers as text, if it does; left out, an invoice with such a number waits."""

    time_zone: Annotated[str, AfterValidator(_time_zone)] | None = None
    """The time zone in which moments are days, e.g. Europe/Amsterdam; left out, an invoice with a moment
    that is not midnight UTC waits.
    """

    @property
    def zone(self) -> ZoneInfo | None:
        return ZoneInfo(self.time_zone) if self.time_zone else None


class PsohubSettings(Formats):
    """One PSOhub account, and the guesses about its API."""

    access_token: HeaderSecret
    """The API's access token. How to get one is not in the readable part of the documentation."""

    api_url: WebAddress = "https://www.psohubapp.com/rest/psohubapi/v1"
    """Where the REST API is."""

    business_unit: Annotated[str, WithJsonSchema({"type": ["string", "integer"]})] | None = None
    """The id of the business unit whose invoices this config pushes, or all. Left out, the account must have
    only one.
    """

    base_currency: Annotated[str, AfterValidator(_currency)] | None = None
    """The account's base currency, e.g. EUR; left out, it is taken from invoices that show it."""

    limit: int = Field(default=1000, ge=1)
    """Invoices to ask for in one answer. PSOhub has no other paging."""

    list_limit: int = Field(default=100_000, ge=1)
    """Companies, contacts or projects to ask for in one answer."""

    single_reads: int = Field(default=10, ge=0)
    """Up to this many companies or contacts are read one by one; more are read as one list."""

    timeout: float = Field(default=60, gt=0)
    """Seconds for one request, from connecting to the last byte of its answer."""

    largest_answer: float = Field(default=64, gt=0)
    """MB of an answer, as they arrive and unpacked. A larger answer counts as none."""

    auth_header: HeaderName = "Authorization"
    """The header that carries the token. Guess: not in the readable part of the documentation."""

    auth_scheme: HeaderLine = "Bearer"
    """The word before the token; empty for none. Guess: not in the readable part of the documentation."""

    calls: Calls = Calls()
    """How undocumented calls are made, where our guess is wrong."""
