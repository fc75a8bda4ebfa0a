"""The READMEs of the engine and the connectors describe what exists: files, and the code behind each word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?:[\w.-]+/)*[\w.-]+\.(?:py|md|sql|toml|yaml)")
FOLDER = re.compile(r"(?:[\w-]+/)+")
EMBODIED = re.compile(r"`(\w+)` in `([\w/]+\.py)`")
WORDS = (
    "connector system source target stream record address pack mapping rule expression payload reference "
    "plan change batch receipt action link ledger flow run drift held in_doubt"
)


@pytest.mark.parametrize("room", ["engine", "connectors"])
def test_every_file_and_folder_that_a_readme_names_exists(room: str) -> None:
    text = (ROOT / room / "README.md").read_text("utf-8")
    named = [
        name for name in CODE.findall(FENCE.sub("", text)) if FILE.fullmatch(name) or FOLDER.fullmatch(name)
    ]
    assert len(named) > 15
    assert [name for name in named if not _exists(ROOT / room, name)] == []


def _exists(room: Path, name: str) -> bool:
    """From the README's folder or the repository's; a name without a folder: anywhere in it, or in a pack."""
    if (room / name).exists() or (ROOT / name).exists():
        return True
    alone = name.rstrip("/")
    return "/" not in alone and any(any(folder.rglob(alone)) for folder in (room, ROOT / "mappings"))


def _glossary() -> list[tuple[str, str, str]]:
    """Word, meaning and code of each row, of both tables."""
    text = (ROOT / "engine" / "README.md").read_text("utf-8")
    section = text.partition("\n## Words\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return [(word, meaning, code) for word, meaning, code in rows if word not in ("word", "---")]


def test_the_glossary_begins_with_the_words_that_one_must_know() -> None:
    words = [word.replace("_", " ") for word in WORDS.split()]
    assert [word for word, _, _ in _glossary()][: len(words)] == words


def test_each_word_of_the_glossary_has_one_sentence_and_its_code() -> None:
    glossary = _glossary()
    words = [word for word, _, _ in glossary]
    assert sorted(words) == sorted(set(words))
    for word, meaning, code in glossary:
        assert re.fullmatch(r"[A-Z][^.]*(?:\.\w[^.]*)*\.", meaning), word
        embodied = EMBODIED.findall(code)
        assert embodied, word
        for name, file in embodied:
            declared = rf"^(?:class |def |    )?{name}\b(?=\(|:| =)"
            assert re.search(declared, (ROOT / "engine" / file).read_text("utf-8"), re.MULTILINE), (
                word,
                name,
            )
