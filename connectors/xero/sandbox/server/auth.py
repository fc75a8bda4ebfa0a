"""Who may call: tokens, scopes and connections (connectors/xero/API.md, 2 and 13).

One grant is supported: client_credentials. A grant is a function in GRANTS; sign-in by people would add more
of them, and pages.
"""

import base64
import binascii
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl, unquote_plus

from connectors.xero.sandbox.options import XeroSandboxOptions
from connectors.xero.sandbox.protocol.call import JSON
from connectors.xero.sandbox.protocol.dates import american_text, moment_of, seven_digits
from connectors.xero.sandbox.protocol.envelope import new_id, with_hyphens
from connectors.xero.sandbox.protocol.wire import Json, to_bytes
from engine.sdk.sandbox import Answer, Clock, Refused, StateFile, milliseconds, read_meta, write_meta

# Broad scopes are still accepted if a token has them (connectors/xero/API.md, 2.5).
BROAD = {"accounting.invoices": "accounting.transactions", "accounting.payments": "accounting.transactions"}


@dataclass(frozen=True, slots=True)
class Client:
    """The app that a token was issued to, and the scopes it has."""

    client_id: str
    scope: frozenset[str]

    def may(self, scope: str, method: str) -> bool:
        names = {scope, BROAD.get(scope, scope)}
        if method == "GET":
            names |= {f"{name}.read" for name in names}
        return not self.scope.isdisjoint(names)


class TokenError(Exception):
    """The token endpoint's refusal, with OAuth's error code."""


Grant = Callable[["Auth", str, Mapping[str, str]], Json]


