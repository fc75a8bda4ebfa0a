"""An answer is read by the charset that it names."""

from __future__ import annotations

from pathlib import Path

from tests.cases.harness import opened
from tests.drills.proxy import Fault

CASE = "09-latin-1-answer"
LATIN = "psohub/GET-companies.latin-1.http"


def test_names_are_read_by_the_charset_that_the_answer_names(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        case.answer("psohub", LATIN, method="GET", path="/company*")
        case.answer("psohub", LATIN, method="GET", path="/companies*")
        result = case.run()
        assert result.code == 0
        assert {row["Name"] for row in case.systems.contacts()} >= {"Brück & Söhne", "Plain Ltd"}


def test_only_what_depends_on_an_unreadable_answer_waits(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        body = (case.input / LATIN).read_bytes().partition(b"\n\n")[2].strip()
        case.proxies["psohub"].faults.append(
            Fault(
                "answer_before",
                method="GET",
                path="/compan*",
                query="*14073748838924991*",
                times=1000,
                status=200,
                headers={"Content-Type": "application/json; charset=utf-8"},
                body=body,
            )
        )
        result = case.run()
        assert result.code == 1
        assert [row["Reference"] for row in case.systems.pushed()] == ["INV-2026-0002"]
        reasons = " ".join(one["reason"] for one in result.json["held"])
        assert "its encoding is wrong: byte 0xFC at position" in reasons


def test_without_a_charset_the_encoding_is_to_blame_and_the_byte_is_named(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        body = (case.input / LATIN).read_bytes().partition(b"\n\n")[2].strip()
        for path in ("/company*", "/companies*"):
            case.proxies["psohub"].faults.append(
                Fault(
                    "answer_before",
                    method="GET",
                    path=path,
                    times=1000,
                    status=200,
                    headers={"Content-Type": "application/json"},
                    body=body,
                )
            )
        result = case.run()
        assert result.code in (1, 6)
        told = str(result.json) + result.err
        assert "byte 0xFC at position" in told
        assert "encoding" in told
        assert case.systems.pushed() == []
