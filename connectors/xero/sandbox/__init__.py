"""Xero, simulated on this machine over real HTTP: connectors/xero/API.md to the letter, for the endpoints
that sync uses.

State is one SQLite file, so that a second run finds what the first one made. For tests and drills:

    POST   /_sandbox/faults          [{"on": {"method": "PUT", "path": "/Invoices"}, "do": "drop_after"}]
    GET    /_sandbox/requests        the requests so far, and how each was answered
    GET    /_sandbox/emails          what was mailed, and to whom
    POST   /_sandbox/clock           {"advance_seconds": 1800}
    POST   /_sandbox/books           {"kind": "Accounts", "key": "210", "set": {"Status": "ARCHIVED"}}
    POST   /_sandbox/contacts/merge  {"from": id, "into": id}
    POST   /_sandbox/contacts/restore  {"id": id}
"""

from typing import TYPE_CHECKING, Any

from connectors.xero.sandbox.options import XeroSandboxOptions

if TYPE_CHECKING:
    from connectors.xero.sandbox.server.app import create_app

__all__ = ["XeroSandboxOptions", "create_app"]


def __getattr__(name: str) -> Any:
    """The app is imported when it is served, so that checking options stays cheap."""
    if name != "create_app":
        raise AttributeError(name)
    from connectors.xero.sandbox.server.app import create_app

    return create_app
