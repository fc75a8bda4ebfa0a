"""A snapshot is laid out to be read; its white space apart it is, byte for byte, what a request carries."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2 as httpx
import pytest

from engine.model.payload import Payload
from engine.sdk import Http
from engine.sdk.transport import Transport
from engine.sdk.wire import loads
from engine.testing.cases import cases_of, mapped, wire_text
from engine.workspace import load_project

HERE = Path(__file__).parent
RECORDS = sorted((HERE / "records").glob("*/*.json"))


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_a_snapshot_is_the_body_of_the_request(record: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = load_project(HERE / "config.yaml")
    sent: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.read())
        return httpx.Response(200, content=iter([b"{}"]))

    http = Http("Xero", "http://127.0.0.1:1")
    client = httpx.Client(transport=httpx.MockTransport(answer))
    monkeypatch.setattr(Transport, "_client", lambda self, url: client)
    for case in cases_of(record, project):
        made = mapped(case, project)
        if isinstance(made, Payload):
            http.send("PUT", "Invoices", made.body)
            (body,) = sent
            sent.clear()
            assert _squeezed(wire_text(case, project)) == _squeezed(body.decode())
            assert loads(body) == loads(wire_text(case, project))


def _squeezed(text: str) -> str:
    """JSON text without the white space between its tokens; every number keeps its spelling."""
    return json.dumps(
        json.loads(text, parse_float=_Spelled, parse_int=_Spelled), ensure_ascii=False, separators=(",", ":")
    )


class _Spelled(str):
    """A number as it is written."""
