"""A company as PSOhub would know it: customers, contacts, projects and invoices, as clean frozen values.

Pure: the same options give the same company, whatever the day. How its blanks and varying names look on the
wire is in `traps.py`.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from connectors.psohub.sandbox.company.catalogue import Country

# The API does not show their names: Acme Consulting, and Acme Support, whose customers are the idle ones.
BUSINESS_UNIT_ID = 2
OTHER_UNIT_ID = 1

# All ids pass 2^53 and neighbours differ by little, so that a float makes one id of several
# (connectors/psohub/API.md, 3.5).
FIRST_INVOICE_ID = 41939771881672249
FIRST_COMPANY_ID = 14073748838924968
FIRST_CONTACT_ID = 21110623256832211
FIRST_PROJECT_ID = 13229323915872053
FIRST_CONTRACT_LINE_ID = 28147497671065603


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at a customer."""

    id: int
    first_name: str
    last_name: str
    salutation: str | None
    job_title: str | None
    email: str | None
    phone: str | None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class Project:
    """What is worked on for a customer; it names the invoice contact and may have its own due days
    (connectors/psohub/API.md, 4).
    """

    id: int
    number: str
    name: str
    stage: str
    started: str
    manager: str | None
    due_days: int | None
    reference: str | None
    contact: Contact
    business_unit_id: int


@dataclass(frozen=True, slots=True)
class Customer:
    """A company in PSOhub's words."""

    id: int
    name: str
    country: Country
    street: str
    postal_code: str
    city: str
    region: str | None
    phone: str | None
    tax_number: str | None
    registration_number: str | None
    contacts: tuple[Contact, ...]
    projects: tuple[Project, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A contract line on an invoice."""

    number: str
    name: str
    description: str | None
    gl_account: str | None
    quantity: Decimal
    unit_price: Decimal
    amount_ex_vat: Decimal
    vat_amount: Decimal
    vat_percentage: Decimal
    tax_category: str
    tracking: tuple[str, str] | None
    contract_line_id: int


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice; `total_*` are what PSOhub states: to the cent, without tax at times to eight decimals."""

    id: int
    number: str
    status: str
    date: datetime.date
    due_date: datetime.date | None
    note: str | None
    reference: str | None
    customer: Customer
    project: Project
    lines: tuple[Line, ...]
    total_ex_vat: Decimal
    total_inc_vat: Decimal

    @property
    def currency(self) -> str:
        return self.customer.country.currency


@dataclass(frozen=True, slots=True)
class Order:
    """What is settled about an invoice before its lines are written."""

    number: int
    status: str
    date: datetime.date
    customer: Customer
    cents_differ: bool


@dataclass(frozen=True, slots=True)
class Company:
    """Everything except the invoices' lines: `invoicing.invoices` writes those as they are asked for,
    so that 100,000 invoices need not be in memory at once."""

    seed: int
    customers: tuple[Customer, ...]
    orders: tuple[Order, ...]
