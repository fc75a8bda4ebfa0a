"""The good config, and how a case of `wrong/` is copied over it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from syrupy.data import Snapshot, SnapshotCollection, SnapshotCollections
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation

from engine.cli.main import cli

HERE = Path(__file__).parent
GOOD, WRONG = HERE / "good", HERE / "wrong"
CONFIG = "acme.yaml"
_OURS = ("expect.txt", "check.out")  # files of a case that do not belong to the config
_PRINTED = re.compile(
    r"^(?P<at>\S+:\d+:\d+): (?P<severity>\w+)\[(?P<code>\w+)\] .*"
    r"(\n +\d+ \| .*\n +\| .*)?(\n    hint: (?P<hint>.*))?$",
    re.MULTILINE,
)
_EXPECT = re.compile(r"^# expect: (.+)$", re.MULTILINE)


def cases() -> list[str]:
    return sorted(one.name for one in WRONG.iterdir() if one.is_dir())


def lay(folder: Path, *names: str) -> None:
    """Copy the good config into a folder, and the files of some cases over it."""
    shutil.copytree(GOOD, folder, dirs_exist_ok=True)
    places = {one.name: one for one in folder.rglob("*") if one.is_file()}
    for source in (one for name in names for one in (WRONG / name).iterdir() if one.name not in _OURS):
        target = places.get(source.name, folder / "pack" / source.name)
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)


def expected(*names: str) -> list[str]:
    """What the cases expect: `M204 pack/invoices.yaml:9:3 the hint`."""
    return sorted(line for name in names for line in _expectations(WRONG / name))


def _expectations(case: Path) -> Iterator[str]:
    for file in case.iterdir():
        if file.is_file() and file.name != "check.out":
            yield from _EXPECT.findall(file.read_text("utf-8", errors="replace"))


def printed() -> tuple[str, int]:
    """What `sync check` prints about the config in the working folder, and its exit code."""
    ran = CliRunner().invoke(cli, ["check", CONFIG], standalone_mode=False)
    if ran.exception is not None:
        raise ran.exception
    return ran.stdout, ran.return_value


def told(text: str) -> list[str]:
    """The printed diagnostics, in the form in which cases expect them."""
    rows = []
    for one in _PRINTED.finditer(text):
        severity = ["warning"] if one["severity"] == "warning" else []
        rows.append(" ".join(filter(None, [*severity, one["code"], one["at"], one["hint"]])))
    return sorted(rows)


class CheckOutput(SingleFileSnapshotExtension):
    """A snapshot in the folder of its case, `check.out`."""

    file_extension = "out"
    _write_mode = WriteMode.TEXT

    def serialize(self, data: Any, **kwargs: Any) -> str:
        return str(data)

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        own = getattr(test_location.item, "callspec", None)  # every test is asked, ours or not
        case = own.params.get("case") if own is not None else None
        return str(WRONG / case) if case in cases() else super().dirname(test_location=test_location)

    @classmethod
    def matches_test_location(cls, *, test_location: PyTestLocation, snapshot_location: str) -> bool:
        return snapshot_location == cls.get_location(test_location=test_location, index=0)

    def discover_snapshots(
        self, *, test_location: PyTestLocation, ignore_extensions: list[str] | None = None
    ) -> SnapshotCollections:
        """The snapshot of the case; other files in its folder would be deleted as unused snapshots."""
        discovered = SnapshotCollections()
        location = self.get_location(test_location=test_location, index=0)
        if Path(location).is_file():
            own = SnapshotCollection(location=location)
            own.add(Snapshot(name=self.get_snapshot_name(test_location=test_location)))
            discovered.add(own)
        return discovered

    @classmethod
    def get_file_basename(cls, *, test_location: PyTestLocation, index: Any = 0) -> str:
        return "check"
