"""Rule: no answer of a system, whatever its form, makes the program show or keep a secret that was sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cases.canaries import ENVIRONMENT, SECRET, assert_clean, forms
from tests.cases.harness import TIMES, opened
from tests.drills.proxy import Fault

CASE = "42-secret-in-a-refused-sign-in"
SIGN_IN: dict[str, Any] = {"method": "POST", "path": "/connect/token"}


def test_the_refusal_that_repeats_the_secret(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        case.answer("xero", "xero/POST-token.http", **SIGN_IN)
        for verb in ("run", "test", "status"):
            assert_clean(case.sync("-v", verb, case.config, **ENVIRONMENT), tmp_path)
            assert_clean(case.sync(verb, case.config, "--output", "json", **ENVIRONMENT), tmp_path)
        told = case.sync("run", case.config, **ENVIRONMENT)
        assert told.code == 4
        assert (
            "Xero rejects the sign-in (invalid_client: secret ••• does not belong to this client)" in told.err
        )


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, '{"error": "invalid_client", "error_description": %s}'),
        (400, '{"error": %s}'),
        (401, "%s"),
        (500, '{"message": %s}'),
        (200, '{"token": %s}'),
    ],
)
def test_any_answer_of_the_sign_in(tmp_path: Path, status: int, body: str) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        said = body % json.dumps(f"refused: {' or '.join(forms(SECRET).values())} is wrong")
        case.proxies["xero"].faults.append(
            Fault("answer_before", status=status, body=said, times=TIMES, **SIGN_IN)
        )
        text = case.config.read_text("utf-8")
        case.config.write_text(text.replace("{connector: xero,", "{connector: xero, timeout: 1,"), "utf-8")
        result = case.sync("-v", "run", case.config, **ENVIRONMENT)
        assert result.code in (4, 6)
        assert_clean(result, tmp_path)
