"""PSOhub as a source, and as a target for the two things that can be written: external id and paid.

What is known about PSOhub: connectors/psohub/API.md. The API's peculiarities end here; mappings see clean,
typed records.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.psohub.settings import PsohubSettings
from connectors.psohub.streams import STREAMS
from engine.sdk import Connector, Context, Sandbox, System

if TYPE_CHECKING:
    from pydantic import BaseModel


def _open(settings: PsohubSettings, context: Context) -> System:
    from connectors.psohub.system import open_psohub

    return open_psohub(settings, context)


def _options() -> type[BaseModel]:
    from connectors.psohub.sandbox import PsohubSandboxOptions

    return PsohubSandboxOptions


def _app(state: Path, options: Any) -> Any:
    from connectors.psohub.sandbox import create_app

    return create_app(state, options)


def _sandbox_settings(origin: str, options: Any) -> Mapping[str, Any]:
    return {"access_token": options.access_token, "api_url": f"{origin}/rest/psohubapi/v1"}


connector = Connector(
    name="psohub",
    settings=PsohubSettings,
    streams=STREAMS,
    open=_open,
    sandbox=Sandbox(options=_options, app=_app, settings=_sandbox_settings),
    in_flight=2,
)
