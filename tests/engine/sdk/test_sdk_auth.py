"""Client credentials, against a token endpoint on loopback."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.responses import Response

from engine.sdk import ClientCredentials, Http, SignInError, TokenErrors
from tests.engine.sdk.sdk_kit import Played


class Issuer:
    """Issues tok-1, tok-2 …; takes only the newest one."""

    def __init__(self, life: int = 1800) -> None:
        self.issued, self.life = 0, life
        self.error: dict[str, str] | None = None
        self.detail = "TokenExpired: token expired at 09/14/2026 09:29:59"

    def __call__(self, seen: Any) -> Response:
        if seen.path == "/connect/token":
            if self.error:
                return Response(json.dumps(self.error), 400)
            self.issued += 1
            answer = {"access_token": f"tok-{self.issued}", "expires_in": self.life, "token_type": "Bearer"}
            return Response(json.dumps(answer))
        if seen.headers.get("authorization") != f"Bearer tok-{self.issued}":
            body = {"Title": "Unauthorized", "Status": 401, "Detail": self.detail}
            return Response(json.dumps(body), 401, media_type="application/json")
        return Response("{}")


@pytest.fixture
def issuer(played: Played) -> Issuer:
    played.otherwise = Issuer()
    return played.otherwise


@pytest.fixture
def http(played: Played, issuer: Issuer) -> Iterator[Http]:
    errors = TokenErrors(("TokenExpired",), {"invalid_scope": "grant it in the portal"})
    url = f"{played.origin}/connect/token"
    auth = ClientCredentials("Xero", url, "me", "s3cr3t", ["a.read", "b"], errors)
    opened = Http("Xero", played.origin, auth=auth)
    yield opened
    opened.close()


def test_token_is_asked_for_once_with_basic_and_counts(http: Http, played: Played) -> None:
    http.get("x")
    http.get("y")
    asked = played.seen[0]
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"me:s3cr3t").decode()
    assert asked.body == b"grant_type=client_credentials&scope=a.read+b"
    assert [one.path for one in played.seen] == ["/connect/token", "/x", "/y"]
    assert http.requests == 3


def test_many_threads_with_an_expired_token_refresh_once(http: Http, issuer: Issuer, played: Played) -> None:
    http.get("x")
    issuer.issued += 1  # tok-1 is good no longer
    played.hold = 0.02
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(http.get("y").status)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 12
    assert issuer.issued == 3


def test_token_that_is_about_to_expire_is_renewed_before_use(http: Http, issuer: Issuer) -> None:
    issuer.life = 0
    http.get("x")
    http.get("y")
    assert issuer.issued == 2


def test_refusal_that_no_token_helps_is_not_repeated(http: Http, issuer: Issuer, played: Played) -> None:
    http.get("x")
    issuer.issued += 1
    issuer.detail = "AuthorizationUnsuccessful"
    with pytest.raises(SignInError, match="Xero answered 401: AuthorizationUnsuccessful"):
        http.get("y")
    assert [one.path for one in played.seen].count("/y") == 1


@pytest.mark.parametrize("life", ["null", '"1800"', "1800.0", '""', "[]", "{}"])
def test_token_that_says_no_life_is_taken_all_the_same(http: Http, played: Played, life: str) -> None:
    played.script = [Response(f'{{"access_token": "tok-0", "expires_in": {life}}}')]
    http.get("x")
    http.get("y")
    assert [one.path for one in played.seen] == ["/connect/token", "/x", "/y"]


def test_token_that_no_header_can_hold_is_no_token(http: Http, played: Played) -> None:
    for odd in ('"a", "expires_in": [1]', '"ü"', '"a\\r\\nX: y"', "5"):
        played.script = [Response(f'{{"access_token": {odd}}}')]
        with pytest.raises(SignInError, match="no token"):
            http.get("x")


def test_wordless_401_is_worth_one_fresh_token_and_no_more(
    http: Http, issuer: Issuer, played: Played
) -> None:
    http.get("x")
    played.script = [Response(b"", 401)]
    assert http.get("y").status == 200
    assert issuer.issued == 2
    issuer.issued += 1  # tok-2 is good no longer, and neither is what is issued next
    played.script = [
        Response(b"", 401),
        Response('{"access_token": "no", "expires_in": 1800}'),
        Response(b"", 401),
    ]
    with pytest.raises(SignInError, match="Xero answered 401: status 401"):
        http.get("z")


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("invalid_client", "check client_id and client_secret"),
        ("unauthorized_client", "check client_id"),
        ("invalid_scope", "grant it in the portal"),
        ("odd", "check the settings"),
    ],
)
def test_token_errors_say_what_helps(http: Http, issuer: Issuer, error: str, advice: str) -> None:
    issuer.error = {"error": error}
    with pytest.raises(SignInError, match=rf"Xero rejects the sign-in \({error}\): .*{advice}") as found:
        http.get("x")
    assert "s3cr3t" not in str(found.value)


def test_gateway_page_instead_of_a_token_is_a_sign_in_error(http: Http, played: Played) -> None:
    played.script = [Response("<html>", 403)]
    with pytest.raises(SignInError, match="status 403"):
        http.get("x")
    played.script = [Response("[]", 200)]
    with pytest.raises(SignInError, match="no token"):
        http.get("x")
