"""What a config says about Xero: the app, the organisation, the addresses
(connectors/xero/API.md, 1 and 2)."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from engine.sdk import HeaderSecret, HeaderText, Settings, WebAddress

# Granular scopes; a custom connection has no refresh token, so no offline_access
# (connectors/xero/API.md, 2.5).
SCOPES = [
    "accounting.contacts",
    "accounting.invoices",
    "accounting.payments.read",
    "accounting.settings.read",
]


class XeroSettings(Settings):
    """One organisation and the app that reaches it. Addresses are Xero's own unless a sandbox has others."""

    app: Literal["pkce", "web", "custom_connection"] = "pkce"
    """The kind of app: `custom_connection` signs in by itself; `pkce` and `web` cannot be used yet."""

    client_id: HeaderText
    """The app's client id, from Xero's developer portal."""

    client_secret: HeaderSecret | None = None
    """The app's secret; a pkce app has none."""

    tenant_id: HeaderText | None = None
    """The organisation's tenant id; left out, the one organisation that the app is connected to."""

    api_url: WebAddress = "https://api.xero.com"
    """Accounting calls go to `api_url`/api.xro/2.0, connections to `api_url`/connections."""

    identity_url: WebAddress = "https://identity.xero.com"
    """Tokens come from `identity_url`/connect/token."""

    login_url: WebAddress = "https://login.xero.com"
    """Where a person signs in."""

    web_url: WebAddress = "https://go.xero.com"
    """Where people look at records."""

    scopes: list[str] = SCOPES
    """What the app asks leave for: granular scopes, as the broad ones end in September 2027."""

    page_size: int = Field(default=1000, ge=1, le=1000)
    """Records on a page of a list."""

    emails_a_day: int | None = Field(default=None, ge=0)
    """E-mails that Xero sends for the organisation on a day; left out, 1000, 20 on trial, 0 for a demo."""

    minute_seconds: float = Field(default=60, gt=0)
    """Seconds in the window of Xero's minute limit. Only a sandbox has others."""

    timeout: float = Field(default=45, gt=0)
    """Seconds for one request, from connecting to the last byte of its answer."""

    largest_answer: float = Field(default=64, gt=0)
    """MB of an answer, as they arrive and unpacked. A larger answer counts as none."""

    @model_validator(mode="after")
    def _signs_in_by_itself(self) -> Self:
        secret = self.client_secret.get_secret_value() if self.client_secret else ""
        if self.app == "custom_connection" and not secret.strip():
            raise ValueError('a custom_connection needs its client_secret: "${env:XERO_CLIENT_SECRET}"')
        return self
