"""A working folder as `sync init` makes it, and other programs that are run in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.program import TIMEOUT, Program, Result, checked


@dataclass(frozen=True, slots=True)
class Books:
    """A folder that was made, with the config in it, and the program run there."""

    folder: Path
    name: str

    @property
    def sync(self) -> Program:
        return Program(self.folder)

    @property
    def config(self) -> str:
        return f"configs/{self.name}.yaml"

    @property
    def pack(self) -> Path:
        return self.folder / "mappings" / "psohub-xero"

    @property
    def record(self) -> Path:
        return self.folder / "tests" / "mappings" / "records" / "psohub.invoices" / "two-lines.json"

    def files(self) -> list[str]:
        return sorted(
            one.relative_to(self.folder).as_posix() for one in self.folder.rglob("*") if one.is_file()
        )

    def schema(self, kind: str) -> Path:
        (found,) = self.folder.rglob(f"{kind}.schema.json")
        return found

    def json(self, path: str) -> Any:
        return json.loads((self.folder / path).read_text(encoding="utf-8"))

    def run(self, module: str, *arguments: str | Path) -> Result:
        """Another program's module, in this folder."""
        with self.sync.started(*arguments, module=module) as process:
            out, err = process.communicate(timeout=TIMEOUT)
        return checked(process.returncode, out, err)


def begin(folder: Path, directory: str = "books", *options: str) -> Result:
    """`sync init`, run in a folder."""
    return Program(folder)("init", directory, *options)


def begun(folder: Path, *options: str, name: str = "books") -> Books:
    """The folder that `sync init` made of that name."""
    done = begin(folder, name, *options)
    assert (done.code, done.err) == (0, "")
    return Books(folder / name, name)


def edit(path: Path, old: str, new: str) -> None:
    """Change a file as careful editors do: written beside, then put in its place."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text.replace(old, new), encoding="utf-8")
    beside.replace(path)
