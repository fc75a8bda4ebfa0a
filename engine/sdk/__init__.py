"""All that a connector may import of the engine: protocol, schema types, transport, sign-in, paging.

Names are loaded when first used, so that reading a schema costs no HTTP client.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from engine.model.address import Address
from engine.model.change import Batch, Part, Receipt
from engine.model.currencies import decimals, in_money
from engine.model.drift import Standing
from engine.model.errors import (
    ActRefusedError,
    ConfigError,
    InDoubtError,
    RequestRefusedError,
    SignInError,
    SpentKeyError,
    SyncError,
    UnavailableError,
    UnreadableError,
)
from engine.model.record import (
    Elsewhere,
    Entry,
    Notice,
    NotTyped,
    Record,
    Unusable,
    same_branch,
    typed,
    typed_parts,
    typed_value,
)
from engine.model.redact import know, know_address, redacted, shortened
from engine.model.schema import (
    ANY,
    BOOL,
    DATE,
    DECIMAL,
    INSTANT,
    INT,
    TEXT,
    Action,
    Field,
    Stream,
    Type,
    Waits,
    enum,
    list_of,
    obj,
)
from engine.model.text import fold, with_plain_marks
from engine.model.text_form import ANY_TEXT, ONE_LINE, TextForm, not_ascii
from engine.model.unread import UnreadNumber
from engine.sdk.connector import Connector, Context, Sandbox
from engine.sdk.declaration import DeclarationError, raise_if_any
from engine.sdk.system import (
    ActionPreview,
    Actions,
    Allowance,
    Books,
    Finding,
    Remedy,
    Source,
    System,
    Target,
    refuse,
)

if TYPE_CHECKING:
    from engine.sdk.answer import Answer, EncodingError
    from engine.sdk.auth import Auth, ClientCredentials, StaticToken, TokenErrors
    from engine.sdk.http import Http
    from engine.sdk.limits import Budget, RateHeaders
    from engine.sdk.paging import Page, pages
    from engine.sdk.settings import (
        HeaderLine,
        HeaderName,
        HeaderSecret,
        HeaderText,
        Secret,
        Settings,
        WebAddress,
    )
    from engine.sdk.wire import dumps, loads

_LATER = {
    "Answer": "engine.sdk.answer",
    "Auth": "engine.sdk.auth",
    "Budget": "engine.sdk.limits",
    "ClientCredentials": "engine.sdk.auth",
    "EncodingError": "engine.sdk.answer",
    "HeaderLine": "engine.sdk.settings",
    "HeaderName": "engine.sdk.settings",
    "HeaderSecret": "engine.sdk.settings",
    "HeaderText": "engine.sdk.settings",
    "Http": "engine.sdk.http",
    "Page": "engine.sdk.paging",
    "RateHeaders": "engine.sdk.limits",
    "Secret": "engine.sdk.settings",
    "Settings": "engine.sdk.settings",
    "StaticToken": "engine.sdk.auth",
    "TokenErrors": "engine.sdk.auth",
    "WebAddress": "engine.sdk.settings",
    "dumps": "engine.sdk.wire",
    "loads": "engine.sdk.wire",
    "pages": "engine.sdk.paging",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(name)
    return getattr(import_module(_LATER[name]), name)


__all__ = [
    "ANY", "ANY_TEXT", "BOOL", "DATE", "DECIMAL", "INSTANT", "INT", "ONE_LINE", "TEXT", "ActRefusedError",
    "Action", "ActionPreview", "Actions", "Address", "Allowance", "Answer", "Auth", "Batch", "Books",
    "Budget", "ClientCredentials", "ConfigError", "Connector", "Context", "DeclarationError", "Elsewhere",
    "EncodingError", "Entry", "Field", "Finding", "HeaderLine", "HeaderName",
    "HeaderSecret", "HeaderText", "Http", "InDoubtError", "NotTyped", "Notice", "Page",
    "Part", "RateHeaders", "Receipt", "Record", "Remedy", "RequestRefusedError", "Sandbox", "Secret",
    "Settings", "SignInError", "Source", "SpentKeyError", "Standing", "StaticToken", "Stream", "SyncError",
    "System", "Target", "TextForm", "TokenErrors", "Type", "UnavailableError", "UnreadNumber",
    "UnreadableError", "Unusable", "Waits", "WebAddress",
    "decimals", "dumps", "enum", "fold", "in_money", "know", "know_address", "list_of", "loads", "not_ascii",
    "obj", "pages", "raise_if_any", "redacted", "refuse", "same_branch", "shortened", "typed", "typed_parts",
    "typed_value", "with_plain_marks",
]  # fmt: skip
