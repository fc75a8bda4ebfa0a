"""The base of every connector's settings, and the types they are made of."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr

Secret = SecretStr
"""A value that is never printed. In a config it is a reference: `${env:NAME}`, `${file:path}`."""


def not_in_a_header(text: str) -> str:
    """Why an HTTP header cannot carry a text, without the text, which may be secret; empty if it can."""
    wrong = [char for char in dict.fromkeys(text) if not " " <= char <= "~"]
    if not wrong:
        return ""
    named = ", ".join(
        f"U+{ord(char):04X} ({unicodedata.name(char, 'a control character')})" for char in wrong[:5]
    )
    return (
        f"an HTTP header takes printable ASCII only, found the character {named}; was it pasted from a "
        "document that has typographic quotes and dashes?"
    )


def _header_line(text: str) -> str:
    if problem := not_in_a_header(text):
        raise ValueError(problem)
    return text


def _header_text(text: str) -> str:
    if not _header_line(text) or " " in text:
        raise ValueError("expected letters, digits and signs without spaces, as it is sent in an HTTP header")
    return text


def _header_name(text: str) -> str:
    if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", _header_line(text)):
        raise ValueError("expected the name of an HTTP header, such as Authorization")
    return text


def _header_secret(secret: SecretStr) -> SecretStr:
    _header_line(secret.get_secret_value())
    return secret


HeaderLine = Annotated[str, AfterValidator(_header_line)]
"""Text that fits in an HTTP header: printable ASCII."""

HeaderText = Annotated[str, AfterValidator(_header_text)]
"""The same without spaces, at least one character."""

HeaderName = Annotated[str, AfterValidator(_header_name)]
"""The name of an HTTP header."""

HeaderSecret = Annotated[SecretStr, AfterValidator(_header_secret)]
"""A secret that is sent in an HTTP header: printable ASCII."""

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if not parts.hostname or parts.scheme not in ("http", "https"):
        raise ValueError("expected a web address such as https://api.example.com")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("plain http is for loopback addresses only; use https")
    return text.rstrip("/")


WebAddress = Annotated[str, AfterValidator(_web_address)]
"""https anywhere, plain http on loopback only; without a slash at the end."""


class Settings(BaseModel):
    """What a config says about one system. Unknown names are mistakes; text is never guessed into numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)
