"""The sandbox's options, and the connector settings that they lead to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.xero import connector
from engine.sdk import dumps

ORIGIN = "http://127.0.0.1:8701"


@pytest.mark.parametrize("choices", [{}, {"minute_seconds": 6}, {"minute_seconds": Decimal(6)}])
def test_settings_can_be_shown_exactly_and_are_taken_by_the_connector(choices: dict[str, Any]) -> None:
    assert connector.sandbox is not None
    options = connector.sandbox.options.model_validate(choices)
    settings = connector.sandbox.settings(ORIGIN, options)
    # A float could not be written; `sync sandbox` shows the settings so.
    assert f'"minute_seconds": {choices.get("minute_seconds", 60)}' in dumps(settings)
    assert connector.settings.model_validate(settings).api_url == ORIGIN  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "choices",
    [
        {"minute_seconds": 0},
        {"minute_seconds": 0.5},
        {"minute_seconds": 86_401},
        {"minute_limit": -1},
        {"token_seconds": 0},
        {"idempotency_seconds": -1},
        {"idempotency_seconds": 10**12},
        {"request_bytes": 0},
        {"client_id": ""},
        {"client_secret": ""},
        {"tenant_id": "an id"},
        {"organisation_name": ""},
        {"timezone": "Europe/Breda"},
        {"period_lock_date": "soon"},
        {"unknown": 1},
    ],
)
def test_options_out_of_bounds_are_refused(choices: dict[str, Any]) -> None:
    assert connector.sandbox is not None
    with pytest.raises(ValidationError, match="1 validation error"):
        connector.sandbox.options.model_validate(choices)
