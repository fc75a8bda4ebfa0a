"""What must not be shown is hidden by what it looks like."""

from __future__ import annotations

import pytest

from engine.model.diagnostic import Span
from engine.model.diagnostics import Diagnostics
from engine.model.errors import ConfigError
from engine.model.redact import redacted, starred

SECRET = "tok-9f8e7d6c5b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"see https://user:{SECRET}@proxy:8080/x", "see https://•••@proxy:8080/x"),
        (f"http://{SECRET}@proxy", "http://•••@proxy"),
        (f"postgresql://sync:p@ss/{SECRET}@db/ledger", "postgresql://•••@db/ledger"),
        (f"${{env:TOKEN:-{SECRET}}}", "${env:TOKEN•••}"),
        (f"${{env:TOKEN:={SECRET}}}", "${env:TOKEN•••}"),
        (f"${{env:TOKEN:?{SECRET}}}", "${env:TOKEN•••}"),
        (f"${{env:TOKEN-{SECRET}}}", "${env:TOKEN•••}"),
        (f"${{env:TOKEN {SECRET}}}", "${env:TOKEN•••}"),
        (f"${{TOKEN:-{SECRET}}}", "${TOKEN•••}"),
        (f"${{TOKEN-{SECRET}}}", "${TOKEN•••}"),
        (f"${{file:/run/a-b:-{SECRET}}}", "${file:/run/a-b•••}"),
        (f"${{keyring:sync/xero:-{SECRET}}}", "${keyring:sync/xero•••}"),
    ],
)
def test_passwords_and_fallbacks_are_hidden(text: str, shown: str) -> None:
    assert redacted(text) == shown
    assert SECRET not in starred(text)
    assert len(starred(text)) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "${env:PSOHUB_TOKEN}",
        "${file:/run/my-secret}",
        "${keyring:sync/xero}",
        "use one of ${env:…}, ${file:…}, ${keyring:…}",
        "https://api.xero.com/api.xro/2.0/Invoices",
        "somebody@example.com",
    ],
)
def test_everything_else_is_left_alone(text: str) -> None:
    assert redacted(text) == starred(text) == text


def test_errors_and_diagnostics_are_redacted() -> None:
    assert SECRET not in str(ConfigError(f"https://user:{SECRET}@proxy is wrong"))
    diagnostics = Diagnostics()
    diagnostics.error("C211", Span("a"), f"found ${{env:A:-{SECRET}}}", hint=f"http://u:{SECRET}@x")
    assert SECRET not in str(diagnostics.reported[0])
