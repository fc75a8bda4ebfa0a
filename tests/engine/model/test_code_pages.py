"""The pages of the diagnostic codes: one for each, with examples that do what they say.

An example is a fence with three words or more: its language, `wrong` or `right`, and where it goes.
It is put into the config of `tests/configs/good`, in place of what has the same keys there.

    config            keys of acme.yaml
    pack              keys of pack.yaml
    mapping invoices  keys of that mapping
    rule              fields of the mapping invoices
    line              fields of the mapping lines
    table             all of tax_types.csv
    file people.yaml  a new file next to the mappings
"""

from __future__ import annotations

import re
import shutil
import textwrap
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from engine.model.codes import CODES, Page, pages
from engine.workspace import check_project

ENGINE = Path(__file__).parents[3] / "engine"
GOOD = Path(__file__).parents[2] / "configs" / "good"
WIDEST = 100  # characters of a line of prose: a page is read on a terminal
# Codes that no example can produce, and why.
NOT_SHOWN = {
    "Y101": "whether a file can be read depends on the system, not on its content",
    "Y102": "a page is UTF-8 itself, so it cannot contain anything else",
    "Y107": "an example would be longer than all pages together",
    "M216": "no stream of the shipped connectors refers back to itself",
}
_FENCE = re.compile(r"^```(?P<info>.*)\n(?P<text>(?:.*\n)*?)```$", re.MULTILINE)
_CODE = re.compile(r'"([YCM]\d{3})"')
_KEY = re.compile(r"^([\w<][^\s:]*)(?=:)", re.MULTILINE)  # of the outermost level


@dataclass(frozen=True, slots=True)
class Example:
    """A fence of a page: what it is said to be, and where it goes."""

    code: str
    wrong: bool
    place: str
    name: str
    text: str


def examples(page: Page) -> list[Example]:
    found = []
    for fence in _FENCE.finditer(f"{page.text}\n"):
        _, *words = fence["info"].split()
        if words:
            said, place, name = [*words, ""][:3]
            assert said in ("wrong", "right")
            found.append(Example(page.code, said == "wrong", place, name, fence["text"]))
    return found


def put(text: str, example: str) -> str:
    """The text with the example in place of all that has its keys; at the end, so that it may be broken."""
    keys = set(_KEY.findall(example))
    begins = [0, *(one.start() for one in _KEY.finditer(text)), len(text)]
    blocks = [text[begin:end] for begin, end in pairwise(begins)]
    return "".join(one for one in blocks if one.partition(":")[0] not in keys) + example


def put_rule(text: str, example: str) -> str:
    """The same for the fields of a mapping, which are the last of what it holds then."""
    fields = re.search(r"^fields:\n((?: .*\n)+)", text, re.MULTILINE)
    assert fields is not None
    own = put(textwrap.dedent(fields[1]), example)
    return put(text, "fields:\n" + textwrap.indent(own, "  "))


def lay(folder: Path, example: Example) -> None:
    """The good config in a folder, and the example in it."""
    shutil.copytree(GOOD, folder, dirs_exist_ok=True)
    config, pack = folder / "acme.yaml", folder / "pack"
    if example.place != "config":  # whose overrides would hide what the example is about
        config.write_text(put(config.read_text("utf-8"), "overrides: {}\n"), encoding="utf-8")
    match example.place:
        case "config":
            path, text = config, put
        case "pack":
            path, text = pack / "pack.yaml", put
        case "mapping":
            path, text = pack / f"{example.name}.yaml", put
        case "rule":
            path, text = pack / "invoices.yaml", put_rule
        case "line":
            path, text = pack / "lines.yaml", put_rule
        case "table":
            (pack / "tax_types.csv").write_text(example.text, encoding="utf-8")
            return
        case "file":
            path = pack / example.name
            assert not path.exists()
            path.write_text(example.text, encoding="utf-8")
            return
        case place:
            pytest.fail(f"unknown place {place}")
    path.write_text(text(path.read_text("utf-8"), example.text), encoding="utf-8")


def called(example: Example) -> str:
    return f"{example.code} {'wrong' if example.wrong else 'right'} {example.place}".replace(" ", "-")


ALL = [example for page in pages() for example in examples(page)]


def test_every_code_that_is_reported_is_declared_and_the_reverse() -> None:
    modules = [path for path in ENGINE.rglob("*.py") if path.name != "codes.py"]
    reported = {code for path in modules for code in _CODE.findall(path.read_text("utf-8"))}
    assert sorted(reported - CODES.keys()) == [], "declare them in engine/model/codes.py"
    assert sorted(CODES.keys() - reported) == [], "nothing in the engine reports them"


def test_a_new_code_takes_the_next_number_of_its_group() -> None:
    """A retired code leaves a gap, since its number is not used again; then this test has to know it."""
    groups = [[*codes] for _, codes in groupby(CODES, key=lambda code: code[:2])]
    expected = [[f"{group[0][:2]}{number:02}" for number in range(1, len(group) + 1)] for group in groups]
    assert groups == expected, "add a code at the end of its group, with the next number"


def test_every_code_has_a_page_and_the_titles_agree() -> None:
    titles = [(page.code, page.title) for page in pages()]
    assert titles == list(CODES.items()), "add the page to engine/model/codes.md, in the order of CODES"


@pytest.mark.parametrize("example", ALL, ids=called)
def test_a_wrong_example_produces_exactly_the_code_of_its_page_and_a_right_one_none(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, example)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XERO_CLIENT_SECRET", "none")
    monkeypatch.delenv("XERO_SECRET_KEY", raising=False)
    _, found = check_project(Path("acme.yaml"))
    shown = "\n".join(str(one) for one in found)
    assert {one.code for one in found} == ({example.code} if example.wrong else set()), shown


@pytest.mark.parametrize("code", CODES)
def test_a_page_shows_a_wrong_example_and_then_a_right_one(code: str) -> None:
    shown = [example.wrong for example in ALL if example.code == code]
    if code in NOT_SHOWN:
        assert not shown, "an example exists: remove the code from NOT_SHOWN"
    else:
        assert shown[:2] == [True, False], (
            "show a wrong example, then a right one, in engine/model/codes.md; "
            "if no file can produce the code, add it to NOT_SHOWN with the reason"
        )
        assert shown[-1] is False, "end the page with a right example"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.code)
def test_a_page_starts_with_the_meaning_and_fits_a_terminal(page: Page) -> None:
    assert re.match(r"\S", page.text), "begin the page with what the code means"
    assert not page.text.startswith(("```", "Wrong", "#")), "begin the page with what the code means"
    prose = _FENCE.sub("", page.text).splitlines()
    assert [line for line in prose if len(line) > WIDEST] == [], f"break these lines at {WIDEST} characters"
    broken = [line for line in prose if line.count("`") % 2]
    assert broken == [], "keep text in backticks on one line, so that it can be copied"
