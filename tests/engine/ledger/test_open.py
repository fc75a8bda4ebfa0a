from __future__ import annotations

import re
import sqlite3
import stat
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from engine.ledger import open_ledger
from engine.ledger.database import Database
from engine.model.errors import ConfigError, SyncError, UnavailableError
from tests.engine.ledger.ledger_kit import begin, link, opened, program


def one_sentence(error: SyncError, *words: str) -> None:
    text = str(error)
    assert "\n" not in text
    assert all(word in text for word in words), text


@pytest.mark.parametrize(
    "url", ["postgresql://me:hunter2@db/acme", "acme.db", "sqlite:///relative/acme.db", "sqlite://", ""]
)
def test_address_that_names_no_ledger_is_a_config_error_without_secrets(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_ledger(url)
    one_sentence(caught.value, "sqlite:///")
    assert "hunter2" not in str(caught.value)


def test_folder_and_file_are_made_and_are_private(url: str, tmp_path: Path) -> None:
    with opened(url):
        assert stat.S_IMODE((tmp_path / ".sync").stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / ".sync/acme.db").stat().st_mode) == 0o600


def test_every_commit_is_synced_to_the_disk_and_foreign_keys_hold(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "acme.db")) as database:
        assert database.rows("PRAGMA synchronous") == [(2,)]
        assert database.rows("PRAGMA journal_mode") == [("wal",)]
        assert database.rows("PRAGMA foreign_keys") == [(1,)]


def test_what_was_written_is_there_when_opened_again(url: str) -> None:
    with opened(url) as ledger:
        ledger.links.save([link()])
    with opened(url) as ledger:
        assert ledger.links.get("invoices", link().address) == link()


def test_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "acme.db"
    path.write_text("mapping: invoices\n" * 100)
    with pytest.raises(ConfigError) as caught:
        open_ledger(f"sqlite:///{path}")
    one_sentence(caught.value, str(path), "not a ledger")
    assert path.read_text() == "mapping: invoices\n" * 100


def test_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE invoices (id TEXT)")
    before = path.read_bytes()
    with pytest.raises(ConfigError) as caught:
        open_ledger(f"sqlite:///{path}")
    one_sentence(caught.value, str(path), "another program")
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["sandbox.db"]


def test_damaged_ledger_is_a_config_error(url: str, tmp_path: Path) -> None:
    with opened(url) as ledger:
        ledger.links.save(link(str(key)) for key in range(200))
    path = tmp_path / ".sync/acme.db"
    sound = path.read_bytes()
    path.write_bytes(sound[:4096] + b"\x55" * (len(sound) - 4096))
    with pytest.raises(ConfigError) as caught, opened(url) as ledger:
        ledger.links.all("invoices").__next__()
    one_sentence(caught.value, "damaged")


def test_path_that_is_a_folder_is_a_config_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        open_ledger(f"sqlite:///{tmp_path}")
    one_sentence(caught.value, "`ledger:`")


@pytest.mark.parametrize("looking", [False, True])
def test_links_in_a_circle_are_a_config_error(tmp_path: Path, looking: bool) -> None:
    path = tmp_path / "acme.db"
    path.symlink_to(path)
    with pytest.raises(ConfigError) as caught:
        open_ledger(f"sqlite:///{path}", read_only=looking)
    one_sentence(caught.value, str(path), "symbolic links")


def test_path_below_a_file_is_a_config_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError) as caught:
        open_ledger(f"sqlite:///{tmp_path}/file/acme.db")
    one_sentence(caught.value, "`ledger:`")


OPEN_AND_WRITE = """
import os, sys

from engine.ledger import open_ledger
from engine.model.errors import ConfigError
if os.geteuid() == 0:
    os.setuid(65534)  # root may write everywhere, nobody may not
try:
    ledger = open_ledger(sys.argv[1])
    ledger.runs.remember("a", "b")
except ConfigError as error:
    print("told:", error)
"""


@pytest.mark.parametrize("existing", [False, True], ids=["new", "existing"])
def test_folder_without_write_rights_is_a_config_error(existing: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if existing:
            with opened(f"sqlite:///{folder}/acme.db"):
                pass
            (folder / "acme.db").chmod(0o444)
        folder.chmod(0o555)
        with program(OPEN_AND_WRITE, f"sqlite:///{folder}/acme.db") as process:
            said = process.communicate()[0]
        folder.chmod(0o755)
    assert re.match("told: cannot (create|write) the ledger ", said)
    assert said.count("\n") == 1
    assert "permissions" in said


def test_full_disk_is_one_sentence_and_loses_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/acme.db"
    with opened(url) as ledger:
        begun = begin(ledger)
        database: Database = ledger._database
        ((pages,),) = database.rows("PRAGMA page_count")
        database.rows(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(UnavailableError) as caught:
            ledger.links.save(link(str(key)) for key in range(500))
        one_sentence(caught.value, "no disk space", str(tmp_path))
        assert ledger.links.counts() == {}
        assert ledger.batches.unfinished() == [begun]


def test_many_processes_may_open_a_new_ledger_at_once(url: str) -> None:
    script = (
        "import sys; from engine.ledger import open_ledger; print('ready', flush=True); sys.stdin.readline();"
        "open_ledger(sys.argv[1]).close(); print('opened')"
    )
    with program(script, url) as a, program(script, url) as b, program(script, url) as c:
        together = (a, b, c)
        for process in together:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in together:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        assert [process.communicate()[0] for process in together] == ["opened\n"] * 3


def test_looking_at_a_ledger_that_does_not_exist_makes_nothing(url: str, tmp_path: Path) -> None:
    ledger = open_ledger(url, read_only=True)
    try:
        assert ledger.links.counts() == {}
        assert ledger.runs.last() == ([], 0)
    finally:
        ledger.close()
    assert list(tmp_path.iterdir()) == []


def test_looking_at_a_ledger_sees_what_is_in_it(url: str) -> None:
    with opened(url) as ledger:
        ledger.links.save([link("1")])
    looked = open_ledger(url, read_only=True)
    try:
        assert looked.links.counts() == {link("1").mapping: 1}
    finally:
        looked.close()


@pytest.mark.parametrize("before", [b"CREATE TABLE links", b"source_key TEXT NOT NULL"])
@pytest.mark.parametrize("byte", [b"\x97", b"\xc1"])
def test_a_damaged_schema_is_a_config_error(url: str, tmp_path: Path, before: bytes, byte: bytes) -> None:
    with opened(url):
        pass
    path = tmp_path / ".sync/acme.db"
    path.write_bytes(path.read_bytes().replace(before, byte + before[1:]))
    with pytest.raises(ConfigError) as caught:
        open_ledger(url)
    one_sentence(caught.value, "damaged")
