"""The base of a sandbox's options, and a type that several of them need."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from engine.sdk.settings import HeaderText as HeaderText


class SandboxOptions(BaseModel):
    """What a config may say under `sandbox:`. Every option needs a default, a description and sensible
    bounds.

    Unknown names are mistakes. Use whole numbers rather than floats for what `engine.sdk.Sandbox(settings=…)`
    passes on: settings are shown as JSON with exact numbers.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
