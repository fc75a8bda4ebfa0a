"""Each recipe of CONTRIBUTING.md names the files in which its example is found, and tests that exist.

The truth is the tree: the places where the example of a recipe occurs are searched, with a pattern and in the
folders where a new one has to be added. Tests and pages that only use the example are outside of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("\n## Recipes\n")[2].partition("\n## ")[0]
LONGEST = 85  # lines of a recipe, its snippets included

STEP = re.compile(r"^(\d+)\. ((?:.*\n)(?:(?!\d+\. |#|```sh|\S).*\n)*)", re.MULTILINE)
FILE = re.compile(r"\*\*`([^`]+)`\*\*")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
COMMANDS = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
PLACEHOLDER = re.compile(r"[A-Z]{2,}")


@dataclass(frozen=True)
class Example:
    """What a recipe is shown with, and where that is found: patterns of paths, each with one of text."""

    name: str
    places: Mapping[str, str]
    besides: tuple[str, ...] = ()  # paths that mention it for another reason
    names: Mapping[str, str] = field(default_factory=dict)  # what a placeholder of a path stands for


VERB = r'`sync status`: |^    "status": "|^\| `status\b|^def status_text'
STREAM = r'"projects"|\bprojects[:=]|EXISTS projects\b|\bdef project_row|psohub\.projects|\*\*Project\*\*'
EXAMPLES = {
    "A field": Example(
        "due_date",
        {
            "connectors/psohub/*": r"\bdue_date\b|\bInvoiceDueDate\b",
            "mappings/psohub-xero/*": r"\bdue_date\b|\bInvoiceDueDate\b",
            "tests/bench/by_*.py": r"\bdue_date\b",
            "tests/mappings/records/*": r'"due_date"',
            "tests/mappings/snapshots/*": r'"DueDate"',
        },
    ),
    "A word of the mapping language": Example(
        "min",
        {
            "engine/mapping/*.py": r'"min"',
            "mappings/README.md": r"^\| `min` ",
            "mappings/psohub-xero/*": r'"min": |\bmin:',
            "tests/configs/wrong/*": r"\bmin: |error\[M208\] min ",
        },
    ),
    "A verb": Example(
        "status",
        {"engine/cli/*": VERB, "tests/cli/*": r"`sync status`: ", "README.md": VERB},
        names={"VERB": "status"},
    ),
    "A stream": Example(
        "projects",
        {
            "connectors/psohub/*": STREAM,
            "connectors/README.md": r"\bprojects \|",
            "mappings/psohub-xero/schemas/*": STREAM,
        },
    ),
    "A connector": Example(
        "jsonlines",
        {"*": r"\bjsonlines\b", "connectors/jsonlines/*": ""},
        names={"CONNECTOR": "jsonlines"},
        # What happened, what explains, tests of the README that open it, and cases that read files.
        besides=(
            "CHANGELOG.md",
            "CONTRIBUTING.md",
            "tests/connectors/test_*.py",
            "tests/repository/*",
            "tests/cases/*",
        ),
    ),
    "A diagnostic": Example(
        "M218",
        {"engine/*": r"\bM218\b", "tests/configs/*": r"\bM218\b"},
        names={"MODULE": "producers"},
    ),
}


@dataclass(frozen=True)
class Step:
    number: str
    text: str

    @property
    def files(self) -> list[str]:
        return FILE.findall(self.text)


def _recipes() -> dict[str, str]:
    title, *parts = re.split(r"^### (.+)\n", PAGE, flags=re.MULTILINE)
    del title
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _steps(recipe: str) -> list[Step]:
    return [Step(match[1], match[2]) for match in STEP.finditer(_recipes()[recipe])]


@cache
def _texts() -> dict[str, str]:
    """The files of the repository by path, without what is made: caches, and what is not text."""
    rooms = ("configs", "connectors", "engine", "mappings", "tests")
    paths = [*ROOT.glob("*.*"), *(path for room in rooms for path in (ROOT / room).rglob("*"))]
    return {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8", errors="replace")
        for path in paths
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }


def _found(example: Example) -> set[str]:
    """The files in which the example occurs."""
    return {
        path
        for path, text in _texts().items()
        for place, pattern in example.places.items()
        if fnmatchcase(path, place)
        and re.search(pattern, text, re.MULTILINE)
        and not any(fnmatchcase(path, other) for other in example.besides)
    }


def _pattern(path: str, example: Example) -> str:
    """A path of a recipe as a pattern: a placeholder is the example's own name, or any."""
    return PLACEHOLDER.sub(lambda match: example.names.get(match[0], "*"), path) if "/" in path else path


def test_there_is_a_recipe_for_each_example() -> None:
    assert [*_recipes()] == [*EXAMPLES]


@pytest.mark.parametrize("recipe", EXAMPLES)
def test_files_of_a_recipe_are_those_in_which_its_example_is_found(recipe: str) -> None:
    example = EXAMPLES[recipe]
    found = _found(example)
    named = {_pattern(path, example): step.number for step in _steps(recipe) for path in step.files}
    mistakes = [
        f'{path} has "{example.name}", and no step of "{recipe}" names the file'
        for path in sorted(found)
        if not any(fnmatchcase(path, pattern) for pattern in named)
    ]
    mistakes += [
        f'step {number} of "{recipe}" names {pattern}, which does not have "{example.name}"'
        for pattern, number in named.items()
        if not any(fnmatchcase(path, pattern) for path in found)
    ]
    assert mistakes == []


@pytest.mark.parametrize("recipe", EXAMPLES)
def test_steps_are_numbered_and_each_names_files_and_the_test_that_misses_it(recipe: str) -> None:
    steps = _steps(recipe)
    assert [step.number for step in steps] == [str(number) for number in range(1, len(steps) + 1)]
    for step in steps:
        assert step.files, f"step {step.number} names no file in bold"
        assert TEST.search(step.text), f"step {step.number} names no test"


@pytest.mark.parametrize("recipe", EXAMPLES)
def test_tests_that_a_recipe_names_exist(recipe: str) -> None:
    named = TEST.findall(_recipes()[recipe])
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not re.search(rf"^ *def {name}\(", _texts().get(path, ""), re.MULTILINE)
    ]
    assert missing == []


@pytest.mark.parametrize("recipe", EXAMPLES)
def test_a_recipe_names_its_example_and_ends_with_commands_over_paths_that_exist(recipe: str) -> None:
    text = _recipes()[recipe]
    assert f"`{EXAMPLES[recipe].name}`" in text.partition("\n1. ")[0]
    assert text.count("\n") <= LONGEST
    (commands,) = COMMANDS.findall(text)
    paths = list(_paths(commands))
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def _paths(commands: str) -> Iterator[str]:
    yield from re.findall(r"(?<= )(?:configs|connectors|engine|mappings|tests)/\S+", commands)


# ---- the texts that recipes tell people to copy


@pytest.mark.parametrize("recipe", EXAMPLES)
def test_folders_and_files_in_the_prose_exist(recipe: str) -> None:
    prose = re.sub(r"^ *(`{3,}).*?^ *\1$", "", _recipes()[recipe], flags=re.MULTILINE | re.DOTALL)
    named = re.findall(r"`((?:configs|connectors|engine|mappings|tests)/[\w./-]*)`", prose)
    concrete = [
        path for path in named if not PLACEHOLDER.search(path.replace("API.md", "").replace("README.md", ""))
    ]
    assert [path for path in concrete if not (ROOT / path).exists()] == []
