"""Secrets that are looked for in all that a run leaves: what it prints, and every file below its folder."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote, quote_plus

from tests.e2e.program import Result

TOKEN = "deadbeefcafe4242feedface00ddba11"
SECRET = "S3cr+et/Value==&x"
ENVIRONMENT = {"PSOHUB_TOKEN": TOKEN, "XERO_SECRET": SECRET}
HALF = 12  # characters: so many of a token in a row are a part of it
CLIENT = "sandbox"  # the id that the secret is sent with
_OURS = (".yaml", ".env", ".sandbox.db", ".sandbox.db-wal", ".sandbox.db-shm")


def forms(secret: str) -> dict[str, str]:
    """The seven forms in which a secret is sent or told."""
    return {
        "plain": secret,
        "small": secret.lower(),
        "JSON": json.dumps(secret).replace("/", "\\/")[1:-1],
        "percent": quote(secret, safe=""),
        "form": quote_plus(secret),
        "base64": base64.b64encode(secret.encode()).decode(),
        "basic": base64.b64encode(f"{CLIENT}:{secret}".encode()).decode(),
    }


def traces(secret: str) -> set[str]:
    """What must not be found anywhere, in small letters: each form, and each part of the secret itself."""
    whole = {form.lower() for form in forms(secret).values()}
    small = secret.lower()
    return whole | {small[start : start + HALF] for start in range(len(small) - HALF + 1)}


TRACES = traces(TOKEN) | traces(SECRET)


def leaks(text: str) -> list[str]:
    small = text.lower()
    return sorted(trace for trace in TRACES if trace in small)


def assert_clean(result: Result, folder: Path) -> None:
    """Neither the output nor a file of the run holds a secret, or a part of one."""
    assert leaks(result.out) == []
    assert leaks(result.err) == []
    for file in folder.rglob("*"):
        if file.is_file() and not file.name.endswith(_OURS):
            assert leaks(file.read_bytes().decode("latin-1")) == [], file
