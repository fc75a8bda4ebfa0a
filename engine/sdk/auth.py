"""Signing in to a system. `authlib` is imported here alone, and only when a token is needed.

Sign-in by a person (PKCE, web) needs another `Auth`, with a token store; it is not here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode

from engine.model.errors import SignInError
from engine.model.redact import know, shortened

if TYPE_CHECKING:
    from engine.sdk.answer import Answer

Post = Callable[[str, Mapping[str, str], str], "Answer"]  # address, headers, form -> answer

# The errors of RFC 6749, 5.2.
ADVICE: Mapping[str, str] = {
    "invalid_client": "wrong client id or secret; check client_id and client_secret",
    "unauthorized_client": "this app is not allowed to use this sign-in method; check client_id",
    "invalid_scope": "a scope is not granted to this app; check scopes",
    "invalid_grant": "the sign-in has expired or was revoked; sign in again",
    "invalid_request": "the token request lacks a parameter",
}


@dataclass(frozen=True, slots=True)
class TokenErrors:
    """What a system's own words about tokens mean."""

    expired: tuple[str, ...] = ()  # in the body of a 401: a new token may help, as after `invalid_token`
    advice: Mapping[str, str] = field(
        default_factory=dict
    )  # `error` of a token answer -> what to do about it


class Auth(Protocol):
    """Signs requests. Called from many threads. What it signs with is made known to `engine.sdk.know`."""

    def headers(self, post: Post) -> Mapping[str, str]:
        """The headers that sign a request; may request a token first. Raises SignInError."""

    def renew(self, answer: Answer, used: Mapping[str, str], post: Post) -> bool:
        """After a 401 or 403 to a request with the headers `used`: whether to try again."""


@dataclass(frozen=True, slots=True)
class StaticToken:
    """A fixed token, sent as it is: `Authorization: Bearer …` or any other header."""

    header: str  # its name: "Authorization"
    scheme: str  # the word before the token: "Bearer"; may be empty
    token: str = field(repr=False)

    def __post_init__(self) -> None:
        know(self.token)

    def headers(self, post: Post) -> Mapping[str, str]:
        del post
        return {self.header: f"{self.scheme} {self.token}".strip()}

    def renew(self, answer: Answer, used: Mapping[str, str], post: Post) -> bool:
        del answer, used, post
        return False


@dataclass(slots=True)
class ClientCredentials:
    """OAuth 2.0 client credentials: no person, no refresh token. One token for all threads.

    When it expires, only one of them requests a new one.
    """

    name: str  # the system's, for people: "Ledgerly"
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: Sequence[str] = ()  # none: the system decides
    errors: TokenErrors = TokenErrors()
    lifetime: float = 1800.0  # seconds that a token is taken to be valid if the answer does not say
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock, repr=False)
    _token: str = field(init=False, default="", repr=False)
    _valid_until: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        know(self.client_secret, self.client_id)

    def headers(self, post: Post) -> Mapping[str, str]:
        with self._lock:
            if not self._token or time.monotonic() >= self._valid_until:
                self._fetch(post)
            return {"Authorization": f"Bearer {self._token}"}

    def renew(self, answer: Answer, used: Mapping[str, str], post: Post) -> bool:
        if not self._expired(answer):
            return False
        with self._lock:
            if used.get("Authorization") == f"Bearer {self._token}":  # else another thread has renewed it
                self._fetch(post)
        return True

    def _fetch(self, post: Post) -> None:
        from authlib.oauth2.base import OAuth2Error
        from authlib.oauth2.client import OAuth2Client

        client = OAuth2Client(
            _Session(self.name, post),
            client_id=self.client_id,
            client_secret=self.client_secret,
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106  a method's name
            scope=" ".join(self.scopes) or None,
        )
        try:
            token = client.fetch_token(self.token_url, grant_type="client_credentials")
        except OAuth2Error as error:
            raise SignInError(self._sentence(_word(error.error), _word(error.description))) from None
        except (ValueError, TypeError) as error:  # not JSON, or without a token
            raise SignInError(f"{self.name}'s answer to the sign-in contains no token") from error
        know_tokens(token)
        access = token.get("access_token")
        if not (isinstance(access, str) and access and access.isascii() and access.isprintable()):
            raise SignInError(f"{self.name}'s answer to the sign-in contains no token")
        life = _seconds(token.get("expires_in"), self.lifetime)
        self._token = access
        self._valid_until = time.monotonic() + life - min(60.0, life * 0.1)

    def _sentence(self, error: str, description: str) -> str:
        reason = f"{error}: {description}" if description and description != error else error
        advice = {**ADVICE, **self.errors.advice}.get(error, "check the settings of this system")
        return f"{self.name} rejects the sign-in ({reason}): {advice}"

    def _expired(self, answer: Answer) -> bool:
        """Whether a new token may help: the answer says that this one has expired, or says nothing at all.

        A 401 without a message, as gateways send, is worth one try; a 403 or another message needs a person.
        """
        if answer.status != 401:
            return False
        challenge = answer.headers.get("www-authenticate", "")
        silent = not answer.content.strip() and "error=" not in challenge
        return (
            silent or "invalid_token" in challenge or any(word in answer.text for word in self.errors.expired)
        )


def know_tokens(answer: Mapping[str, Any]) -> None:
    """Keep every token of a sign-in's answer, or of a file that keeps one, out of all texts."""
    for name, value in answer.items():
        if isinstance(value, str) and name.endswith("_token"):
            know(value, passing=True)


def _seconds(value: Any, default: float) -> float:
    try:
        return default if value is None else float(value)
    except (TypeError, ValueError):
        return default


def _word(value: Any) -> str:
    """A member of a refusal as text, whatever type the answer gave it."""
    return shortened(value if isinstance(value, str) else "" if value is None else str(value), 400)


@dataclass(slots=True)
class _Session:
    """A session for authlib: its token requests go through our own transport."""

    name: str
    post_form: Post

    def post(self, url: str, data: Mapping[str, str], headers: Mapping[str, str], auth: Any) -> _Reply:
        url, sent, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return _Reply(self.name, self.post_form(url, sent, body))


@dataclass(slots=True)
class _Reply:
    name: str
    answer: Answer

    @property
    def status_code(self) -> int:
        return self.answer.status

    def json(self) -> Any:
        return self.answer.json()

    def raise_for_status(self) -> None:
        if not self.answer.ok:
            raise SignInError(f"{self.name} rejects the sign-in with status {self.answer.status}")
