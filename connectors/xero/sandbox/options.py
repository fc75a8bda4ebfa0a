"""What may be chosen when the sandbox starts. The defaults play an ordinary paying organisation."""

from datetime import date
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator

GRANULAR_SCOPES = (
    "accounting.contacts",
    "accounting.contacts.read",
    "accounting.invoices",
    "accounting.invoices.read",
    "accounting.payments",
    "accounting.payments.read",
    "accounting.settings",
    "accounting.settings.read",
    "accounting.attachments",
    "accounting.attachments.read",
    "app.connections",
)


class XeroSandboxOptions(BaseModel):
    """Options of the Xero sandbox; the figures are Xero's (connectors/xero/API.md, 3) unless a test wants
    them shorter.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id: str = Field("sandbox", description="The app's client id.")
    client_secret: str = Field("sandbox", description="The app's client secret.")
    scopes: tuple[str, ...] = Field(
        GRANULAR_SCOPES, description="Scopes granted to the app; others: invalid_scope."
    )
    token_seconds: int = Field(1800, gt=0, description="Life of an access token.")

    tenant_id: str = Field(
        "5a9d0b0e-0c1f-4e5c-9d6a-7b1f3c2e8a41", description="The one connected organisation's tenant id."
    )
    organisation_name: str = Field("Sandbox Consulting B.V.", description="Its name.")
    timezone: str = Field("Europe/Amsterdam", description="Its time zone, which says what day today is.")
    period_lock_date: date | None = Field(None, description="Documents dated up to this day are refused.")
    end_of_year_lock_date: date | None = Field(None, description="The same, set by the accountant.")

    @field_validator("timezone")
    @classmethod
    def _known_to_this_machine(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError is one
            raise ValueError(f'this machine knows no time zone "{name}"') from None
        return name

    minute_limit: int = Field(60, ge=0, description="Calls a minute for app and organisation.")
    minute_seconds: float = Field(60, gt=0, description="Length of the minute's fixed window.")
    day_limit: int = Field(5000, ge=0, description="Calls a day for app and organisation.")
    app_minute_limit: int = Field(
        10_000, ge=0, description="Calls a minute for the app over all organisations."
    )
    concurrent_limit: int = Field(5, ge=0, description="Calls at once for app and organisation.")
    request_bytes: int = Field(10_000_000, gt=0, description="Longest body that is read.")
    query_characters: int = Field(
        2048, gt=0, description="Longest query; beyond it the answer is 404, as with IIS."
    )

    idempotency_seconds: int = Field(360, ge=0, description="How long a first answer is kept for replay.")
    email_limit: int = Field(
        1000, ge=0, description="Invoices that may be mailed in 24 hours (demo organisations: 0)."
    )
    shuffle_answers: bool = Field(False, description="Answer summarizeErrors=false batches in another order.")
    post_taken_name_updates: bool = Field(
        False, description="POST of a contact with a taken name and no id updates that contact, as some tell."
    )
