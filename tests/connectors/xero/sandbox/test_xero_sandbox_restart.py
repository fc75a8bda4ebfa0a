"""State outlives the process, however it ends (connectors/xero/API.md, 4)."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from connectors.xero.sandbox import XeroSandboxOptions, create_app
from tests.connectors.xero.sandbox.xero_sandbox_kit import MakeLine, OpenXero, Xero

ROOT = Path(__file__).parents[4]
SERVER = """
import sys, uvicorn
from pathlib import Path
from connectors.xero.sandbox import XeroSandboxOptions, create_app
app = create_app(Path(sys.argv[1]), XeroSandboxOptions(minute_limit=10**6))
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="critical", http="h11")
"""


def start(state: Path, port: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(state), str(port)], cwd=ROOT)
    for _ in range(1000):
        try:
            httpx.get(f"http://127.0.0.1:{port}/_sandbox/clock")
        except httpx.TransportError:
            time.sleep(0.01)
        else:
            return process
    raise AssertionError("the server did not start")


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_second_run_finds_what_the_first_one_made(xero: Xero, open_xero: OpenXero) -> None:
    invoice = xero.invoice(Reference="kept")
    again = open_xero()
    assert again.read(invoice["InvoiceID"])["Reference"] == "kept"
    assert again.invoice()["InvoiceNumber"] == "INV-0002"


def test_lock_date_outlives_a_restart_and_gives_way_to_other_options(xero: Xero, open_xero: OpenXero) -> None:
    change = {
        "kind": "Organisation",
        "key": "Sandbox Consulting B.V.",
        "set": {"PeriodLockDate": "2026-06-30"},
    }
    assert xero.client.post("/_sandbox/books", json=change).status_code == 200
    locked = open_xero().get("/Organisation").json()["Organisations"][0]
    assert locked["PeriodLockDate"] == "/Date(1782777600000+0000)/"
    (anew,) = open_xero(organisation_name="Other B.V.").get("/Organisation").json()["Organisations"]
    assert (anew["Name"], "PeriodLockDate" in anew) == ("Other B.V.", False)


def test_start_that_fails_closes_the_state_file(tmp_path: Path) -> None:
    state = tmp_path / "xero.db"
    first: Any = create_app(state, XeroSandboxOptions())
    first.close()
    with closing(sqlite3.connect(state)) as db, db:
        db.execute("INSERT INTO meta VALUES ('clock_offset', 'late')")
    with pytest.raises(ValueError, match="late") as failure:
        create_app(state, XeroSandboxOptions())
    assert failure.tb  # holds all that was open; an open file has its -wal beside it
    assert [one.name for one in tmp_path.iterdir()] == ["xero.db"]


def test_replay_outlives_a_restart(xero: Xero, open_xero: OpenXero) -> None:
    first = xero.put("/Contacts", {"Name": "Acme"}, key="k")
    assert open_xero().put("/Contacts", {"Name": "Acme"}, key="k").content == first.content


def test_lifespan_closes_the_state_file(tmp_path: Path, serve: Any, xero_class: type[Xero]) -> None:
    app = create_app(tmp_path / "xero.db", XeroSandboxOptions())
    with serve(app) as origin, httpx.Client(base_url=origin) as client:
        xero_class(client).contact()
    assert [path.name for path in tmp_path.iterdir()] == ["xero.db"]


def test_killed_process_leaves_effect_and_answer_or_neither(tmp_path: Path, xero_class: type[Xero]) -> None:
    port, state, sent = free_port(), tmp_path / "xero.db", 0
    process = start(state, port)
    try:
        for delay in (0.0, 0.01, 0.03):
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
                xero = xero_class(client)
                bodies = {
                    f"k{sent + at}": {
                        "Invoices": [xero.draft(Reference=f"r{sent + at}-{one}") for one in range(20)]
                    }
                    for at in range(8)
                }
                answers: dict[str, bytes] = {}

                def push(
                    xero: Xero = xero, bodies: dict[str, Any] = bodies, answers: dict[str, bytes] = answers
                ) -> None:
                    for key, body in bodies.items():
                        try:
                            answers[key] = xero.put(
                                "/Invoices", body, key=key, summarizeErrors="false"
                            ).content
                        except httpx.TransportError:
                            return

                pushing = threading.Thread(target=push)
                pushing.start()
                time.sleep(delay)
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                pushing.join()
            process = start(state, port)
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
                xero = xero_class(client)
                for key, body in bodies.items():
                    again = xero.put("/Invoices", body, key=key, summarizeErrors="false")
                    assert again.content == answers.get(key, again.content)
                references = [one["Reference"] for one in xero.get("/Invoices").json()["Invoices"]]
            sent += len(bodies)
            assert sorted(references) == sorted(f"r{at}-{one}" for at in range(sent) for one in range(20))
    finally:
        process.kill()
        process.wait()


def test_batch_of_fifty_invoices_is_quick(xero: Xero, line: MakeLine) -> None:
    body = {"Invoices": [xero.approved(LineItems=[line()] * 5)] * 50}
    began = time.perf_counter()
    answer = xero.put("/Invoices", body, summarizeErrors="false", unitdp="4")
    # Some 60 ms here; the bound is wide, to fail only when something is truly wrong.
    assert time.perf_counter() - began < 2
    assert len(answer.json()["Invoices"]) == 50
