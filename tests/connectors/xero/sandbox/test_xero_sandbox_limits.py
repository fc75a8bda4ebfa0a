"""Limits (connectors/xero/API.md, 3)."""

from concurrent.futures import ThreadPoolExecutor

from tests.connectors.xero.sandbox.xero_sandbox_kit import OpenXero, Xero

LEFT = ("x-minlimit-remaining", "x-daylimit-remaining", "x-appminlimit-remaining")


def test_every_answer_says_what_is_left(xero: Xero) -> None:
    before, after = (xero.get("/Organisation").headers for _ in range(2))
    for name in LEFT:
        assert int(before[name]) - int(after[name]) == 1
    assert before["xero-correlation-id"] != after["xero-correlation-id"]


def test_minute_limit_answers_429_with_an_empty_body(open_xero: OpenXero) -> None:
    xero = open_xero(minute_limit=2)
    assert [xero.get("/Organisation").status_code for _ in range(2)] == [200, 200]
    answer = xero.get("/Organisation")
    assert answer.status_code == 429
    assert answer.content == b""
    assert "content-type" not in answer.headers
    assert answer.headers["x-rate-limit-problem"] == "minute"
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert answer.headers["x-minlimit-remaining"] == "0"
    assert int(answer.headers["x-daylimit-remaining"]) > 0
    xero.advance(60)
    assert xero.get("/Organisation").status_code == 200


def test_refused_calls_are_not_counted_against_the_day(open_xero: OpenXero) -> None:
    xero = open_xero(minute_limit=1, day_limit=10)
    answers = [xero.get("/Organisation") for _ in range(5)]
    assert {answer.headers["x-daylimit-remaining"] for answer in answers} == {"9"}


def test_day_limit_waits_for_the_day(open_xero: OpenXero) -> None:
    xero = open_xero(day_limit=1)
    xero.get("/Organisation")
    answer = xero.get("/Organisation")
    assert answer.headers["x-rate-limit-problem"] == "day"
    assert int(answer.headers["retry-after"]) > 80_000


def test_app_minute_limit_counts_connections_as_well(open_xero: OpenXero) -> None:
    xero = open_xero(app_minute_limit=2)
    assert xero.get("/Organisation").status_code == 200
    assert xero.get("/Organisation").headers["x-rate-limit-problem"] == "appminute"
    assert xero.client.get("/connections", headers=xero.headers).status_code == 429


def test_sixth_call_at_once_is_refused_without_retry_after(xero: Xero) -> None:
    xero.faults({"on": {"path": "/Organisation"}, "do": "delay", "delay": 0.4, "times": 6})
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: xero.get("/Organisation"), range(6)))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) == 1
    assert refused[0].headers["x-rate-limit-problem"] == "concurrent"
    assert "retry-after" not in refused[0].headers
    assert xero.get("/Organisation").status_code == 200


def test_limit_stands_before_the_idempotency_key_and_replays_count(open_xero: OpenXero) -> None:
    xero = open_xero(minute_limit=2)
    body = {"Name": "Acme"}
    assert xero.put("/Contacts", body, key="k").status_code == 200
    replay = xero.put("/Contacts", body, key="k")
    assert (replay.status_code, replay.headers["x-minlimit-remaining"]) == (200, "0")
    assert xero.put("/Contacts", body, key="k").status_code == 429


def test_strangers_are_not_counted(open_xero: OpenXero) -> None:
    xero = open_xero(minute_limit=1)
    for _ in range(3):
        xero.get("/Organisation", headers={"Authorization": "Bearer nobody"})
        xero.get("/Organisation", headers={"Xero-tenant-id": "another"})
    assert xero.get("/Organisation").status_code == 200
