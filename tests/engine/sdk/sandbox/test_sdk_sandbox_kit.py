"""The kit, played by a third sandbox over real HTTP: faults, log, control requests, clock, stored answers."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from engine.sdk.sandbox import serving
from tests.engine.sdk.sandbox.notes_sandbox import NotesOptions, create_app

OpenNotes = Callable[..., httpx.Client]


@pytest.fixture
def open_notes(tmp_path: Path) -> Iterator[OpenNotes]:
    """Serve the sandbox from this test's state file; again in one test is a second start."""
    with ExitStack() as stack:

        def start(*, app_waits: bool = False, **options: Any) -> httpx.Client:
            app = create_app(tmp_path / "new" / "notes.db", NotesOptions(**options), app_waits=app_waits)
            origin = stack.enter_context(serving(app))
            return stack.enter_context(httpx.Client(base_url=origin, trust_env=False, timeout=10))

        yield start


@pytest.fixture
def notes(open_notes: OpenNotes) -> httpx.Client:
    return open_notes()


def post(notes: httpx.Client, text: str, key: str = "") -> httpx.Response:
    return notes.post("/api/notes", json={"text": text}, headers={"Idempotency-Key": key or text or "none"})


def stored(notes: httpx.Client) -> list[str]:
    found: list[str] = notes.get("/api/notes").json()["notes"]
    return found


def fault(notes: httpx.Client, **fields: Any) -> None:
    assert notes.post("/_sandbox/faults", json=fields).status_code == 200


@pytest.mark.parametrize(("do", "kept"), [("drop_before", []), ("drop_after", ["a"])])
def test_the_line_is_cut_before_or_after_the_effect(notes: httpx.Client, do: str, kept: list[str]) -> None:
    fault(notes, on={"method": "post"}, do=do)
    with pytest.raises(httpx.TransportError):
        post(notes, "a")
    assert stored(notes) == kept
    assert post(notes, "a").status_code == 201
    assert stored(notes) == ["a"]


def test_an_answer_by_fault_speaks_as_the_system_does_unless_told_otherwise(notes: httpx.Client) -> None:
    fault(notes, do="status", times=2)
    assert (post(notes, "a").status_code, post(notes, "a").json()) == (503, {"error": "down for maintenance"})
    fault(notes, do="status_after", status=502, body="<html>", headers={"Retry-After": "7"})
    answer = post(notes, "b")
    assert (answer.status_code, answer.text, answer.headers["retry-after"]) == (502, "<html>", "7")
    assert stored(notes) == ["b"]


@pytest.mark.parametrize("path", ["/api/notes", "/notes", "notes", "/n*s", "*"])
def test_a_path_matches_with_and_without_the_base(notes: httpx.Client, path: str) -> None:
    fault(notes, on={"path": path}, do="status", skip=1)
    assert [post(notes, text).status_code for text in "abc"] == [201, 503, 201]


@pytest.mark.parametrize("on", [{"path": "/note"}, {"path": "/api"}, {"method": "DELETE"}])
def test_other_requests_pass(notes: httpx.Client, on: dict[str, str]) -> None:
    fault(notes, on=on, do="status")
    assert post(notes, "a").status_code == 201


@pytest.mark.parametrize(("app_waits", "in_hand"), [(False, 1), (True, 2)])
def test_a_delayed_request_waits_outside_or_in_hand(
    open_notes: OpenNotes, app_waits: bool, in_hand: int
) -> None:
    notes = open_notes(app_waits=app_waits)
    fault(notes, on={"method": "GET"}, do="delay", delay=0.3)
    began = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(notes.get, "/api/notes")
        while not notes.get("/_sandbox/requests").json():
            time.sleep(0.005)
        quick = notes.get("/api/notes").json()["in_hand"]
        assert slow.result().status_code == 200
    assert (quick, time.monotonic() - began >= 0.3) == (in_hand, True)


def test_a_fault_that_cannot_be_read_is_named(notes: httpx.Client) -> None:
    answer = notes.post("/_sandbox/faults", json=[{"do": "delay"}, {"do": "explode", "delay": 601}])
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        "1.do: Input should be 'drop_before', 'drop_after', 'status', 'status_after' or 'delay'; "
        "1.delay: Input should be less than or equal to 600"
    )
    assert notes.get("/_sandbox/faults").json() == []
    assert notes.post("/_sandbox/faults", content=b"[").json()["message"].startswith("cannot read the body: ")


