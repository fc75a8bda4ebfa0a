"""PSOhub's records as mappings see them: clean, typed, with one name for each thing."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.psohub.resource import Related, Resource
from engine.sdk import DATE, DECIMAL, INT, TEXT, Field, Stream, Type, enum, list_of, obj

STATUSES = ("draft", "approved", "sent", "paid")


def _shown(type_: Type, doc: str) -> Field:
    return Field(type_, doc, writable=False)


def _texts(**docs: str) -> dict[str, Field]:
    return {name: _shown(TEXT, doc) for name, doc in docs.items()}


def _who(**docs: str) -> dict[str, Field]:
    """Texts that say who a person or customer is."""
    return {name: Field(TEXT, doc, writable=False, personal=True) for name, doc in docs.items()}


def _key(doc: str) -> Field:
    return Field(TEXT, doc, nullable=False, writable=False)


CONTACT_FIELDS: Mapping[str, Field] = {
    "id": _key("The contact's id."),
    **_texts(company_id="The company it belongs to."),
    **_who(
        company_name="That company's name.",
        email="E-mail address.",
        first_name="First name.",
        last_name="Last name.",
    ),
    **_texts(salutation="How to address the person.", job_title="Job title."),
    **_who(phone="Telephone."),
}

COMPANY_FIELDS: Mapping[str, Field] = {
    "id": _key("The company's id."),
    **_who(
        name="The company's name.",
        registration_number="Its number in the trade register.",
        tax_number="Its tax number.",
        phone="Telephone.",
        street="Street and number.",
        postal_code="Postal code.",
        city="City.",
    ),
    **_texts(
        region="State, province or county.",
        country="The country's name.",
        country_code="The country in two letters.",
    ),
}

PROJECT_FIELDS: Mapping[str, Field] = {
    "id": _key("The project's id."),
    **_texts(number="The project's number."),
    **_who(name="Its name, often with the customer's."),
    **_texts(
        company_id="The customer.",
        business_unit_id="The business unit it belongs to.",
        currency="Its currency, in three letters.",
        stage="Its stage.",
        type_id="Its type, as an id.",
    ),
    **_who(manager="The project manager."),
    **_texts(manager_id="That person's id.", external_deal_id="The CRM deal that it came from."),
    "start_date": _shown(DATE, "When it starts."),
    "total_value": _shown(DECIMAL, "Its total value, in its currency."),
    "due_days": _shown(INT, "Days until its invoices are due, if it has its own; 0 means not set."),
    "reference": _shown(TEXT, "The customer's reference for it."),
}

LINE_FIELDS: Mapping[str, Field] = {
    **_texts(
        number="The line's number, e.g. 10.002.",
        name="Its name.",
        description="Further text.",
        gl_account="The revenue account of the contract line, a code or a name; otherwise the default one.",
    ),
    "quantity": _shown(DECIMAL, "How many."),
    "unit_price": _shown(DECIMAL, "Price of one, without tax."),
    "amount_ex_vat": _shown(DECIMAL, "Amount without tax, with up to eight decimals."),
    "vat_amount": _shown(DECIMAL, "Tax, with up to eight decimals."),
    "total_amount": _shown(DECIMAL, "Amount with tax, with up to eight decimals."),
    "vat_percentage": _shown(DECIMAL, "Tax rate in percent, with up to six decimals."),
    **_texts(
        tax_category="The name of the tax category.",
        tracking_category="The tracking category chosen for the contract line.",
        tracking_option="The option in that category.",
        contract_line_id="The contract line that it was made from.",
    ),
}

INVOICES = Resource(
    filters={"number": "invoicenumber"},
    related={
        "customer": Related("companies", "customer_id"),
        "contact": Related("contacts", "contact_id"),
        "project": Related("projects", "project_id"),
    },
    queue={"noexternalid": "true"},
    stream=Stream(
        name="invoices",
        doc="Invoices of every status. A credit note is one with a negative total.",
        title="number",
        joins=("customer", "contact", "project"),
        work_queue=True,
        external_id="external_id",
        updates=True,
        match_fields=("id", "number", "external_id"),
        date="date",
        fields={
            "id": _key("The invoice's id."),
            **_who(name="Its name, often with the customer's."),
            **_texts(number="Its number; drafts may have one as well."),
            "status": Field(enum(*STATUSES), "Its state; can only be set to paid.", nullable=False),
            "date": _shown(DATE, "The invoice's date."),
            "due_date": _shown(DATE, "When it is due, if PSOhub says so."),
            **_texts(
                note="A note on it.",
                reference="The customer's reference, often a purchase order.",
                currency="Its currency, in three letters.",
                customer_id="The company that is billed.",
            ),
            **_who(customer_name="That company's name."),
            **_texts(contact_id="The invoice contact."),
            **_who(contact_name="That person's name.", contact_email="That person's e-mail address."),
            **_texts(project_id="The project.", business_unit_id="The business unit."),
            "total_ex_vat": _shown(DECIMAL, "Total without tax, with up to eight decimals."),
            "total_inc_vat": _shown(DECIMAL, "Total with tax, rounded once for the whole invoice."),
            "total_ex_vat_base": _shown(DECIMAL, "Total without tax in the base currency."),
            "total_inc_vat_base": _shown(DECIMAL, "Total with tax in the base currency."),
            "external_id": Field(
                TEXT,
                "Its number in the accounting system; setting it removes the invoice from the work queue.",
            ),
            **_texts(credited_invoice_id="The invoice that this one credits."),
            **_who(pdf="The document, base64; only read if a mapping uses it."),
            **_texts(url="Its web address."),
            "lines": _shown(list_of(obj(LINE_FIELDS)), "Its lines: one for each contract line."),
            "customer": _shown(obj(COMPANY_FIELDS), "The company that is billed (a further read)."),
            "contact": _shown(obj(CONTACT_FIELDS), "The invoice contact (a further read)."),
            "project": _shown(obj(PROJECT_FIELDS), "The project (a further read)."),
        },
    ),
)

COMPANIES = Resource(
    filters={"id": "companyid"},
    people=("contacts", "email"),
    stream=Stream(
        name="companies",
        doc="Companies: the customers.",
        title="name",
        joins=("contacts", "email"),
        match_fields=("id", "name", "tax_number"),
        fields={
            **COMPANY_FIELDS,
            **_who(email="The e-mail address of its first contact with one (a further read)."),
            "contacts": _shown(list_of(obj(CONTACT_FIELDS)), "Its people (a further read)."),
        },
    ),
)

CONTACTS = Resource(
    filters={"id": "contactid", "company_id": "companyid"},
    stream=Stream(
        name="contacts",
        doc="People at companies. Neither name nor e-mail is unique.",
        title="email",
        match_fields=("id", "email", "company_id"),
        fields=CONTACT_FIELDS,
    ),
)

PROJECTS = Resource(
    # No filter is known (connectors/psohub/API.md, 3).
    stream=Stream(
        name="projects",
        doc="Projects.",
        title="name",
        match_fields=("id", "number"),
        fields=PROJECT_FIELDS,
    )
)

RESOURCES = {resource.stream.name: resource for resource in (INVOICES, COMPANIES, CONTACTS, PROJECTS)}
STREAMS = tuple(resource.stream for resource in RESOURCES.values())
