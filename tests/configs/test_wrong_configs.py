"""One mistake, one folder in `wrong/`: the message of `sync check`, its place and its hint."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from engine.model.codes import CODES
from tests.configs.configs_kit import CheckOutput, cases, expected, lay, printed, told

# Codes that no file of a config can produce, and why.
ELSEWHERE = {
    "M216": "no stream of the shipped connectors refers back to itself; see tests/engine/mapping",
}


@pytest.fixture
def check_output(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(CheckOutput)


def test_the_good_config_has_no_mistakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert printed() == ("acme.yaml: no mistakes\n", 0)


@pytest.mark.parametrize("case", cases())
def test_the_mistake_of_a_case_is_found_and_nothing_else(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check_output: SnapshotAssertion
) -> None:
    lay(tmp_path, case)
    monkeypatch.chdir(tmp_path)
    text, code = printed()
    assert told(text), "this file has no mistake"
    hint = "\n".join(f"# expect: {one}" for one in told(text))
    assert told(text) == expected(case), f"if this is right, start the file with\n{hint}"
    assert code == (2 if "error[" in text else 0)
    assert text == check_output


def test_mistakes_of_several_files_are_reported_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = (
        "setting-misspelt",  # acme.yaml
        "table-file-missing",  # pack.yaml
        "where-that-is-not-true-or-false",  # invoices.yaml
        "misspelt-field-of-an-item",  # lines.yaml
        "required-field-of-an-object-without-a-rule",  # contacts.yaml
        "misspelt-linked",  # status.yaml
        "file-that-is-empty",  # notes.yaml
    )
    lay(tmp_path, *several)
    monkeypatch.chdir(tmp_path)
    text, _ = printed()
    assert told(text) == expected(*several)
    assert len({one.split()[1].partition(":")[0] for one in told(text)}) == len(several)
    assert text.endswith(f"acme.yaml: {len(several)} mistakes\n")


def test_every_code_has_a_case_or_a_reason() -> None:
    covered = {
        word for case in cases() for line in expected(case) for word in line.split()[:2] if word in CODES
    }
    assert sorted(covered & ELSEWHERE.keys()) == [], "these have a case: remove them from ELSEWHERE"
    missing = CODES.keys() - covered - ELSEWHERE.keys()
    assert sorted(missing) == [], "add a folder to tests/configs/wrong/, or a reason to ELSEWHERE"
    assert sorted(ELSEWHERE.keys() - CODES.keys()) == [], "not declared in engine/model/codes.py"