class Auth:
    def __init__(self, state: StateFile, options: XeroSandboxOptions, clock: Clock) -> None:
        self.state, self.options, self.clock = state, options, clock

    def token(self, authorization: str | None, body: bytes) -> Answer:
        """POST /connect/token: form in, JSON out."""
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        try:
            return Answer(200, to_bytes(self._granted(authorization, form)), JSON)
        except TokenError as refusal:
            return Answer(400, to_bytes({"error": str(refusal)}), JSON)

    def _granted(self, authorization: str | None, form: Mapping[str, str]) -> Json:
        grant_type = form.get("grant_type")
        if not grant_type:
            raise TokenError("invalid_request")
        client_id = self._client(authorization, form)
        if grant_type not in GRANTS:
            raise TokenError("unauthorized_client")
        return GRANTS[grant_type](self, client_id, form)

    def _client(self, authorization: str | None, form: Mapping[str, str]) -> str:
        client_id, secret = _basic(authorization) or (
            form.get("client_id", ""),
            form.get("client_secret", ""),
        )
        if not client_id:
            raise TokenError("invalid_request")
        expected = f"{self.options.client_id}\0{self.options.client_secret}".encode()
        if not secrets.compare_digest(f"{client_id}\0{secret}".encode(), expected):
            raise TokenError("invalid_client")
        return client_id

    def issue(self, client_id: str, scope: str) -> Json:
        """An access token that survives a restart; shaped like a JWT, but opaque."""
        expires = self.clock.now() + timedelta(seconds=self.options.token_seconds)
        claims = {
            "iss": "https://identity.xero.com",
            "exp": milliseconds(expires) // 1000,
            "client_id": client_id,
            "authentication_event_id": self._auth_event_id(),
            "jti": secrets.token_hex(16),
            "scope": scope.split(),
        }
        head, payload = _base64({"alg": "RS256", "typ": "JWT"}), _base64(claims)
        token = f"{head}.{payload}.{secrets.token_urlsafe(48)}"
        with self.state.writing() as tx:
            values = (token, client_id, scope, milliseconds(expires))
            tx.execute("INSERT INTO tokens VALUES (?, ?, ?, ?)", values)
        return {
            "access_token": token,
            "expires_in": self.options.token_seconds,
            "token_type": "Bearer",
            "scope": scope,
        }

    def client(self, authorization: str | None) -> Client:
        """Whose token this is. Raises Refused with 401 if it is unknown or expired."""
        kind, _, token = (authorization or "").partition(" ")
        with self.state.reading() as tx:
            row = tx.execute("SELECT * FROM tokens WHERE token = ?", (token.strip(),)).fetchone()
        if kind.lower() != "bearer" or row is None:
            raise unauthorised("AuthenticationUnsuccessful")
        if row["expires_ms"] <= self.clock.now_ms():
            raise unauthorised(
                f"TokenExpired: token expired at {american_text(moment_of(row['expires_ms']))}"
            )
        return Client(row["client_id"], frozenset(row["scope"].split()))

    def connections(self, auth_event_id: str | None) -> Answer:
        """GET /connections. A connection's `id` is not the tenant's."""
        with self.state.reading() as tx:
            known = {
                name: read_meta(tx, name) or "" for name in ("connection_id", "auth_event_id", "connected_ms")
            }
        connected_at = seven_digits(int(known["connected_ms"]))
        connection = {
            "id": known["connection_id"],
            "authEventId": known["auth_event_id"],
            "tenantId": self.options.tenant_id,
            "tenantType": "ORGANISATION",
            "tenantName": self.options.organisation_name,
            "createdDateUtc": connected_at,
            "updatedDateUtc": connected_at,
        }
        asked = auth_event_id in (None, "", connection["authEventId"])
        listed = [connection] if asked and self.is_connected() else []
        return Answer(200, to_bytes(listed), JSON)

    def revocation(self, authorization: str | None, body: bytes) -> Answer:
        """POST /connect/revocation: 200 also for a token that is not known (RFC 7009, 2.2)."""
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        try:
            self._client(authorization, form)
        except TokenError as refusal:
            return Answer(400, to_bytes({"error": str(refusal)}), JSON)
        with self.state.writing() as tx:
            tx.execute("DELETE FROM tokens WHERE token = ?", (form.get("token", ""),))
        return Answer(200)

    def disconnect(self, authorization: str | None, connection_id: str) -> Answer:
        """DELETE /connections/{id}: 204; after it no token reaches the organisation."""
        try:
            self.client(authorization)
        except Refused as refusal:
            return refusal.answer
        with self.state.writing() as tx:
            if read_meta(tx, "connection_id") != with_hyphens(connection_id.lower()):
                return Answer(404)
            write_meta(tx, "disconnected", "true")
        return Answer(204)

    def is_connected(self) -> bool:
        with self.state.reading() as tx:
            return read_meta(tx, "disconnected") is None

    def _auth_event_id(self) -> str:
        with self.state.reading() as tx:
            return read_meta(tx, "auth_event_id") or ""


def connect(tx: sqlite3.Connection, now_ms: int) -> None:
    """Link the organisation to the app, once in the life of a state file."""
    if read_meta(tx, "connection_id") is None:
        write_meta(tx, "connection_id", new_id())
        write_meta(tx, "auth_event_id", new_id())
        write_meta(tx, "connected_ms", str(now_ms))


def _client_credentials(auth: Auth, client_id: str, form: Mapping[str, str]) -> Json:
    granted = auth.options.scopes
    asked = form.get("scope", "").split() or list(granted)
    if not set(asked) <= set(granted):
        raise TokenError("invalid_scope")
    return auth.issue(client_id, " ".join(asked))


GRANTS: dict[str, Grant] = {"client_credentials": _client_credentials}


def unauthorised(detail: str) -> Refused:
    return Refused(problem(401, "Unauthorized", detail))


def problem(status: int, title: str, detail: str) -> Answer:
    body: Json = {
        "Type": None,
        "Title": title,
        "Status": status,
        "Detail": detail,
        "Instance": new_id(),
        "Extensions": {},
    }
    return Answer(status, to_bytes(body), JSON)


def _basic(authorization: str | None) -> tuple[str, str] | None:
    kind, _, value = (authorization or "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ("", "")
    # RFC 6749, 2.3.1: both halves are form-encoded before they are joined.
    return unquote_plus(client_id), unquote_plus(secret)


def _base64(claims: Json) -> str:
    return base64.urlsafe_b64encode(to_bytes(claims)).decode().rstrip("=")
