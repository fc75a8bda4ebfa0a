"""Whatever the repository's texts refer to is in the repository, and each citation of a fact resolves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = (".ci", "configs", "connectors", "engine", "mappings", "tests")
SUFFIXES = {"", ".csv", ".example", ".json", ".md", ".py", ".toml", ".yaml", ".yml"}

NUMBER = r"\d+(?:\.\d+)?[a-d]?"
# The line between two words may end anywhere, in a comment the next one begins with "#".
GAP = r"(?:\s+(?:# ?)?)"
CITATION = re.compile(
    rf"connectors/(?P<connector>\w+)/API\.md(?:,{GAP}"
    rf"(?P<numbers>{NUMBER}(?:(?:,{GAP}(?:and{GAP})?|{GAP}and{GAP}|{GAP}to{GAP}){NUMBER})*))?"
)
WITHOUT_CONNECTOR = re.compile(rf"(?<!/)\bAPI\.md,{GAP}\d")
# Brackets keep the patterns from matching themselves.
NOT_IN_A_CLONE = re.compile(
    r"\bFACT[S]\b|\bSANDBOX-FIDELIT[Y]\b|\bECOSYSTE[M]\b|\b(?:DESIG[N]|STYL[E])(?:\.md| \d)"
)
# Xero's OpenAPI files are optional: the test that reads them reports if they are missing.
OUTSIDE = re.compile(r"\.\./share[d](?!/xero/openapi)")
DOCUMENT = re.compile(r"(?<![\w{}*/.-])(?:[\w.-]+/)*[A-Z][A-Z_-]+\.md\b")
LINK = re.compile(r"\]\((?P<target>[^)\s#:]+)(?:#[^)\s]*)?\)")

SECTION = re.compile(rf"^#{{2,3}} (?P<number>{NUMBER})[. ]", re.MULTILINE)
ENTRY = re.compile(r"^(?:- |\| )\*\*(?P<number>\d+\.\d+)\*\*", re.MULTILINE)
INNER = re.compile(
    rf"\bsections?{GAP}(?P<numbers>{NUMBER}(?:(?:,{GAP}|{GAP}and{GAP}|,{GAP}and{GAP}){NUMBER})*)"
)
SETTINGS = re.compile(r"(?:[Ss]ettings?|[Ss]andbox options?):? ((?:`[^`]+`(?:,\s|\sand\s)?)+)")
NAME = re.compile(r"`([^`]+)`")


@cache
def _texts() -> dict[str, str]:
    files = [path for path in ROOT.iterdir() if path.is_file()]
    for room in ROOMS:
        files += (ROOT / room).rglob("*")
    return {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8", errors="replace")
        for path in sorted(files)
        if path.is_file() and path.suffix in SUFFIXES and "__pycache__" not in path.parts
    }


def _places(pattern: re.Pattern[str], *, suffix: str = "") -> Iterator[tuple[str, re.Match[str]]]:
    """Each match with its `file:line`."""
    for name, text in _texts().items():
        if name.endswith(suffix):
            for match in pattern.finditer(text):
                yield f"{name}:{text.count(chr(10), 0, match.start()) + 1}", match


def _pages() -> dict[str, str]:
    return {name.split("/")[1]: text for name, text in _texts().items() if name.endswith("/API.md")}


def _numbers(page: str) -> list[str]:
    return [*SECTION.findall(page), *ENTRY.findall(page)]


def test_each_citation_of_a_fact_leads_to_a_section_that_exists() -> None:
    known = {connector: set(_numbers(page)) for connector, page in _pages().items()}
    citations = list(_places(CITATION))
    broken = [
        f"{place}: {match['connector']} has no section {number}"
        for place, match in citations
        for number in re.findall(NUMBER, match["numbers"] or "")
        if number not in known.get(match["connector"], set())
    ]
    assert broken == []
    assert {match["connector"] for _, match in citations} == known.keys() == {"psohub", "xero"}


def test_each_behaviour_is_cited_by_a_test_that_shows_it() -> None:
    """(connectors/psohub/API.md, 8): what an implementation has to do, up to what is optional."""
    cited = {
        number
        for place, match in _places(CITATION, suffix=".py")
        if re.match(r"tests/.*/test_\w+\.py:", place) and match["connector"] == "psohub"
        for number in re.findall(NUMBER, match["numbers"] or "")
    }
    assert [number for number in (f"8.{entry}" for entry in range(1, 25)) if number not in cited] == []


def test_citations_name_the_connector() -> None:
    assert [place for place, _ in _places(WITHOUT_CONNECTOR)] == []


def test_nothing_cites_a_document_that_a_clone_does_not_have() -> None:
    cited = [
        f"{place}: {match[0]}" for pattern in (NOT_IN_A_CLONE, OUTSIDE) for place, match in _places(pattern)
    ]
    names = tuple(_texts())
    missing = [
        f"{place}: {match[0]}"
        for place, match in _places(DOCUMENT)
        if not any(f"/{name}".endswith(f"/{match[0].lstrip('./')}") for name in names)
    ]
    assert cited + missing == []


def test_links_of_pages_lead_to_files() -> None:
    dead = [
        f"{place}: {match['target']}"
        for place, match in _places(LINK, suffix=".md")
        if not (ROOT / place).parent.joinpath(match["target"]).exists()
    ]
    assert dead == []


@pytest.mark.parametrize("connector", ["psohub", "xero"])
def test_numbers_of_facts_are_unique_and_their_cross_references_resolve(connector: str) -> None:
    page = _pages()[connector]
    numbers = _numbers(page)
    assert sorted(numbers) == sorted(set(numbers))
    inner = [number for match in INNER.finditer(page) for number in re.findall(NUMBER, match["numbers"])]
    assert set(inner) <= set(numbers)


def test_settings_that_cover_an_unknown_exist() -> None:
    schema = json.loads(_texts()["mappings/psohub-xero/schemas/config.schema.json"])
    known = set(_properties(schema))
    spans = [span for page in _pages().values() for span in SETTINGS.findall(page)]
    named = [name.split(".") for span in spans for name in NAME.findall(span)]
    assert len(named) >= 20
    assert [
        ".".join(path) for path in named if not set(path) - {"*", "systems", "psohub", "xero"} <= known
    ] == []


def _properties(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node.get("properties", ())
        for child in node.values():
            yield from _properties(child)
    elif isinstance(node, list):
        for child in node:
            yield from _properties(child)
