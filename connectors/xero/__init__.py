"""Xero as a target and a source: contacts, sales invoices and credit notes, read, found and written.

Invoices are e-mailed as well. What is known about Xero: connectors/xero/API.md. The connector translates
between Xero's wire and the engine's values, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.xero.settings import XeroSettings
from connectors.xero.streams import STREAMS
from engine.sdk import Connector, Context, Sandbox, System

if TYPE_CHECKING:
    from pydantic import BaseModel


def _open(settings: XeroSettings, context: Context) -> System:
    from connectors.xero.system import open_xero

    return open_xero(settings, context)


def _options() -> type[BaseModel]:
    from connectors.xero.sandbox import XeroSandboxOptions

    return XeroSandboxOptions


def _app(state: Path, options: Any) -> Any:
    from connectors.xero.sandbox import create_app

    return create_app(state, options)


def _sandbox_settings(origin: str, options: Any) -> Mapping[str, Any]:
    return {
        "app": "custom_connection",
        "client_id": options.client_id,
        "client_secret": options.client_secret,
        "tenant_id": options.tenant_id,
        "api_url": origin,
        "identity_url": origin,
        "login_url": origin,
        "minute_seconds": options.minute_seconds,
    }


def _play(name: str) -> Callable[[System, str], str]:
    def act(system: System, target_id: str) -> str:
        from connectors.xero.play import PLAYS
        from connectors.xero.system import XeroSource

        assert isinstance(system.source, XeroSource)
        return PLAYS[name](system.source.settings, target_id)

    return act


PLAYS = ("pay", "prepay", "overpay", "credit", "refund")  # those of connectors.xero.play


connector = Connector(
    name="xero",
    settings=XeroSettings,
    streams=STREAMS,
    open=_open,
    sandbox=Sandbox(
        options=_options, app=_app, settings=_sandbox_settings, play={name: _play(name) for name in PLAYS}
    ),
    replay_seconds=300,  # Xero keeps a key for 6 minutes (connectors/xero/API.md, 4 and 17)
    in_flight=5,
)
