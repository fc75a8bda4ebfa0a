"""The transport, against a small system on loopback."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

import pytest
from starlette.responses import Response

from engine.sdk import (
    Budget,
    Http,
    InDoubtError,
    RateHeaders,
    SignInError,
    SpentKeyError,
    StaticToken,
    UnavailableError,
)
from tests.engine.sdk.sdk_kit import CUT, Played


def problem(status: int, text: str = "", **headers: str) -> Response:
    return Response(text, status, {name.replace("_", "-"): value for name, value in headers.items()})


def budget(**options: Any) -> Budget:
    """With the headers that these tests answer with."""
    quotas = {"X-MinLimit-Remaining": "minute", "X-DayLimit-Remaining": "day"}
    headers = RateHeaders("X-MinLimit-Remaining", quotas, "X-Rate-Limit-Problem", ("minute",), ("day",))
    return Budget("Xero", headers=headers, **options)


@pytest.fixture
def opened(played: Played) -> Iterator[Callable[..., Http]]:
    made: list[Http] = []

    def make(**options: Any) -> Http:
        options.setdefault("budget", budget())
        made.append(Http("Xero", played.origin, **options))
        return made[-1]

    yield make
    for http in made:
        http.close()
        http.close()


def test_numbers_are_exact_both_ways(played: Played, opened: Callable[..., Http]) -> None:
    played.script = [Response('{"a": 0.10, "id": 41939771881672249}')]
    http = opened()
    answer = http.send("POST", "x", {"amount": Decimal("12.50"), "name": "Süß"})
    assert answer.json() == {"a": Decimal("0.10"), "id": 41939771881672249}
    assert str(answer.json()["a"]) == "0.10"
    assert played.seen[0].body == '{"amount": 12.50, "name": "Süß"}'.encode()


def test_read_is_repeated_after_cut_line_and_outage(played: Played, opened: Callable[..., Http]) -> None:
    played.script = [CUT, problem(503, "offline"), Response("[1]")]
    http = opened()
    assert http.get("list", {"where": 'A=="b c"'}).json() == [1]
    assert http.requests == len(played.seen) == 3
    assert played.seen[0].query == "where=A%3D%3D%22b%20c%22"


def test_write_under_a_key_is_repeated_with_the_same_bytes(
    played: Played, opened: Callable[..., Http]
) -> None:
    played.script = [CUT, problem(503, "oops"), problem(429, X_Rate_Limit_Problem="concurrent")]
    http = opened()
    assert http.send("PUT", "Invoices", {"b": 1, "a": 2}, key="k-1").ok
    assert len(played.seen) == 4
    assert {(one.body, one.headers["idempotency-key"]) for one in played.seen} == {
        (b'{"b": 1, "a": 2}', "k-1")
    }


@pytest.mark.parametrize("key", ["k-1", None])
@pytest.mark.parametrize("status", [500, 507])
def test_write_that_was_answered_with_an_error_is_not_repeated_under_its_key(
    played: Played, opened: Callable[..., Http], status: int, key: str | None
) -> None:
    played.otherwise = lambda _: problem(status, "An error occurred in Xero")
    with pytest.raises(SpentKeyError, match=f"answered PUT /Invoices with {status}: An error") as caught:
        opened().send("PUT", "Invoices", {}, key=key)
    assert caught.value.words == f"{status}: An error occurred in Xero"
    assert len(played.seen) == 1


@pytest.mark.parametrize("trouble", [CUT, problem(503, "offline")])
def test_write_without_a_key_is_in_doubt_and_not_repeated(
    played: Played, opened: Callable[..., Http], trouble: Any
) -> None:
    played.script = [trouble]
    with pytest.raises(InDoubtError, match=r"PATCH /invoice .* may or may not have been processed"):
        opened().send("PATCH", "invoice", {"a": 1})
    assert len(played.seen) == 1


def test_write_without_a_key_is_repeated_where_it_was_surely_not_processed(
    played: Played, opened: Callable[..., Http]
) -> None:
    played.script = [problem(429), problem(429, Retry_After="0.1")]
    assert opened().send("PATCH", "invoice", {"a": 1}).ok
    assert len(played.seen) == 3


def test_write_that_stays_unanswered_is_in_doubt(played: Played, opened: Callable[..., Http]) -> None:
    played.otherwise = lambda _: problem(503, "The Xero API is currently offline for maintenance")
    with pytest.raises(InDoubtError, match="offline for maintenance"):
        opened(attempts=2).send("PUT", "Invoices", {}, key="k")
    assert len(played.seen) == 2


def test_doubt_outlives_a_later_refusal_to_sign_in(played: Played, opened: Callable[..., Http]) -> None:
    played.script = [CUT, problem(401, '{"Detail": "AuthenticationUnsuccessful"}')]
    with pytest.raises(InDoubtError, match="AuthenticationUnsuccessful"):
        opened(auth=StaticToken("Authorization", "Bearer", "t0ken")).send("PUT", "Invoices", {}, key="k")


def test_write_whose_key_has_run_out_is_not_sent(played: Played, opened: Callable[..., Http]) -> None:
    with pytest.raises(InDoubtError, match="its idempotency key has expired"):
        opened().send("PUT", "Invoices", {}, key="k", not_after=time.monotonic() - 1)
    assert played.seen == []


def test_refused_connection_is_one_plain_sentence() -> None:
    http = Http("Xero", "http://127.0.0.1:9", attempts=2)
    said = r"Xero does not answer at http://127\.0\.0\.1:9: connection refused; nothing was lost, run again$"
    with pytest.raises(UnavailableError, match=said):
        http.get("Organisation")
    with pytest.raises(UnavailableError, match=said) as found:
        http.send("PUT", "Invoices", {}, key="k")
    assert not isinstance(found.value, InDoubtError)
    assert http.requests == 0
    http.close()


def test_proxy_of_the_environment_does_not_catch_loopback(
    played: Played, opened: Callable[..., Http], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert opened(attempts=1).get("x").ok


def test_outage_is_unavailable_after_some_attempts(played: Played, opened: Callable[..., Http]) -> None:
    played.otherwise = lambda _: problem(503, "The Organisation is offline")
    with pytest.raises(UnavailableError, match="503: The Organisation is offline"):
        opened(attempts=3).get("x")
    assert len(played.seen) == 3


def test_wait_that_is_longer_than_patience_is_not_begun(played: Played, opened: Callable[..., Http]) -> None:
    played.otherwise = lambda _: problem(503, "later", Retry_After="300")
    with pytest.raises(UnavailableError) as found:
        opened(patience=5).get("x")
    assert found.value.retry_after == 300
    assert len(played.seen) == 1


def test_retry_after_is_honoured_as_seconds_and_as_a_date(
    played: Played, opened: Callable[..., Http]
) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)
    played.script = [problem(503, Retry_After="0.4"), problem(503, Retry_After=soon)]
    started = time.monotonic()
    assert opened().get("x").ok
    assert time.monotonic() - started >= 0.4


@pytest.mark.parametrize("said", ["1e400", "999999999999999", "inf"])
def test_wait_beyond_any_window_parks_for_a_week_at_most(
    played: Played, opened: Callable[..., Http], said: str
) -> None:
    played.script = [problem(429, X_Rate_Limit_Problem="minute", Retry_After=said)]
    with pytest.raises(UnavailableError, match="limit is used up until") as found:
        opened().get("x")
    assert found.value.retry_after == 7 * 86_400


@pytest.mark.parametrize("said", ["nan", "soon", "Thu, 99 Foo 2026 00:00:00 GMT"])
def test_wait_that_says_nothing_is_as_good_as_none(
    played: Played, opened: Callable[..., Http], said: str
) -> None:
    played.script = [problem(429, Retry_After=said), Response("[1]")]
    assert opened().get("x").json() == [1]


def test_other_answers_come_back_as_they_are(played: Played, opened: Callable[..., Http]) -> None:
    played.script = [problem(400, "no"), problem(404), problem(304), problem(501, "no such method")]
    http = opened()
    assert [http.get("x").status for _ in range(4)] == [400, 404, 304, 501]


def test_minute_limit_is_waited_out_and_told(played: Played, opened: Callable[..., Http]) -> None:
    said: list[str] = []
    played.script = [problem(429, X_Rate_Limit_Problem="minute", Retry_After="1")]
    assert opened(budget=budget(notify=said.append)).get("x").ok
    assert said == ["Xero's minute limit: waiting 1 s"]


def test_spent_minute_is_not_run_into(played: Played, opened: Callable[..., Http]) -> None:
    def counted(_: Any) -> Response:
        return Response("{}", headers={"X-MinLimit-Remaining": str(max(0, 3 - len(played.seen)))})

    played.otherwise = counted
    http = opened(budget=budget(window=0.5))
    started = time.monotonic()
    for _ in range(3):
        http.get("x")
    assert time.monotonic() - started < 0.4
    http.get("x")
    assert time.monotonic() - started >= 0.45
    assert http.quotas() == {"minute": "0"}


def test_day_limit_parks_and_says_until_when(played: Played, opened: Callable[..., Http]) -> None:
    played.script = [problem(429, X_Rate_Limit_Problem="Day", Retry_After="66975", X_DayLimit_Remaining="0")]
    http = opened()
    until = datetime.now(UTC) + timedelta(seconds=66975)
    for _ in range(3):
        with pytest.raises(UnavailableError, match=f"day limit is used up until {until:%Y-%m-%d %H}"):
            http.get("x")
    assert len(played.seen) == 1
    assert http.quotas()["day"] == "0"


def test_closing_wakes_whoever_waits_for_a_limit(played: Played, opened: Callable[..., Http]) -> None:
    http = opened()
    played.script = [problem(429, X_Rate_Limit_Problem="minute", Retry_After="60")]
    threading.Timer(0.3, http.close).start()
    with pytest.raises(UnavailableError, match="stopped"):
        http.get("x")


def test_closed_system_opens_no_new_sockets(played: Played, opened: Callable[..., Http]) -> None:
    http = opened()
    http.close()
    with pytest.raises(UnavailableError, match="was closed"):
        http.get("x")
    assert played.seen == []


def test_no_more_than_the_budget_allows_are_in_flight(played: Played, opened: Callable[..., Http]) -> None:
    http = opened(budget=budget(in_flight=5))
    http.get("warm")
    played.hold = 0.05
    threads = [threading.Thread(target=http.get, args=("x",)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(played.seen) == http.requests == 21
    assert played.most_at_once == 5


def test_no_secret_stands_in_a_message_or_a_log(
    played: Played, opened: Callable[..., Http], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = "s3cr3t-t0ken"
    played.script = [
        problem(503, f"what is {token}?"),
        problem(403, f'{{"message": "Bearer {token} is bad"}}'),
    ]
    http = opened(auth=StaticToken("Authorization", "Bearer", token))
    with pytest.raises(SignInError, match=r"Xero answered 403: Bearer ••• is bad") as found:
        http.get("x")
    assert token not in str(found.value) + caplog.text + repr(http)
    assert played.seen[0].headers["authorization"] == f"Bearer {token}"


def test_log_names_path_and_status_and_no_filter(
    played: Played, opened: Callable[..., Http], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    opened().get("Contacts", {"where": 'EmailAddress=="jan@example.com"'})
    said = " ".join(one.getMessage() for one in caplog.records if not one.name.startswith("uvicorn"))
    assert "Xero GET /Contacts: 200" in said
    assert "jan" not in said


def test_html_is_nobodys_words(played: Played, opened: Callable[..., Http]) -> None:
    http = opened()
    played.script = [Response("<html>lost</html>", 404, media_type="text/html")]
    assert http.words(http.get("x")) == "status 404, no message"


def test_rate_headers_that_are_not_declared_mean_nothing(played: Played, opened: Callable[..., Http]) -> None:
    played.script = [problem(200, "{}", X_MinLimit_Remaining="0")]
    http = opened(budget=Budget("Ledgerly"))
    assert http.get("x").ok
    assert http.get("x").ok
    assert http.quotas() == {}
    played.script = [problem(429, X_Rate_Limit_Problem="day", Retry_After="0.1")]
    assert http.get("x").ok  # any 429 that can be waited out is


def test_key_goes_out_in_the_header_that_the_system_reads(
    played: Played, opened: Callable[..., Http]
) -> None:
    assert opened(key_header="X-Request-Id").send("POST", "bills", {}, key="k-1").ok
    assert played.seen[0].headers["x-request-id"] == "k-1"
    assert "idempotency-key" not in played.seen[0].headers
