"""`sync check --explain`: what a code means, and the way there from a mistake."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.model.codes import CODES, pages
from tests.cli.shapes import FAILURE, fits
from tests.cli.terminal import on_a_terminal
from tests.e2e.program import PACK, TIMEOUT, Program

TITLE = CODES["M204"]
WRONG = f"""
name: wrong
pack: {PACK}
systems:
  psohub: {{connector: psohub, sandbox: true}}
  xero: {{connector: xero, sandbox: true}}
settings: {{revenue_account: "200", psohub_mails: false, native_integration: none}}
limits: {{change: 5}}
"""
LOADED = "import sys, engine.cli.main, engine.cli.verbs.check; print('engine.model.codes' in sys.modules)"


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG, encoding="utf-8")
    return path


def test_a_code_is_explained_without_a_config(sync: Program) -> None:
    told = sync("check", "--explain", "M204")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith(f"M204: {TITLE}\n\n")
    assert "invoice.custmer_id" in told.out


def test_examples_are_indented_and_have_no_fences(sync: Program) -> None:
    lines = sync("check", "--explain", "M204").out.splitlines()
    assert '    Contact: {ref: contacts, key: "{{ invoice.customer_id }}"}' in lines
    assert not any("```" in line for line in lines)


def test_an_explanation_in_json_has_the_page_as_markdown(sync: Program) -> None:
    told = sync("check", "--explain", "M204", "--output", "json")
    assert (told.code, told.err) == (0, "")
    (page,) = [one for one in pages() if one.code == "M204"]
    assert told.json == {"code": "M204", "title": TITLE, "page": page.text}
    assert "```yaml" in told.json["page"]


def test_a_word_of_the_language_is_explained_by_its_declaration(sync: Program) -> None:
    told = sync("check", "--explain", "min")
    assert (told.code, told.err) == (0, "")
    assert told.out == (
        "min: a word of the mapping language\n\n"
        "A modifier of rules. Value: a whole number, 1 to 1000000.\n"
        "The record is refused if the text is shorter.\n"
    )
    told = sync("check", "--explain", "url_quote")
    assert told.out.startswith("url_quote: a word of the mapping language\n\nA function of expressions")


@pytest.mark.parametrize("written", ["m204", " M204 "])
def test_a_code_may_be_written_in_small_letters(sync: Program, written: str) -> None:
    assert sync("check", "--explain", written) == sync("check", "--explain", "M204")


def test_an_unknown_code_is_one_sentence_with_the_nearest(sync: Program) -> None:
    told = sync("check", "--explain", "M-204")
    assert (told.code, told.out) == (2, "")
    assert told.err == 'sync: unknown code or word "M-204"; did you mean "M204"?\n'


def test_a_code_without_a_near_match_is_answered_with_how_to_list_all(sync: Program) -> None:
    told = sync("check", "--explain", "xyz")
    assert (told.code, told.out) == (2, "")
    assert told.err == 'sync: unknown code or word "xyz"; sync check --explain all lists every code\n'


def test_an_unknown_code_is_a_failure_in_json(sync: Program) -> None:
    told = sync("check", "--explain", "M-204", "--output", "json")
    assert told.code == 2
    assert fits(told.json, FAILURE)
    assert told.json["error"] == 'unknown code or word "M-204"; did you mean "M204"?'


@pytest.mark.parametrize("written", ["all", "ALL"])
def test_all_lists_every_code_with_its_title(sync: Program, written: str) -> None:
    told = sync("check", "--explain", written)
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines() == [f"{code}  {title}" for code, title in CODES.items()]


def test_all_in_json_is_a_list_of_codes_and_titles(sync: Program) -> None:
    told = sync("check", "--explain", "all", "--output", "json")
    assert told.json == {"codes": [{"code": code, "title": title} for code, title in CODES.items()]}


def test_a_config_given_with_a_code_is_not_checked(sync: Program, wrong: Path) -> None:
    assert sync("check", wrong, "--explain", "M204") == sync("check", "--explain", "M204")


def test_without_config_and_code_both_are_named(sync: Program) -> None:
    told = sync("check")
    assert (told.code, told.out) == (2, "")
    assert "Missing argument 'CONFIG'" in told.err
    assert "--explain" in told.err


def test_mistakes_end_with_where_to_read_more(sync: Program, wrong: Path) -> None:
    told = sync("check", wrong)
    assert told.code == 2
    assert "error[C201]" in told.out
    assert told.err == "sync check --explain C201 says more about C201\n"
    assert on_a_terminal(sync, "check", wrong).left()[-2:] == [told.err.strip(), ""]


def test_the_code_that_is_named_is_that_of_the_first_error(sync: Program, wrong: Path) -> None:
    # A warning stands before it, and another error behind.
    secret = "xero: {connector: xero, client_id: a, client_secret: b}"
    text = WRONG.replace("xero: {connector: xero, sandbox: true}", secret)
    wrong.write_text(f"{text}ledger: postgres://here\n", encoding="utf-8")
    told = sync("check", wrong)
    shown = [line.partition("[")[2][:4] for line in told.out.splitlines() if line.startswith("wrong.yaml:")]
    assert [code for code in shown if code] == ["C216", "C201", "C203"]
    assert told.err == "sync check --explain C201 says more about C201\n"


def test_programs_and_warnings_get_no_hint(sync: Program, wrong: Path) -> None:
    assert sync("check", wrong, "--output", "json").err == ""
    live = WRONG.replace("xero, sandbox: true", 'xero, client_id: a, client_secret: "${env:XERO_SECRET}"')
    wrong.write_text(live.replace("limits: {change: 5}", ""), encoding="utf-8")
    told = sync("check", wrong, XERO_SECRET="")
    assert (told.code, told.err) == (0, "")
    assert "warning[C211]" in told.out


def test_checking_does_not_read_the_pages(sync: Program) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, timeout=TIMEOUT, check=True
    )
    assert done.stdout == "False\n"
