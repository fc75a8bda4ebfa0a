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
    **_texts(company_id="The id of the contact's company."),
    **_who(
        company_name="The company's name.",
        email="E-mail address.",
        first_name="First name.",
        last_name="Last name.",
    ),
    **_texts(salutation="Form of address, such as Mr or Mrs.", job_title="Job title."),
    **_who(phone="Telephone."),
}

COMPANY_FIELDS: Mapping[str, Field] = {
    "id": _key("The company's id."),
    **_who(
        name="The company's name.",
        registration_number="Company registration number.",
        tax_number="Tax number.",
        phone="Telephone.",
        street="Street and number.",
        postal_code="Postal code.",
        city="City.",
    ),
    **_texts(
        region="State, province or county.",
        country="The country's name.",
        country_code="Country code of two letters.",
    ),
}

PROJECT_FIELDS: Mapping[str, Field] = {
    "id": _key("The project's id."),
    **_texts(number="The project's number."),
    **_who(name="The project's name, often with the customer's."),
    **_texts(
        company_id="The customer's id.",
        business_unit_id="The id of the business unit.",
        currency="Currency code of three letters.",
        stage="The project's stage.",
        type_id="The id of the project's type.",
    ),
    **_who(manager="The project manager."),
    **_texts(
        manager_id="The project manager's id.",
        external_deal_id="The id of the CRM deal that the project came from.",
    ),
    "start_date": _shown(DATE, "The start date."),
    "total_value": _shown(DECIMAL, "Total value, in the project's currency."),
    "due_days": _shown(INT, "Days until the project's invoices are due; 0 means not set."),
    "reference": _shown(TEXT, "The customer's reference for the project."),
}

LINE_FIELDS: Mapping[str, Field] = {
    **_texts(
        number="The line's number, e.g. 10.002.",
        name="The line's name.",
        description="Additional text.",
        gl_account="The contract line's revenue account, a code or a name; absent: the default account.",
    ),
    "quantity": _shown(DECIMAL, "Quantity."),
    "unit_price": _shown(DECIMAL, "Unit price, without tax."),
    "amount_ex_vat": _shown(DECIMAL, "Amount without tax, with up to eight decimals."),
    "vat_amount": _shown(DECIMAL, "Tax, with up to eight decimals."),
    "total_amount": _shown(DECIMAL, "Amount with tax, with up to eight decimals."),
    "vat_percentage": _shown(DECIMAL, "Tax rate in percent, with up to six decimals."),
    **_texts(
        tax_category="The name of the tax category.",
        tracking_category="The tracking category chosen for the contract line.",
        tracking_option="The option in that category.",
        contract_line_id="The id of the contract line.",
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
            **_who(name="The invoice's name, often with the customer's."),
            **_texts(number="The invoice's number; drafts may have one as well."),
            "status": Field(
                enum(*STATUSES), "The invoice's status; can only be set to paid.", nullable=False
            ),
            "date": _shown(DATE, "The invoice's date."),
            "due_date": _shown(DATE, "The due date, if PSOhub states one."),
            **_texts(
                note="A note on the invoice.",
                reference="The customer's reference, often a purchase order.",
                currency="Currency code of three letters.",
                customer_id="The id of the company that is billed.",
            ),
            **_who(customer_name="The company's name."),
            **_texts(contact_id="The id of the invoice contact."),
            **_who(contact_name="The contact's name.", contact_email="The contact's e-mail address."),
            **_texts(project_id="The id of the project.", business_unit_id="The id of the business unit."),
            "total_ex_vat": _shown(DECIMAL, "Total without tax, with up to eight decimals."),
            "total_inc_vat": _shown(DECIMAL, "Total with tax, rounded once for the whole invoice."),
            "total_ex_vat_base": _shown(DECIMAL, "Total without tax in the base currency."),
            "total_inc_vat_base": _shown(DECIMAL, "Total with tax in the base currency."),
            "external_id": Field(
                TEXT,
                "The number in the accounting system; setting it removes the invoice from the work queue.",
            ),
            **_texts(credited_invoice_id="The id of the invoice that this one credits."),
            **_who(pdf="The document, base64; only read if a mapping uses it."),
            **_texts(url="The invoice's web address."),
            "lines": _shown(list_of(obj(LINE_FIELDS)), "The lines: one for each contract line."),
            "customer": _shown(obj(COMPANY_FIELDS), "The company that is billed (a second request)."),
            "contact": _shown(obj(CONTACT_FIELDS), "The invoice contact (a second request)."),
            "project": _shown(obj(PROJECT_FIELDS), "The project (a second request)."),
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
            **_who(
                email="The e-mail address of the company's first contact that has one (a second request)."
            ),
            "contacts": _shown(list_of(obj(CONTACT_FIELDS)), "The people at the company (a second request)."),
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
