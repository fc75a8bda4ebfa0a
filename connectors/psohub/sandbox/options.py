"""What may be chosen when the sandbox starts."""

from pydantic import Field, model_validator

from engine.sdk.sandbox import HeaderText, SandboxOptions

MOST = 1_000_000  # invoices or customers: a state file of some gigabytes
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
    other_unit: int = Field(
        default=0,
        ge=0,
        le=MOST,
        description="How many sent invoices of another business unit come on top; every second one names its "
        "project only.",
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
        description="Most rows that an answer holds, whatever limit is asked for.",
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
    def company(self) -> dict[str, object]:
        """The options that decide which company is generated; the others only decide how it is served."""
        chosen = self.model_dump(
            mode="json", include={"invoices", "customers", "seed", "cents_differ", "pdf"}
        )
        # Left out if there are none: state files of earlier versions do not say it.
        return {**chosen, "other_unit": self.other_unit} if self.other_unit else chosen
