"""Who receives an invoice: Xero mails its contact, which is made right first (connectors/xero/API.md, 8).

Xero mails a contact's `EmailAddress` and every contact person with `IncludeInEmails`. Pure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.xero.rules.addresses import address_fault, addresses_in

MOST_PERSONS = 5
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Recipients:
    """The addresses in one field: the first is mailed. `fault`: why it cannot be."""

    first: str
    others: tuple[str, ...] = ()
    fault: str = ""


def recipients(text: str) -> Recipients:
    """The addresses of a field such as `a@x.example; b@x.example` or `Accounts <a@x.example>`.

    Letters that have a plain spelling, such as a ligature out of a document, get it.
    """
    first, *others = addresses_in(plain(text)) or [""]
    fault = address_fault(first) if first else "there is no e-mail address in it"
    return Recipients(first, tuple(others), f'"{text.strip()}": {fault}' if fault else "")


def plain(text: str) -> str:
    """The text with plain letters: ligatures and other compatibility forms, without invisible characters."""
    visible = (char for char in text if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFKC", "".join(visible))


@dataclass(frozen=True, slots=True)
class ContactChange:
    """What makes a contact's address the one of an invoice. `body` is empty if it is so already.

    `report` describes what changed, for people; `fault` why it cannot be changed.
    """

    body: Mapping[str, Any]
    report: str = ""
    fault: str = ""


def contact_change(contact: Row, to: Recipients) -> ContactChange:
    """The change of a contact so that its invoices go to `to` and to no one else."""
    name, present = str(contact.get("Name") or contact.get("ContactID")), _address(contact)
    persons = [_person(row) for row in contact.get("ContactPersons") or () if isinstance(row, Mapping)]
    included = included_addresses(contact)
    known = {_address(contact), *(str(row.get("EmailAddress") or "") for row in persons)}
    further = [address for address in to.others if not address_fault(address) and not _among(known, address)]
    if _same(present, to.first) and not included and not (further and len(persons) < MOST_PERSONS):
        return ContactChange({})
    if contact.get("ContactStatus") not in (None, "ACTIVE"):
        status = str(contact.get("ContactStatus")).lower()
        fault = f"the contact {name} is {status} and cannot be edited; restore it in Xero"
        return ContactChange({}, fault=fault)
    kept = [{**row, "IncludeInEmails": False} for row in persons]
    former = _former(contact, persons)
    if present and not _same(present, to.first) and not address_fault(present) and not _knows(kept, former):
        kept.append(former)
    kept = _fitting(kept, to.first)
    if len(kept) > MOST_PERSONS:
        fault = (
            f"the contact {name} has {MOST_PERSONS} contact persons already: there is no room to keep its "
            f"address {present}; remove one of them in Xero"
        )
        return ContactChange({}, fault=fault)
    # The further addresses are kept as far as there is room: no e-mail waits for that.
    more = [{"EmailAddress": address, "IncludeInEmails": False} for address in further]
    kept += more[: MOST_PERSONS - len(kept)]
    body: dict[str, Any] = {"ContactID": contact.get("ContactID"), "EmailAddress": to.first}
    if kept != persons:
        body["ContactPersons"] = kept
    return ContactChange(body, _report(name, present, to.first, included))


def included_addresses(contact: Row) -> list[str]:
    """The addresses of the persons that Xero mails in addition to the contact's own."""
    persons = [row for row in contact.get("ContactPersons") or () if isinstance(row, Mapping)]
    return [str(row.get("EmailAddress")).strip() for row in persons if _receives(row)]


def _report(name: str, present: str, address: str, included: Sequence[str]) -> str:
    parts = []
    if present and not _same(present, address):
        parts.append(f"its address was {present} before and is kept as a contact person")
    if included:
        parts.append(f"no longer included in its e-mails: {', '.join(included)}")
    return f"contact {name}: {'; '.join(parts)}" if parts else ""


def _fitting(persons: Sequence[dict[str, Any]], address: str) -> list[dict[str, Any]]:
    """As many as Xero takes, if that can be had without losing an address: the one that is mailed now is
    kept in the contact itself.
    """
    if len(persons) <= MOST_PERSONS:
        return list(persons)
    spare = [row for row in persons if _same(str(row.get("EmailAddress") or ""), address)]
    return [row for row in persons if row not in spare]


def _former(contact: Row, persons: Sequence[Row]) -> dict[str, Any]:
    """The present address as a person, with the contact's name unless that is another person's."""
    names = {name: contact[name] for name in ("FirstName", "LastName") if contact.get(name)}
    taken = any(names and all(row.get(name) == names[name] for name in names) for row in persons)
    return {**({} if taken else names), "EmailAddress": _address(contact), "IncludeInEmails": False}


def _person(row: Row) -> dict[str, Any]:
    """A contact person as it can be sent again: everything that Xero takes."""
    names = ("FirstName", "LastName", "EmailAddress", "IncludeInEmails")
    return {name: row[name] for name in names if row.get(name) is not None}


def _knows(persons: Sequence[Row], person: Row) -> bool:
    return any(_same(str(row.get("EmailAddress") or ""), str(person["EmailAddress"])) for row in persons)


def _among(addresses: Collection[str], address: str) -> bool:
    return any(_same(known, address) for known in addresses)


def _receives(row: Row) -> bool:
    return row.get("IncludeInEmails") is True and bool(row.get("EmailAddress"))


def _address(contact: Row) -> str:
    return str(contact.get("EmailAddress") or "").strip()


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
