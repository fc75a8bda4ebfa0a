"""`sandbox` and `sandbox pay`: the systems, played on this machine."""

from __future__ import annotations

import json
import re
import signal
import socket
from pathlib import Path

import httpx2 as httpx
import pytest

from engine.cli.verbs.sandbox import show_settings
from tests.cli.outsider import picky
from tests.cli.shapes import fits
from tests.cli.small import SMALL
from tests.e2e.harness import Harness
from tests.e2e.program import PACK, Program


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_sandboxes_are_served_until_interrupted(sync: Program, small: Path) -> None:
    with sync.started("sandbox", small, "--output", "json") as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert set(told) == {"systems"}
        assert set(told["systems"]["psohub"]) == {"access_token", "api_url"}
        assert told["systems"]["xero"]["app"] == "custom_connection"
        origin = told["systems"]["xero"]["api_url"]
        with httpx.Client(trust_env=False) as http:
            assert http.get(f"{origin}/_sandbox/clock").status_code == 200
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


def test_sandboxes_without_a_config_are_printed_as_a_config_names_them(sync: Program, tmp_path: Path) -> None:
    arguments = ("--invoices", "2", "--customers", "1", "--state", "state", "--port", str(free_port()))
    with sync.started("sandbox", *arguments) as process:
        assert process.stdout is not None
        told = ""
        while "minute_seconds" not in told:
            told += process.stdout.readline()
    systems = told.partition("\n")[2]
    config = f"name: told\npack: {PACK}\nsystems:\n{systems}"
    config += 'settings: {revenue_account: "200", psohub_mails: false, native_integration: none}\n'
    (tmp_path / "told.yaml").write_text(config, encoding="utf-8")
    checked = sync("check", "told.yaml", "--output", "json")
    assert checked.json == {"diagnostics": []}
    assert sorted(path.name for path in (tmp_path / "state").glob("*.db")) == ["psohub-2-1.db", "xero.db"]


def test_a_lenient_sandbox_serves_the_same_data(sync: Program, tmp_path: Path) -> None:
    arguments = ("--state", "state", "--invoices", "2", "--customers", "1", "--output", "json")
    for leniency in ((), ("--lenient",)):
        with sync.started("sandbox", *arguments, *leniency) as process:
            assert process.stdout is not None
            assert set(json.loads(process.stdout.readline())["systems"]) >= {"psohub", "xero"}
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "", "")
    assert sorted(path.name for path in (tmp_path / "state").glob("*.db")) == ["psohub-2-1.db", "xero.db"]


def test_options_that_a_sandbox_refuses_are_one_sentence(sync: Program, tmp_path: Path) -> None:
    answered = sync.process("sandbox", "--invoices", "2", "--state", "state", PYTHONPATH=picky(tmp_path))
    told = "Input should be greater than or equal to 3"
    assert answered.err == f"sync: the sandbox of picky refuses --invoices: {told}\n"
    assert (answered.code, answered.out) == (2, "")


def test_taken_port_is_answered_in_one_sentence(sync: Program, small: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        answered = sync("sandbox", small, "--port", str(taken.getsockname()[1]))
    assert answered.code == 2
    assert answered.err == "sync: cannot serve the sandboxes: address already in use; try another --port\n"


def free_port() -> int:
    """A port that is free with its successor, for both systems."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = int(probe.getsockname()[1])
            try:
                socket.create_server(("127.0.0.1", port + 1)).close()
            except OSError:
                continue
        return port


def test_invoice_is_paid_in_the_sandbox_by_any_name_and_not_twice(sync: Program, small: Path) -> None:
    assert sync("run", small).code == 0
    status = sync("sandbox", "pay", small, "INV-2026-0001", "--output", "json")
    assert status.code == 0
    assert fits(status.json, {"config": str, "system": str, "id": str, "said": str})
    assert (status.json["config"], status.json["system"]) == ("small", "xero")
    again = sync("sandbox", "pay", small, status.json["id"])
    assert (again.code, again.out) == (1, "")
    assert "nothing is due on INV-000" in again.err
    ran = sync("run", small, "--output", "json")
    assert [row["kind"] for row in ran.json["reconcile"]["rows"]] == ["paid"]


@pytest.mark.parametrize(
    ("verb", "kind", "status"),
    [("prepay", "paid", "Paid"), ("overpay", "paid", "Paid"), ("credit", "credited", "Sent")],
)
def test_invoice_is_settled_in_the_sandbox_otherwise_than_by_a_payment(
    sync: Program, small: Path, verb: str, kind: str, status: str
) -> None:
    assert sync("run", small).code == 0
    settled = sync("sandbox", verb, small, "INV-2026-0001")
    assert (settled.code, settled.err) == (0, "")
    ran = sync("run", small, "--output", "json")
    assert [row["kind"] for row in ran.json["reconcile"]["rows"] if row["source"]] == [kind]
    assert ran.json["flows"]["invoice-status"]["updated"] == (status == "Paid")


def test_only_sandboxes_can_be_paid_in(harness: Harness) -> None:
    paid = harness.sync("sandbox", "pay", harness.config, "INV-2026-0001")
    assert paid.code == 2
    assert "has no sandbox that can pay; real systems are not touched" in paid.err


def test_unknown_invoice_cannot_be_paid(sync: Program, small: Path) -> None:
    paid = sync("sandbox", "pay", small, "INV-9")
    assert (paid.code, paid.out) == (2, "")
    assert (
        paid.err == 'sync: no pushed document has the number or id "INV-9"; `sync run` pushes what is new\n'
    )


def test_config_without_a_sandbox_cannot_be_served(fresh: Harness) -> None:
    served = fresh.sync("sandbox", fresh.config)
    assert served.code == 2
    assert "has no system with `sandbox: true`" in served.err


@pytest.mark.parametrize("verb", ["plan", "test"])
def test_sandbox_that_cannot_keep_its_state_is_one_sentence(sync: Program, small: Path, verb: str) -> None:
    small.with_name("small.psohub.sandbox.db").mkdir()
    told = sync(verb, small)
    assert (told.code, told.out) == (2, "")
    assert re.fullmatch(r"sync: systems\.psohub\.sandbox: cannot keep its state in .*\n", told.err)


@pytest.mark.parametrize("output", ["text", "json"])
def test_settings_from_options_are_printed(sync: Program, small: Path, output: str) -> None:
    text = SMALL.replace("xero, sandbox: true", "xero, sandbox: {minute_seconds: 6}")
    small.write_text(text, encoding="utf-8")
    with sync.started("sandbox", small, "--output", output) as process:
        assert process.stdout is not None
        printed = ""
        while "minute_seconds" not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
    if output == "json":
        assert json.loads(printed)["systems"]["xero"]["minute_seconds"] == 6
    else:
        assert "    minute_seconds: 6\n" in printed


def test_settings_with_a_fraction_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """They are no payload: JSON that refuses inexact money must not refuse them."""
    for output in ("text", "json"):
        show_settings({"outsider": {"pause": 0.5}}, output)
    assert capsys.readouterr().out.splitlines()[1:] == [
        "  outsider:", "    connector: outsider", "    pause: 0.5",
        '{"systems": {"outsider": {"pause": 0.5}}}',
    ]  # fmt: skip
