"""What people read is plain technical English: phrases that sound translated or literary are reported.

Scanned are the strings, docstrings and comments of `engine/` and `connectors/` (with all messages and help
texts), the Markdown pages, and the YAML files of packs, configs and the starter. CONTRIBUTING.md lists what
to write instead.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Pattern -> what to write instead.
PATTERNS = {
    r"(?<!there )\bis no\b(?! longer\b)": "is not a",
    r"\bstands?\b(?! for\b|-)": "is, exists, follows",
    r"\banew\b": "again, new",
    r"\bmend(?:s|ed|ing)?\b": "fix, correct",
    r"\bnobody\b": "no one, or name the subject",
    r"\bwhoever\b": "whichever user, or name the subject",
    r"\b(?:told|tells|said)\b(?! apart\b)": "reported, shows, given",
    r"\b(?:beside|behind)\b": "with, next to, after",
    r"(?<!as a )\bwhole\b(?=\s*(?:[.,;:)]|and\b|or\b|$))": "completely, entirely",
    r"(?<!there )\b(?:is|are) (?-i:none)\b": "is not, are not",
    r"\b(?:of ours|without a word|out of all reason|in the open)\b": "say it plainly",
    r"\b(?:thereof|wherein|whereof|hitherto|aught|naught|amiss|lest|ere|hence)\b": "use today's word",
}

# In a page, a word in *italics* or a "quoted" one is spoken of, not used.
MENTIONED = re.compile(r'(?<!\*)\*[^*\s][^*]*\*(?!\*)|"\w+"')

# (file, text of the line): quotations and proper uses.
ALLOWED: tuple[tuple[str, str], ...] = ()


def _python(path: Path) -> Iterator[tuple[int, str]]:
    """Comments, and the constant parts of strings, each line by line with its number."""
    source = path.read_text("utf-8")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            for offset, line in enumerate(node.value.split("\n")):
                yield node.lineno + offset, line


def _texts() -> Iterator[tuple[Path, Iterator[tuple[int, str]]]]:
    for room in ("engine", "connectors"):
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path, _python(path)
    pages = [*ROOT.glob("*.md"), *(ROOT / "configs").iterdir()]
    for room in ("engine", "connectors", "mappings"):
        pages += [path for suffix in ("md", "yaml") for path in (ROOT / room).rglob(f"*.{suffix}")]
    for path in sorted(path for path in pages if path.suffix in {".md", ".yaml", ".example"}):
        lines = (MENTIONED.sub("", line) for line in path.read_text("utf-8").splitlines())
        yield path, enumerate(lines, 1)


def _hits() -> Iterator[tuple[str, int, str, str]]:
    """File, line number, the line's text and what to write instead."""
    for path, lines in _texts():
        name = path.relative_to(ROOT).as_posix()
        for number, line in lines:
            for pattern, better in PATTERNS.items():
                if match := re.search(pattern, line, re.IGNORECASE):
                    yield name, number, line.strip(), f'"{match[0]}": {better}'


def test_texts_are_plain_english() -> None:
    found = [
        f"{name}:{number}: {hint}" for name, number, line, hint in _hits() if (name, line) not in ALLOWED
    ]
    assert found == []


def test_exceptions_are_few_and_all_needed() -> None:
    assert len(ALLOWED) <= 10
    assert set(ALLOWED) <= {(name, line) for name, _, line, _ in _hits()}


def test_each_word_that_contributors_are_asked_to_avoid_is_found() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("| Avoid |")[2]
    spoken_of = [word for row in page.splitlines() for word in MENTIONED.findall(row.split(" | ")[0])]
    avoided = [word.strip("*") for word in spoken_of if "*" in word]
    assert len(avoided) >= 10
    for word in avoided:
        assert any(re.search(pattern, word) for pattern in PATTERNS), word