def test_the_log_has_what_was_asked_and_answered_and_not_the_control_requests(notes: httpx.Client) -> None:
    fault(notes, do="drop_after")
    with pytest.raises(httpx.TransportError):
        post(notes, "a", "key")
    notes.get("/api/notes?x=1")
    cut, read = notes.request("DELETE", "/_sandbox/requests").json()
    assert cut.pop("when") <= read.pop("when")
    more = {"path": "/api/notes", "idempotency_key": None, "fault": None}
    assert read == {**more, "method": "GET", "query": "x=1", "status": 200}
    more = {"path": "/api/notes", "idempotency_key": "key", "fault": "drop_after"}
    assert cut == {**more, "method": "POST", "query": "", "status": None}
    assert notes.get("/_sandbox/requests").json() == []


def test_a_sandbox_adds_control_requests_of_its_own(notes: httpx.Client) -> None:
    assert notes.post("/_sandbox/notes", json={"text": "by hand"}).json() == {"added": "by hand"}
    assert stored(notes) == ["by hand"]
    refused = notes.post("/_sandbox/notes", json={"text": 1})
    assert (refused.status_code, refused.json()) == (422, {"message": "text must be text"})
    refused = notes.post("/_sandbox/notes", json={})
    assert (refused.status_code, refused.json()) == (400, {"message": "missing: text"})
    refused = notes.post("/_sandbox/notes", json=[])
    assert refused.json() == {"message": "cannot read the body: expected a JSON object"}
    assert notes.get("/_sandbox/unknown").json() == {"message": "Not Found"}


def test_a_repeated_key_is_given_the_first_answer_and_a_refusal_leaves_nothing(notes: httpx.Client) -> None:
    assert [post(notes, "a", "key").status_code for _ in range(3)] == [201, 201, 201]
    assert post(notes, "b", "key").status_code == 409
    assert [post(notes, "", "other").text for _ in range(2)] == ["empty", "empty"]
    assert stored(notes) == ["a"]


def test_answers_are_forgotten_when_their_time_is_over_and_a_second_start_keeps_everything(
    open_notes: OpenNotes,
) -> None:
    first = open_notes(replay_seconds=60)
    post(first, "a", "key")
    now = first.post("/_sandbox/clock", json={"advance_seconds": 59.5}).json()["now"]
    again = open_notes(replay_seconds=60)
    assert again.get("/_sandbox/clock").json()["now"] > now
    assert (post(again, "a", "key").status_code, stored(again)) == (201, ["a"])
    again.post("/_sandbox/clock", json={"advance_seconds": 1})
    assert (post(again, "a", "key").status_code, stored(again)) == (201, ["a", "a"])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "missing: advance_seconds"),
        ({"advance_seconds": "1"}, "advance_seconds must be a number"),
        ({"advance_seconds": True}, "advance_seconds must be a number"),
        ({"advance_seconds": -1}, "advance_seconds: the clock only moves forward"),
        (
            {"advance_seconds": 10**12},
            "advance_seconds: 1000000000000.0 seconds from now is beyond the year 9999",
        ),
    ],
)
def test_a_clock_that_cannot_move_so_says_why(notes: httpx.Client, body: Any, message: str) -> None:
    before = notes.get("/_sandbox/clock").json()["now"]
    answer = notes.post("/_sandbox/clock", json=body)
    assert (answer.status_code, answer.json()) == (400, {"message": message})
    assert notes.get("/_sandbox/clock").json()["now"][:10] == before[:10]


def test_serving_logs_nothing_of_the_servers_own(
    open_notes: OpenNotes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert stored(open_notes()) == []
    assert [record for record in caplog.records if record.name.startswith("uvicorn")] == []


@pytest.mark.parametrize("wrong", [{"token": "a b"}, {"token": ""}, {"token": "é"}, {"tokn": "x"}])
def test_options_are_checked(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="1 validation error"):
        NotesOptions.model_validate(wrong)
