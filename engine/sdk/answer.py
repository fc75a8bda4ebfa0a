"""An HTTP answer, and what can be read from it without knowing the system."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from engine.sdk import wire

LONGEST_WAIT = 7 * 86_400.0  # seconds: the longest Retry-After that is believed


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes  # decompressed

    @property
    def ok(self) -> bool:
        """Whether the status is a 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as UTF-8; invalid bytes become U+FFFD."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body with exact decimals. Raises ValueError if it is not JSON."""
        return wire.loads(self.content)


def retry_after(answer: Answer) -> float | None:
    """The seconds that an answer asks to wait, from a number or a date; None if neither can be read."""
    text = answer.headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError, OverflowError):
            return None
    return None if math.isnan(seconds) else min(max(0.0, seconds), LONGEST_WAIT)


def message_of(answer: Answer) -> str:
    """The message in an answer: a JSON member that holds one, else its text, else its status."""
    challenge = re.search(r'error="([^"]*)"', answer.headers.get("www-authenticate", ""))
    tail = f" ({challenge.group(1)})" if challenge else ""
    try:
        message = _message(json.loads(answer.content))
    except ValueError:
        message = "" if "html" in answer.headers.get("content-type", "") else answer.text
    text = " ".join(message.split())[:400]
    return (text or f"status {answer.status}, no message") + tail


def _message(body: Any) -> str:
    if isinstance(body, str):
        return body
    if isinstance(body, list):
        return _message(body[0]) if body else ""
    if not isinstance(body, dict):
        return ""
    names = {str(name).lower(): value for name, value in body.items()}
    for name in ("detail", "message", "error_description", "errormessage", "error", "title"):
        value = names.get(name)
        if isinstance(value, dict | list):
            value = _message(value)
        if isinstance(value, str) and value.strip():
            return value
    return ""
