"""What is known to be a secret is found in every form in which it is sent, and in what quotes it."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from engine.model.redact import (
    forget_secrets,
    know,
    know_address,
    redacted,
    redacted_values,
    shortened,
    starred,
)

SECRETS = (
    "S3cr+et/Value==&x",
    "deadbeefcafe4242feedface00ddba11",
    'a "quoted" \\ pass word',
    "pässwörd-ünd-🔑",
)


def _packed(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


FORMS: dict[str, Callable[[str], str]] = {
    "plain": lambda secret: secret,
    "JSON": lambda secret: json.dumps(secret)[1:-1],
    "JSON as it is": lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    "JSON with slashes": lambda secret: json.dumps(secret)[1:-1].replace("/", "\\/"),
    "JSON in JSON": lambda secret: json.dumps(json.dumps(secret))[3:-3],
    "quoted": lambda secret: quote(secret),
    "quoted whole": lambda secret: quote(secret, safe=""),
    "quoted twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "of a form": lambda secret: quote_plus(secret),
    "small percent": lambda secret: quote(secret, safe="").lower(),
    "base64": lambda secret: _packed(secret),
    "base64 of id": lambda secret: _packed(f"app-7:{secret}"),
    "base64 of form": lambda secret: _packed(f"app:{quote_plus(secret)}"),
    "base64 for addresses": lambda secret: _packed(f"id:{secret}").translate({43: "-", 47: "_", 61: ""}),
    "small": lambda secret: secret.lower(),
    "capitals": lambda secret: secret.upper(),
    "HTML": html.escape,
    "hexadecimal": lambda secret: secret.encode().hex(),
    "Python": lambda secret: repr(secret)[1:-1],
    "escaped whole": lambda secret: "".join(f"\\u{ord(char):04x}" for char in secret),
}  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_found(secret: str, form: str) -> None:
    sent = FORMS[form](secret)
    if form == "escaped whole" and not secret.isascii():
        pytest.skip("JSON escapes halves of such a character, which is another form")
    know(secret)
    assert redacted(f"it says <{sent}> there") == "it says <•••> there"
    assert sent not in starred(f"it says {sent}")
    assert len(starred(f"it says {sent}")) == len(f"it says {sent}")


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "user:"])
def test_base64_is_found_wherever_the_secret_begins_in_it(before: str) -> None:
    know("deadbeefcafe4242")
    packed = base64.b64encode(f"{before}deadbeefcafe4242 and more".encode()).decode()
    assert redacted(f"Basic? {packed}!") == "Basic? •••!"


def test_what_is_cut_is_cleaned_first() -> None:
    know("deadbeefcafe4242")
    assert shortened("x" * 10 + "deadbeefcafe4242", 14) == "x" * 10 + "•••"


@pytest.mark.parametrize("secret", ["", "abc", "a1", "test", "sandbox"])
def test_what_cannot_be_told_from_other_text_is_left(secret: str) -> None:
    know(secret)
    text = "a test of abc in the sandbox: a1 abcde"
    assert redacted(text) == text


def test_a_short_secret_is_found_as_a_whole_word() -> None:
    know("pw12", "app")
    assert redacted("pw12 in 'pw12', not in xpw123 or pw123") == "••• in '•••', not in xpw123 or pw123"
    assert redacted(base64.b64encode(b"app:pw12").decode()) == "•••"


def test_a_secret_of_several_lines_is_found_line_by_line() -> None:
    know("-----BEGIN KEY-----\nc2VjcmV0LW9mLWEta2V5\n-----END KEY-----")
    assert redacted("log: c2VjcmV0LW9mLWEta2V5") == "log: •••"


def test_the_password_of_a_proxy_is_known() -> None:
    know_address("http://jane:pass%2Fw0rd@proxy.example:8080")
    know_address("jane:other-w0rd@proxy.example:8080")
    know_address("http://[broken")
    assert redacted("407 for pass/w0rd and pass%2Fw0rd and other-w0rd") == "407 for ••• and ••• and •••"


def test_json_keeps_its_form() -> None:
    know("12345678")
    value = {"total": 12345678, "note": "a 12345678", "12345678": ["12345678"], "created": 1}
    assert redacted_values(value) == {"total": 12345678, "note": "a •••", "•••": ["•••"], "created": 1}


def test_tokens_pass_and_lasting_secrets_stay() -> None:
    know("the-client-secret")
    for number in range(200):
        know(f"token-number-{number:03}", passing=True)
    assert redacted("the-client-secret token-number-199") == "••• •••"
    assert redacted("token-number-000") == "token-number-000"
    forget_secrets()
    assert redacted("the-client-secret") == "the-client-secret"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abc.def-123456", "Authorization: Bearer •••"),
        ("basic YWxhZGRpbjpvcGVuc2VzYW1l4", "basic •••"),
        ("basic information", "basic information"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.c2ln is not valid", "••• is not valid"),
    ],
)
def test_some_are_known_by_their_look(text: str, shown: str) -> None:
    assert redacted(text) == shown


@pytest.mark.parametrize(
    "piece", ["://", "://a", "${env:A", "${file:", "${A", "bearer ", "eyJaaaaaaaa.", "A1b2"]
)
def test_a_long_text_of_another_system_is_looked_through_once(piece: str) -> None:
    """It would take minutes if each of its characters were the start of another look at the rest."""
    know("deadbeefcafe4242")
    text = piece * (1_000_000 // len(piece)) + "deadbeefcafe4242"
    assert "deadbeef" not in redacted(text)
    assert len(shortened(text, 400)) <= 400
