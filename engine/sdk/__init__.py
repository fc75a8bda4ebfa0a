"""All that a connector may import of the engine: protocol, schema types, transport, sign-in, paging.

Names are loaded when first used, so that reading a schema costs no HTTP client.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from engine.model.address import Address
from engine.model.change import Batch, Part, Receipt
from engine.model.errors import (
    InDoubtError,
    RequestRefusedError,
    SignInError,
    SyncError,
    UnavailableError,
)
from engine.model.record import Notice, NotTyped, Record, typed, typed_value
from engine.model.schema import (
    ANY,
    BOOL,
    DATE,
    DECIMAL,
    INSTANT,
    INT,
    TEXT,
    Field,
    Stream,
    Type,
    enum,
    list_of,
    obj,
)
from engine.sdk.connector import Connector, Context, Finding, Sandbox, System

if TYPE_CHECKING:
    from engine.sdk.settings import Secret, Settings, WebAddress

_LATER = {
    "Secret": "engine.sdk.settings",
    "Settings": "engine.sdk.settings",
    "WebAddress": "engine.sdk.settings",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(name)
    return getattr(import_module(_LATER[name]), name)


__all__ = [
    "ANY", "BOOL", "DATE", "DECIMAL", "INSTANT", "INT", "TEXT",
    "Address", "Batch", "Connector", "Context", "Field", "Finding", "InDoubtError", "NotTyped", "Notice",
    "Part", "Receipt", "Record", "RequestRefusedError", "Sandbox", "Secret", "Settings", "SignInError",
    "Stream", "SyncError", "System", "Type", "UnavailableError", "WebAddress", "enum", "list_of", "obj",
    "typed", "typed_value",
]  # fmt: skip
