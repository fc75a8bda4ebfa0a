"""The base of every connector's settings, and the types they are made of."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr

Secret = SecretStr
"""A value that is never printed. In a config it is a reference: `${env:NAME}`, `${file:path}`."""

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
