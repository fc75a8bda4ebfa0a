"""How a system is signed in to. `authlib` is imported here alone, and only when a token is asked for.

Signing in by a person (PKCE, web) is another `Auth` with a token store; it is not one of these.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode

from engine.model.errors import SignInError

if TYPE_CHECKING:
    from engine.sdk.answer import Answer

Post = Callable[[str, Mapping[str, str], str], "Answer"]  # address, headers, form -> answer

# seconds: how long a token is taken to be good where nobody says (connectors/xero/API.md, 2)
HALF_AN_HOUR = 1800.0
_HELP = {
    "invalid_client": "the client id or secret is wrong; mend client_id and client_secret",
    "unauthorized_client": "this app may not sign in like this; mend client_id, or the kind of app",
    "invalid_scope": "a scope is not granted to this app; mend scopes, or grant it where the app is kept",
    "invalid_grant": "the sign-in has expired or was withdrawn; sign in again",
    "invalid_request": "the token request lacks a field",
}


class Auth(Protocol):
    """Gives each request its headers. Called from many threads."""

    def headers(self, post: Post) -> Mapping[str, str]:
        """The headers that sign a request; may ask for a token first. Raises SignInError."""

    def renew(self, answer: Answer, used: Mapping[str, str], post: Post) -> bool:
        """After a 401 or 403 to a request with the headers `used`: whether it is worth one more try."""

    def secrets(self) -> Sequence[str]:
        """What must never stand in a message."""


@dataclass(frozen=True, slots=True)
class StaticToken:
    """A token that somebody gave us, sent as it is: `Authorization: Bearer …` or any other header."""

    header: str  # its name: "Authorization"
    scheme: str  # what stands before the token: "Bearer"; may be empty
    token: str = field(repr=False)

    def headers(self, post: Post) -> Mapping[str, str]:
        del post
        return {self.header: f"{self.scheme} {self.token}".strip()}

    def renew(self, answer: Answer, used: Mapping[str, str], post: Post) -> bool:
        del answer, used, post
        return False

    def secrets(self) -> Sequence[str]:
        return (self.token,)


@dataclass(slots=True)
class ClientCredentials:
    """OAuth 2.0 client credentials: no person, no refresh token. One token for all threads.

    Many threads that meet an expired token ask for one new token between them.
    """

    name: str  # the system's, for people: "Xero"
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: Sequence[str] = ()  # none: the system decides
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock, repr=False)
    _token: str = field(init=False, default="", repr=False)
    _good_until: float = field(init=False, default=0.0)
    _old: list[str] = field(init=False, default_factory=list, repr=False)

    def headers(self, post: Post) -> Mapping[str, str]:
        with self._lock:
            if not self._token or time.monotonic() >= self._good_until:
                self._fetch(post)
            return {"Authorization": f"Bearer {self._token}"}

    def renew(self, answer: Answer, used: Mapping[str, str], post: Post) -> bool:
        if not _expired(answer):
            return False
        with self._lock:
            if used.get("Authorization") == f"Bearer {self._token}":  # else another thread was first
                self._fetch(post)
        return True

    def secrets(self) -> Sequence[str]:
        return (self.client_secret, self._token, *self._old)

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
            raise SignInError(self._sentence(error.error or "", error.description or "")) from None
        except (ValueError, TypeError) as error:  # no JSON, or no token in it
            raise SignInError(f"{self.name} answered the sign-in with no token") from error
        access = token.get("access_token")
        if not (isinstance(access, str) and access and access.isascii() and access.isprintable()):
            raise SignInError(f"{self.name} answered the sign-in with no token")
        life = _life(token.get("expires_in"))
        self._old = [*self._old, self._token][-3:]
        self._token = access
        self._good_until = time.monotonic() + life - min(60.0, life * 0.1)

    def _sentence(self, error: str, description: str) -> str:
        said = f"{error}: {description}" if description and description != error else error
        advice = _HELP.get(error, "mend the settings of this system")
        return f"{self.name} refuses the sign-in ({said}): {advice}"


def _life(said: Any) -> float:
    """The seconds that a token is good for; what cannot be read as seconds says nothing."""
    try:
        return HALF_AN_HOUR if said is None else float(said)
    except (TypeError, ValueError):
        return HALF_AN_HOUR


def _expired(answer: Answer) -> bool:
    """Whether a fresh token may help: Xero says TokenExpired, others invalid_token
    (connectors/xero/API.md, 13).

    A 401 without a word, as gateways give, is worth one try as well; 403 and other words are for a person.
    """
    challenge = answer.headers.get("www-authenticate", "")
    if answer.status != 401:
        return False
    wordless = not answer.content.strip() and "error=" not in challenge
    return wordless or "TokenExpired" in answer.text or "invalid_token" in challenge


@dataclass(slots=True)
class _Session:
    """What authlib takes for a session: its token requests go over our own transport."""

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
            raise SignInError(f"{self.name} refuses the sign-in with status {self.answer.status}")
