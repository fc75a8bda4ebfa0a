"""An HTTP answer, and what can be read from it without knowing the system."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any

from engine.model.redact import redacted, shortened
from engine.sdk.received import read_json

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
        """The body, for people: bytes that its charset does not have become U+FFFD."""
        try:
            return self.decoded()
        except ValueError:
            return self.content.decode("utf-8", "replace")

    def decoded(self) -> str:
        """The body by the charset that the answer names, or else by JSON's own.

        Raises EncodingError if no charset makes sense of it: nothing is guessed.
        """
        named = self.charset
        failed: ValueError | None = None
        for charset in dict.fromkeys(filter(None, (named, json.detect_encoding(self.content)))):
            try:
                return self.content.decode(charset).removeprefix("\ufeff")
            except LookupError:  # no such charset
                continue
            except ValueError as error:  # UnicodeError, or a name that is not a name
                failed = error
        raise EncodingError(named, self.content, failed)

    @property
    def charset(self) -> str:
        """The charset that the answer names; empty if it names none."""
        parameters = Message()
        parameters["content-type"] = self.headers.get("content-type", "")
        return parameters.get_content_charset("")

    def json(self) -> Any:
        """The body with exact decimals. Raises ValueError if it is not JSON, EncodingError if not text."""
        return read_json(self.decoded())


class EncodingError(ValueError):
    """The bytes of an answer are not text in any charset that it may be in: says which byte is to blame."""

    def __init__(self, named: str, content: bytes, error: ValueError | None) -> None:
        tried = f"it names the charset {named}" if named else "it names no charset, so it must be UTF-8"
        place = ""
        if isinstance(error, UnicodeDecodeError):
            byte = content[error.start]
            near = redacted(content[: error.start].decode("utf-8", "replace"))[-20:]
            place = (
                f" byte 0x{byte:02X} at position {error.start} (after {near!r}) is not valid {error.encoding}"
            )
        super().__init__(f"its encoding is wrong:{place}; {tried}")


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
    """The message in an answer, without secrets: a JSON member that holds one, its text, or its status."""
    challenge = re.search(r'error="([^"]*)"', answer.headers.get("www-authenticate", ""))
    tail = f" ({shortened(challenge.group(1), 80)})" if challenge else ""
    try:
        message = _message(read_json(answer.text))
    except ValueError:
        # A page, or JSON that cannot be read, has no words for people.
        wordless = "html" in answer.headers.get("content-type", "") or answer.text.lstrip()[:1] in ("[", "{")
        message = "" if wordless else answer.text
    text = shortened(" ".join(message.split()), 400)
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
