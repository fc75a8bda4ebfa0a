"""How each stream that is paged is asked for, searched and named at Xero (connectors/xero/API.md, 5.5).
Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

IDS = 40  # ids in one address (connectors/xero/API.md, 3)
EQUALITIES = 25
QUERY = 1500  # characters of a filter, percent-encoded; servers stop reading near 2,048
Params = Mapping[str, str | int]
# Numbers by which no list can be filtered, but which stand in the path in place of the id.
IN_PATH = ("ContactNumber", "CreditNoteNumber")


@dataclass(frozen=True, slots=True)
class Call:
    """One GET: a list, or one record by its id or number."""

    path: str
    params: Params = field(default_factory=dict)
    one: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One of Xero's lists. Ordered by its id, so that a row that is changed meanwhile keeps its place."""

    path: str
    order: str
    params: Params = field(default_factory=dict)
    sales: str = ""  # of documents: the Type of those that are ours
    searched: tuple[str, ...] = ()  # what can be asked for, the sharpest first
    named: tuple[str, ...] = ()  # what names a record beyond doubt, and what must at least not contradict
    ids: Mapping[str, str] = field(default_factory=dict)  # an id: the parameter that takes many of it
    alone: bool = False  # its own ids can only be asked for one by one, in the path
    view: str = ""  # where people look at it, behind the web address

    def asked(self, where: str = "", **more: str | int) -> dict[str, str | int]:
        """The parameters of a call; `where` is added to the list's own."""
        own = f'Type=="{self.sales}"' if self.sales else ""
        both = " AND ".join(filter(None, (own, f"({where})" if own and where else where)))
        only = {"where": both} if both else {}
        return {**self.params, **self.places(), "order": self.order, **only, **more}

    def one(self, key: str) -> Call:
        """The call for one record by its id or number."""
        return Call(f"{self.path}/{quote(key, safe='')}", self.places(), one=True)

    def places(self) -> Params:
        """How many places unit amounts have: to be said wherever lines are shown or taken."""
        return {"unitdp": 4} if self.sales else {}

    def by_ids(self, name: str, ids: Sequence[str]) -> Iterator[Call]:
        """The calls that bring every record with one of these ids."""
        if parameter := self.ids.get(name):
            for some in chunks(ids, IDS):
                yield Call(self.path, self.asked(**{parameter: ",".join(some)}))
        elif self.alone and "." not in name:
            yield from (self.one(key) for key in ids)
        else:
            spelled = name if "." in name else self.order
            for terms in filters([f'{spelled}==guid("{one}")' for one in ids]):
                yield Call(self.path, self.asked(terms))


_INVOICE = ("InvoiceID", "InvoiceNumber", "Reference", "Contact.ContactID", "Date")
_CREDIT_NOTE = ("CreditNoteID", "CreditNoteNumber", "Reference", "Contact.ContactID", "Date")
ENDPOINTS = {
    # Tax numbers cannot be asked for: they need the whole list.
    "contacts": Endpoint(
        "Contacts",
        "ContactID",
        {"includeArchived": "true"},
        searched=("ContactID", "ContactNumber", "AccountNumber", "EmailAddress", "Name"),
        named=("ContactID", "ContactNumber", "AccountNumber", "Name"),
        ids={"ContactID": "IDs"},
        view="/Contacts/View.aspx?contactID=",
    ),
    "invoices": Endpoint(
        "Invoices",
        "InvoiceId",
        sales="ACCREC",
        searched=_INVOICE,
        named=_INVOICE,
        ids={"InvoiceID": "IDs", "Contact.ContactID": "ContactIDs"},
        view="/AccountsReceivable/View.aspx?InvoiceID=",
    ),
    "credit_notes": Endpoint(
        "CreditNotes",
        "CreditNoteID",
        sales="ACCRECCREDIT",
        searched=_CREDIT_NOTE,
        named=_CREDIT_NOTE,
        alone=True,
        view="/AccountsReceivable/ViewCreditNote.aspx?creditNoteID=",
    ),
    "payments": Endpoint("Payments", "PaymentId"),
}
DOCUMENTS = {name: one for name, one in ENDPOINTS.items() if one.sales}


def is_id(name: str) -> bool:
    """Whether a field, maybe one inside another, holds an id of Xero's."""
    return name.endswith("ID")


def filters(terms: Sequence[str]) -> Iterator[str]:
    """Terms joined with OR, so many to a filter as its length allows."""
    some: list[str] = []
    length = 0
    for term in terms:
        size = len(quote(f" OR {term}"))
        if some and (len(some) >= EQUALITIES or length + size > QUERY):
            yield " OR ".join(some)
            some, length = [], 0
        some.append(term)
        length += size
    if some:
        yield " OR ".join(some)


def chunks(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
