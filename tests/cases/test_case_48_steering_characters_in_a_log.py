"""Rule: all that is printed is cleaned by one hand; an entry of a log is one line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.model.steering import STEERING
from tests.cases.harness import TIMES, opened
from tests.drills.proxy import Fault
from tests.e2e.program import Program

CASE = "48-steering-characters-in-a-log"
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [\w.]+ .+")


@pytest.mark.parametrize("system", ["psohub", "xero"])
def test_what_a_system_says_steers_no_terminal(tmp_path: Path, system: str) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        case.answer(system, "psohub/GET-invoices.http", method="GET")
        for arguments in (("-v", "run", case.config), ("test", case.config)):
            result = case.sync(*arguments)
            assert not STEERING.search(result.out + result.err)
            assert r"\x1b]0;title\x07 \x9b2J" in result.err + result.out
        result = case.sync("-v", "run", case.config, "--output", "json")
        assert not STEERING.search(result.out + result.err)


def test_a_message_of_several_lines_is_one_line_of_the_log(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, load=False) as case:
        body = '{"message": "one\\n2026-01-01 00:00:00,000 engine forged\\rtwo\\u2028three"}'
        fault = Fault("answer_before", status=500, body=body, times=TIMES, method="GET")
        case.proxies["psohub"].faults.append(fault)
        lines = case.sync("-v", "run", case.config).err.splitlines()
        logged = [line for line in lines if LINE.fullmatch(line)]
        assert len(logged) == len([line for line in lines if line.startswith("20")])
        assert not any(" engine forged" in line[:45] for line in logged)


@pytest.mark.parametrize("word", ["\x1b[2J", "\u202egnp.exe", "a\x9b2J", "a\u2028b"])
def test_what_a_person_typed_steers_nothing_either(tmp_path: Path, word: str) -> None:
    sync = Program(tmp_path)
    for arguments in ((word,), ("show", f"{word}.yaml", "x"), ("run", "--output", word)):
        result = sync(*arguments)
        assert result.code == 2
        assert not STEERING.search(result.out + result.err)
