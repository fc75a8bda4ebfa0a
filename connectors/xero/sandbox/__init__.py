"""Xero, played on this machine: real HTTP, API-FACTS to the letter within the endpoints that sync uses.

State is one SQLite file, so that a second run finds what the first made. No part of `engine` is needed.
Run it with uvicorn and its lifespan on, which closes the file. Behind the stage, for drills (`control.py`):

    POST   /_sandbox/faults          [{"on": {"method": "PUT", "path": "/Invoices"}, "do": "drop_after"}]
    GET    /_sandbox/requests        what came in, and what became of it
    GET    /_sandbox/emails          what was mailed, and to whom
    POST   /_sandbox/clock           {"advance_seconds": 1800}
    POST   /_sandbox/books           {"kind": "Accounts", "key": "210", "set": {"Status": "ARCHIVED"}}
    POST   /_sandbox/contacts/merge  {"from": id, "into": id}
"""

from typing import TYPE_CHECKING, Any

from connectors.xero.sandbox.options import XeroSandboxOptions

if TYPE_CHECKING:
    from connectors.xero.sandbox.server.app import create_app

__all__ = ["XeroSandboxOptions", "create_app"]


def __getattr__(name: str) -> Any:
    """The application is imported when it is served: whoever only checks options pays nothing for it."""
    if name != "create_app":
        raise AttributeError(name)
    from connectors.xero.sandbox.server.app import create_app

    return create_app
