"""What a refused contact is answered with: the request as it was read (connectors/xero/API.md, 5.2)."""

from connectors.xero.sandbox.protocol.envelope import NO_ID
from connectors.xero.sandbox.protocol.wire import Json

_PARTS = {"Addresses": "AddressType", "Phones": "PhoneType"}
_LISTS = (*_PARTS, "ContactGroups", "ContactPersons")


def as_read(wanted: Json) -> Json:
    """A posted contact as it was read. Its lists are empty unless they were sent."""
    read = {name: value for name, value in wanted.items() if name not in _PARTS}
    for name, kind in _PARTS.items():
        read[name] = [{kind: word, **part} for word, part in wanted.get(name, {}).items()]
    return {**{name: [] for name in _LISTS}, **read}


def refused(wanted: Json, current: Json | None) -> Json:
    """A refused contact; of the existing one only its id, name and status."""
    if current is None:
        return {**as_read(wanted), "ContactID": NO_ID}
    known = {name: current[name] for name in ("ContactID", "ContactStatus", "Name")}
    return {**known, **as_read(wanted), "ContactID": current["ContactID"]}
