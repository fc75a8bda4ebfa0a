"""`make fuzz-sandbox`: requests that Xero's OpenAPI file allows, and some that it does not.

Schemathesis makes them up, for a minute. The sandbox may refuse them, but not fail, and what it answers has
to fit the file. 501 is the answer for what it does not simulate.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.connectors.xero.openapi_kit import FILE
from tests.quality.served import sandbox

SECONDS = "60"
CONFIG = Path(__file__).with_name("schemathesis.toml")
COLLECTIONS = (
    "Accounts|BrandingThemes|Contacts|CreditNotes|Currencies|Invoices|Organisation|Overpayments|Payments|"
    "Prepayments|TaxRates|TrackingCategories"
)


def main() -> int:
    if not FILE.exists():
        print(f"not run: Xero's OpenAPI file is not at {FILE}")
        return 0
    with sandbox() as served:
        command = [
            *(str(Path(sys.executable).with_name("st")), "--config-file", str(CONFIG), "run", str(FILE)),
            *("--url", f"{served.origin}/api.xro/2.0", "--seed", "1", "--max-time", SECONDS),
            *("--include-path-regex", f"^/({COLLECTIONS})(/|$)", "--exclude-path-regex", "Attachments|pdf"),
            *("--checks", "not_a_server_error,response_schema_conformance", "--phases", "examples,fuzzing"),
            *("--max-examples", "30", "--warnings", "off", "--no-color"),
        ]
        for name, value in served.headers.items():
            command += ["--header", f"{name}: {value}"]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
