"""What may be chosen when the sandbox starts."""

from pydantic import Field, model_validator

from engine.sdk.sandbox import HeaderText, SandboxOptions

MOST = 1_000_000  # invoices or customers: a state file of some gigabytes
DEFAULT_CAP = 77  # rows in an answer of the default company, which has more contacts than that
_LATER = {"other_unit": None, "odd_texts": None, "linked": True}
LONGEST_ANSWER = 999_999_999  # rows, as in a request's limit


class PsohubSandboxOptions(SandboxOptions):
    """How large the company is, which one it is, and how its API behaves."""

    invoices: int = Field(
        default=64,
        ge=0,
        le=MOST,
        description="Invoices in status Sent; some Draft and Approved ones come on top.",
    )
    customers: int | None = Field(
        default=None,
        ge=1,
        le=MOST,
        description="Customers that the sent invoices go to; a tenth of the invoices if left out, "
        "but at least 15. Customers without an invoice come on top.",
    )
    seed: int = Field(
        default=1, description="Chooses the company: same seed and sizes, same company, to the byte."
    )
    cents_differ: int = Field(
        default=0,
        ge=0,
        description="How many sent invoices come to a cent or two more or less when each line is rounded, as "
        "Xero does, than when only the total is, as PSOhub does. All others agree to the cent.",
    )
    other_unit: int | None = Field(
        default=None,
        ge=0,
        le=MOST,
        description="How many sent invoices of another business unit come on top; every second one names its "
        "project only. If left out, 4 in the default company, else none.",
    )
    odd_texts: bool | None = Field(
        default=None,
        description="Put invisible and control characters, decomposed accents, doubled blanks and second "
        "addresses into some texts. If left out, only in the default company.",
    )
    linked: bool = Field(
        default=True,
        description="Whether invoices show Reference, ProjectID, BusinessUnitID, CreditedInvoiceID and "
        "ExternalID, which the documentation does not show.",
    )
    pdf: bool = Field(
        default=True, description="Give invoices a PDF; above 1,000 invoices they never have one."
    )
    default_limit: int = Field(
        default=50, ge=1, le=LONGEST_ANSWER, description="Rows in an answer if the request names no limit."
    )
    limit_cap: int | None = Field(
        default=None,
        ge=1,
        le=LONGEST_ANSWER,
        description="Most rows that an answer holds, whatever limit is asked for. If left out, 77 in the "
        "default company, else none.",
    )
    access_token: HeaderText = Field(default="sandbox", description="The bearer token that the API takes.")

    @model_validator(mode="after")
    def _differing_invoices_exist(self) -> "PsohubSandboxOptions":
        if self.cents_differ > self.invoices:
            raise ValueError(
                f"cents_differ is {self.cents_differ}, but there are only {self.invoices} invoices"
            )
        return self

    @property
    def invoiced_customers(self) -> int:
        """How many customers the sent invoices go to; no more than there are invoices."""
        wanted = max(15, self.invoices // 10) if self.customers is None else self.customers
        return min(wanted, self.invoices)

    @property
    def is_default(self) -> bool:
        """Whether nothing about the company was chosen: then it has what real ones have."""
        return not {"invoices", "customers", "seed", "cents_differ"} & self.model_fields_set

    @property
    def invoices_elsewhere(self) -> int:
        """Sent invoices of the other business unit."""
        return self.other_unit if self.other_unit is not None else 4 * self.is_default

    @property
    def has_odd_texts(self) -> bool:
        return self.is_default if self.odd_texts is None else self.odd_texts

    @property
    def most_rows(self) -> int:
        """The most rows in an answer."""
        if self.limit_cap is None and self.is_default:
            return DEFAULT_CAP
        return self.limit_cap or LONGEST_ANSWER

    @property
    def company(self) -> dict[str, object]:
        """The options that decide which company is generated; the others only decide how it is served."""
        chosen = self.model_dump(
            mode="json", include={"invoices", "customers", "seed", "cents_differ", "pdf"}
        )
        # Left out unless chosen: state files of earlier versions do not say it, and keep their company.
        later = self.model_dump(mode="json", include=set(_LATER))
        chosen |= {name: value for name, value in later.items() if value is not _LATER[name]}
        if chosen.get("other_unit") == 0 and not self.is_default:
            del chosen["other_unit"]
        return chosen
