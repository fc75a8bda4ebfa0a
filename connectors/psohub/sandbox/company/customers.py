"""Make customers with their contacts and projects. Pure: the random generator is passed in."""

import unicodedata
from random import Random
from string import ascii_uppercase, digits

from connectors.psohub.sandbox.company.catalogue import (
    COUNTRIES,
    JOB_TITLES,
    MANAGERS,
    PROJECTS,
    SALUTATIONS,
    STAGES,
    TRADES,
    Country,
)
from connectors.psohub.sandbox.company.model import (
    BUSINESS_UNIT_ID,
    FIRST_COMPANY_ID,
    FIRST_CONTACT_ID,
    FIRST_PROJECT_ID,
    OTHER_UNIT_ID,
    Contact,
    Customer,
    Project,
)

# Some projects have their own payment term, others use the organisation's (connectors/psohub/API.md, 4).
DUE_DAYS = (14, None, 45, None, 60, None)
_GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ø": "o", "œ": "oe"}
)


def make_customers(random: Random, invoiced: int, without_email: int, idle: int) -> tuple[Customer, ...]:
    """Make the invoiced customers, then the idle ones. `without_email` of the first cannot be mailed."""
    mute = set(random.sample(range(invoiced), without_email))
    maker = _Maker(random)
    return tuple(
        maker.customer(
            COUNTRIES[n % len(COUNTRIES)], n in mute, BUSINESS_UNIT_ID if n < invoiced else OTHER_UNIT_ID
        )
        for n in range(invoiced + idle)
    )


def ascii_letters(text: str) -> str:
    """The text in lower-case ASCII letters and digits: Xero takes no umlauts in e-mail addresses."""
    plain = unicodedata.normalize("NFKD", text.translate(_GERMAN))
    return "".join(char for char in plain.lower() if char.isascii() and char.isalnum())


class _Maker:
    """Hands out ids and names, each once."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.names: set[str] = set()
        self.known = {country.code: list(country.known) for country in COUNTRIES}
        self.company_id = FIRST_COMPANY_ID
        self.contact_id = FIRST_CONTACT_ID
        self.project_id = FIRST_PROJECT_ID
        self.projects = 0

    def customer(self, country: Country, mute: bool, unit: int) -> Customer:
        random = self.random
        city, _, region = random.choice(country.cities).partition(", ")
        name = self._name(country, city)
        contacts = self._contacts(country, name, mute)
        self.company_id += random.randint(1, 3)
        return Customer(
            id=self.company_id,
            name=name,
            country=country,
            street=random.choice(country.streets).format(n=random.randint(1, 240)),
            postal_code=self._pattern(country.postal),
            city=city,
            region=region or None,
            phone=self._sometimes(self._pattern(country.phone), 0.85),
            tax_number=self._sometimes(self._pattern(country.tax_number), 0.85),
            registration_number=self._sometimes(self._pattern(country.registration), 0.8),
            contacts=contacts,
            projects=tuple(self._project(n, contacts, unit) for n in range(random.randint(1, 3))),
        )

    def _name(self, country: Country, city: str) -> str:
        """A name unique in any case, as Xero requires (connectors/xero/API.md, 10)."""
        if self.known[country.code]:
            name = self.known[country.code].pop(0)
        else:
            stem, trade = self.random.choice(country.stems), self.random.choice(TRADES)
            legal = self.random.choice(country.legal)
            name = f"{stem} {trade} {legal}"
            if name.casefold() in self.names:
                name = f"{stem} {trade} {city} {legal}"
            if name.casefold() in self.names:
                name = f"{stem} {trade} {len(self.names)} {legal}"
        self.names.add(name.casefold())
        return name

    def _contacts(self, country: Country, company: str, mute: bool) -> tuple[Contact, ...]:
        domain = f"{ascii_letters(company)[:40]}.example"
        first_names = self.random.sample(country.first_names, self.random.choice((2, 2, 3)))
        return tuple(self._contact(n, country, first, domain, mute) for n, first in enumerate(first_names))

    def _contact(self, n: int, country: Country, first: str, domain: str, mute: bool) -> Contact:
        random = self.random
        last = random.choice(country.last_names)
        self.contact_id += random.randint(1, 3)
        # The first two may become invoice contacts; the third has no address now and then, in any company.
        email = f"{ascii_letters(first)}.{ascii_letters(last)}@{domain}"
        return Contact(
            id=self.contact_id,
            first_name=first,
            last_name=last,
            salutation=self._sometimes(random.choice(SALUTATIONS), 0.7),
            job_title=self._sometimes(random.choice(JOB_TITLES), 0.8),
            email=None if mute or (n == 2 and random.random() < 0.3) else email,
            phone=self._sometimes(self._pattern(country.phone).replace(" ", "").lstrip("+"), 0.6),
        )

    def _project(self, n: int, contacts: tuple[Contact, ...], unit: int) -> Project:
        random = self.random
        self.projects += 1
        self.project_id += random.randint(1, 3)
        started = f"2025-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
        return Project(
            id=self.project_id,
            number=f"PRO-2026-{self.projects}",
            name=random.choice(PROJECTS),
            stage=random.choice(STAGES),
            started=f"{started}T18:{random.randint(10, 59)}:07.153Z",
            manager=self._sometimes(random.choice(MANAGERS), 0.8),
            due_days=DUE_DAYS[self.projects % len(DUE_DAYS)],
            reference=self._sometimes(f"PO 45{random.randint(0, 99_999_999):08}", 0.4),
            contact=contacts[n % 2],  # two projects, two invoice contacts (connectors/psohub/API.md, 5a)
            business_unit_id=unit,
        )

    def _pattern(self, pattern: str) -> str:
        stands_for = {"#": digits, "@": ascii_uppercase}
        return "".join(self.random.choice(stands_for.get(char, char)) for char in pattern)

    def _sometimes(self, value: str, share: float) -> str | None:
        return value if self.random.random() < share else None
