"""What may be chosen when the sandbox starts. The defaults are those of an ordinary paying organisation."""

from datetime import date
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from engine.sdk.sandbox import HeaderText, SandboxOptions

GRANULAR_SCOPES = (
    "accounting.contacts",
    "accounting.contacts.read",
    "accounting.invoices",
    "accounting.invoices.read",
    "accounting.payments",
    "accounting.payments.read",
    "accounting.settings",
    "accounting.settings.read",
    "accounting.banktransactions",
    "accounting.banktransactions.read",
    "accounting.attachments",
    "accounting.attachments.read",
    "app.connections",
)
DAY = 86_400  # seconds
MANY = 1_000_000_000  # of calls: in effect no limit


class XeroSandboxOptions(SandboxOptions):
    """Options of the Xero sandbox; the defaults are Xero's own figures (connectors/xero/API.md, 3)."""

    strict: bool = Field(
        True,
        description="Whether it is as strict as Xero. If not, lists show ids of tracking options, the API "
        "restores contacts, and a payment may be deleted with other fields next to its status.",
    )

    client_id: str = Field("sandbox", min_length=1, description="The app's client id.")
    client_secret: str = Field("sandbox", min_length=1, description="The app's client secret.")
    scopes: tuple[str, ...] = Field(
        GRANULAR_SCOPES, description="Scopes granted to the app; others: invalid_scope."
    )
    token_seconds: int = Field(1800, ge=1, le=365 * DAY, description="Life of an access token.")

    tenant_id: HeaderText = Field(
        "5a9d0b0e-0c1f-4e5c-9d6a-7b1f3c2e8a41", description="The one connected organisation's tenant id."
    )
    organisation_name: str = Field("Sandbox Consulting B.V.", min_length=1, description="Its name.")
    timezone: str = Field("Europe/Amsterdam", description="Its time zone, which decides what day it is.")
    period_lock_date: date | None = Field(None, description="Documents dated up to this day are refused.")
    end_of_year_lock_date: date | None = Field(None, description="The same, set by the accountant.")

    @field_validator("timezone")
    @classmethod
    def _known_to_this_machine(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError is one
            raise ValueError(f'unknown time zone "{name}"; use a name such as Europe/Amsterdam') from None
        return name

    minute_limit: int = Field(60, ge=0, le=MANY, description="Calls in each minute for app and organisation.")
    # Whole seconds, as Retry-After is, and so that the connector's settings can show the number exactly.
    minute_seconds: int = Field(60, ge=1, le=DAY, description="Seconds that the minute of the limits lasts.")
    day_limit: int = Field(5000, ge=0, le=MANY, description="Calls in each day for app and organisation.")
    app_minute_limit: int = Field(
        10_000, ge=0, le=MANY, description="Calls in each minute for the app over all organisations."
    )
    concurrent_limit: int = Field(5, ge=0, le=MANY, description="Calls at once for app and organisation.")
    request_bytes: int = Field(10_000_000, ge=1, le=MANY, description="Longest body that is read.")
    query_characters: int = Field(
        2048, ge=1, le=MANY, description="Longest query; beyond it the answer is 404, as with IIS."
    )

    idempotency_seconds: int = Field(
        360, ge=0, le=365 * DAY, description="Seconds that a first answer is kept for replay."
    )
    email_limit: int = Field(
        1000, ge=0, le=MANY, description="Invoices that may be mailed in 24 hours (demo organisations: 0)."
    )
    largest_page: int = Field(1000, ge=1, le=1000, description="Longest page, whatever page size is sent.")
    reports_pages: bool = Field(True, description="Whether paged lists say how many pages and rows exist.")
    refuses_broad_lists: bool = Field(
        False,
        description="Whether lists are refused without a narrow filter, as in very large organisations.",
    )
    shuffle_answers: bool = Field(False, description="Answer summarizeErrors=false batches in another order.")
    post_taken_name_updates: bool = Field(
        False,
        description="POST of a contact with a taken name and no id updates that contact, as some report.",
    )
