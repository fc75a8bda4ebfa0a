"""The base of a sandbox's options, and a type that several of them need."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class SandboxOptions(BaseModel):
    """What a config may say under `sandbox:`. Every option needs a default, a description and sensible
    bounds.

    Unknown names are mistakes. Use whole numbers rather than floats for what `engine.sdk.Sandbox(settings=…)`
    passes on: settings are shown as JSON with exact numbers.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


def _header_text(text: str) -> str:
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("expected letters, digits and signs without spaces, as it is sent in an HTTP header")
    return text


HeaderText = Annotated[str, AfterValidator(_header_text)]
"""Text that fits in an HTTP header: ASCII without spaces, at least one character."""
