"""Rule: secrets are taken out before a text is shortened, wherever it is shortened."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.model.errors import SyncError
from engine.model.record import NotTyped, typed_value
from engine.model.redact import know
from engine.model.schema import DATE
from engine.sdk.answer import Answer
from engine.sdk.http import Http
from tests.cases.canaries import TOKEN, assert_clean, leaks
from tests.cases.harness import opened

CASE = "44-token-cut-in-two"


@pytest.mark.parametrize("answer", ["GET-invoices.http", "GET-invoices-no-json.http"])
def test_a_token_where_the_text_is_cut(tmp_path: Path, answer: str) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        case.answer("psohub", f"psohub/{answer}", method="GET")
        for verb in ("run", "test"):
            result = case.sync("-v", verb, case.config, PSOHUB_TOKEN=TOKEN)
            assert "xxx" in result.err + result.out
            assert_clean(result, tmp_path)


@pytest.mark.parametrize("length", range(0, 420, 7))
def test_wherever_it_stands(length: int) -> None:
    know(TOKEN)
    before = "x" * length
    json_, text = {"content-type": "application/json"}, {"content-type": "text/plain"}
    answers = [
        Answer(400, text, f"{before}{TOKEN}".encode()),
        Answer(400, json_, f'{{"message": "{before}{TOKEN} and more"}}'.encode()),
        Answer(200, text, f"{before}{TOKEN}{before}".encode()),
        Answer(200, json_, f"{before}{TOKEN}".encode() + b"\xff"),
        Answer(200, {"content-type": f"application/json; charset={TOKEN}"}, b"\xff"),
        Answer(200, json_, f"[{'1' * length}e{TOKEN}]".encode()),
        Answer(400, {"www-authenticate": f'Bearer error="{before}{TOKEN}"'}, b""),
        Answer(400, {"x-id": f"{before}{TOKEN}"}, b""),
    ]
    http = Http("Ledgerly", "https://ledgerly.example", correlation="X-Id")
    for answer in answers:
        with pytest.raises(SyncError) as refused:
            http.json(answer, "GET notes")
        assert leaks(str(refused.value)) == []
        assert leaks(str(http.unreadable(answer, "GET notes"))) == []


@pytest.mark.parametrize("length", range(0, 45, 3))
def test_in_a_value_that_is_not_what_was_expected(length: int) -> None:
    know(TOKEN)
    with pytest.raises(NotTyped) as refused:
        typed_value("x" * length + TOKEN, DATE)
    assert leaks(str(refused.value)) == []
