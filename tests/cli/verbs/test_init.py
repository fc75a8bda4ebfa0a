"""`sync init`: a working folder that passes everything at once, and never overwrites a file."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from engine.cli.starter import copy_files, valid_name
from tests.cli.books import Books, begin, begun, edit
from tests.cli.schema_check import check_jsonschema
from tests.e2e.program import ROOT, TIMEOUT, Program

WAYS = ("copy", "reference")
MODELINE = "# yaml-language-server: $schema="


@pytest.fixture(scope="module", params=WAYS)
def books(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Books:
    return begun(tmp_path_factory.mktemp(request.param), "--pack", request.param)


def yaml_files(books: Books) -> list[Path]:
    found = [one for one in books.folder.rglob("*") if one.name.endswith((".yaml", ".yaml.example"))]
    assert found
    return found


def test_the_folder_has_no_mistake_and_nothing_to_warn_of(books: Books) -> None:
    done = books.sync("check", books.config, "--output", "json")
    assert (done.code, done.json, done.err) == (0, {"diagnostics": []}, "")


def test_its_case_passes_without_a_line_of_python(books: Books) -> None:
    done = books.run("pytest")
    assert done.code == 0, done.out
    assert "2 snapshots passed" in done.out
    snapshot = books.json("tests/mappings/snapshots/invoices-two-lines.json")
    assert [line["AccountCode"] for line in snapshot["LineItems"]] == ["210", "200"]


def test_the_snapshot_is_the_one_that_pytest_would_write(books: Books) -> None:
    path = books.folder / "tests" / "mappings" / "snapshots" / "invoices-two-lines.json"
    before = path.read_bytes()
    path.unlink()
    done = books.run("pytest", "--snapshot-update")
    assert done.code == 0, done.out
    assert path.read_bytes() == before


def test_it_runs_on_the_sandboxes_and_the_second_run_finds_nothing_to_do(books: Books) -> None:
    first, second = (books.sync("run", books.config, "--output", "json") for _ in range(2))
    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert first.json["flows"]["invoices"]["created"] > 10
    assert second.json["flows"]["invoices"]["created"] == 0
    assert (books.folder / ".sync" / "books.db").is_file()


def test_every_file_is_valid_by_the_schema_that_its_first_line_names(books: Books) -> None:
    for path in yaml_files(books):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith(MODELINE), path
        schema = path.parent / first.removeprefix(MODELINE)
        done = check_jsonschema("--force-filetype", "yaml", "--schemafile", schema, books.folder / path)
        assert done.exit_code == 0, done.stdout


def test_the_editors_settings_lead_to_schemas_and_their_globs_to_files(books: Books) -> None:
    schemas = books.json(".vscode/settings.json")["yaml.schemas"]
    for schema in schemas:
        assert (books.folder / schema).is_file()
    (globs,) = (schemas[one] for one in schemas if one.endswith("/config.schema.json"))
    matched = {path.name for glob in globs for path in books.folder.glob(glob)}
    assert matched == {"books.yaml", "books.live.yaml.example"}
    assert books.json(".vscode/extensions.json") == {"recommendations": ["redhat.vscode-yaml"]}


def test_no_placeholder_of_the_templates_is_left(books: Books) -> None:
    for name in books.files():
        if not name.startswith((".sync/", ".pytest_cache/", "mappings/README.md")):
            text = name + (books.folder / name).read_text(encoding="utf-8")
            assert not [one for one in ("{name}", "{pack}", "{schemas}", "{rules}") if one in text], name


def test_the_live_config_lacks_nothing_but_its_secrets(books: Books) -> None:
    live = books.folder / "configs" / "books.live.yaml"
    live.write_bytes(live.with_name("books.live.yaml.example").read_bytes())
    done = books.sync("check", live, "--output", "json", PSOHUB_TOKEN="")
    live.unlink()
    assert done.code == 0
    assert {(one["code"], one["severity"]) for one in done.json["diagnostics"]} == {("C211", "warning")}


def test_a_copied_pack_is_the_integrators_own(tmp_path: Path) -> None:
    books = begun(tmp_path)
    edit(books.pack / "invoices.yaml", "Type: ACCREC", "Type: ACCPAY")
    done = books.run("pytest")
    assert done.code == 1
    assert "ACCPAY" in done.out
    assert not (books.pack / "starter").exists()


def test_a_reference_leaves_the_installed_pack_as_it_is(tmp_path: Path) -> None:
    books = begun(tmp_path, "--pack", "reference")
    done = books.sync("schema", books.config)
    assert (done.code, done.out) == (2, "")
    assert "part of the installation; name a folder with --out" in done.err


def test_a_reference_takes_the_installed_pack(tmp_path: Path) -> None:
    books = begun(tmp_path, "--pack", "reference")
    assert not (books.folder / "mappings").exists()
    assert "\npack: psohub-xero\n" in (books.folder / books.config).read_text(encoding="utf-8")


def test_help_names_it_first(tmp_path: Path) -> None:
    verbs = Program(tmp_path)("--help").out.partition("Verbs:\n")[2]
    assert verbs.split()[0] == "init"
    assert "Create a working folder" in Program(tmp_path)("init", "--help").out


def test_text_says_what_was_written_and_what_to_do_next(tmp_path: Path) -> None:
    done = begin(tmp_path, "my books")
    written = [line.removeprefix("wrote ") for line in done.out.splitlines() if line.startswith("wrote ")]
    assert sorted(written) == [
        f"my books/{name}" for name in Books(tmp_path / "my books", "my-books").files()
    ]
    told = done.out.partition("Next:\n")[2].splitlines()
    assert [line.partition(" # ")[0].strip() for line in told] == [
        "cd 'my books'", "sync check configs/my-books.yaml", "sync run configs/my-books.yaml", "pytest",
    ]  # fmt: skip


def test_json_lists_the_folder_and_the_files(tmp_path: Path) -> None:
    done = begin(tmp_path, "a/b", "--output", "json")
    assert done.code == 0
    assert done.json == {"folder": "a/b", "files": Books(tmp_path / "a" / "b", "b").files(), "kept": []}


def test_an_empty_folder_and_one_with_other_files_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "other.yaml").write_text("name: other\n", encoding="utf-8")
    done = begin(tmp_path, ".", "--name", "books")
    assert done.code == 0
    assert "cd " not in done.out
    assert (tmp_path / "configs" / "other.yaml").read_text(encoding="utf-8") == "name: other\n"


def test_existing_files_are_kept_and_the_missing_ones_written(tmp_path: Path) -> None:
    books = tmp_path / "books"
    (books / "configs").mkdir(parents=True)
    (books / "README.md").write_text("mine", encoding="utf-8")
    (books / "configs" / "books.yaml").symlink_to("nowhere")
    (books / ".gitignore").write_text(".sync/\n", encoding="utf-8")
    done = begin(tmp_path, "books", "--output", "json")
    assert done.code == 0
    assert done.json["kept"] == [".gitignore", "README.md", "configs/books.yaml"]
    assert (books / "README.md").read_text(encoding="utf-8") == "mine"
    assert (books / "configs" / "books.yaml").is_symlink()
    assert sorted([*done.json["files"], ".gitignore", "README.md"]) == Books(books, "books").files()


def test_an_existing_repository_gets_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\ntestpaths = ['tests']\n")
    (tmp_path / ".gitignore").write_text(".venv/\n", encoding="utf-8")
    done = begin(tmp_path, ".", "--name", "books")
    assert done.code == 0
    assert "\nkept 1 existing file: .gitignore\n" in done.out
    assert "\nnote: set sync_config to configs/books.yaml in your pytest configuration\n" in done.out
    assert "\nnote: add to .gitignore: .sync/, *.live.yaml\n" in done.out
    assert not (tmp_path / "pytest.ini").exists()  # it would replace the configuration in pyproject.toml
    with (tmp_path / "pyproject.toml").open("a") as file:
        file.write('sync_config = "configs/books.yaml"\n')
    books = Books(tmp_path, "books")
    assert books.sync("check", books.config).code == 0
    assert "2 snapshots passed" in books.run("pytest").out
    assert "note:" not in begin(tmp_path, ".", "--name", "books").out.replace("note: add to .git", "")


def test_a_second_time_writes_what_was_deleted_for_the_mappings_as_they_are(tmp_path: Path) -> None:
    books = begun(tmp_path)
    edit(books.pack / "invoices.yaml", "Type: ACCREC", "Type: ACCPAY")
    snapshot = "tests/mappings/snapshots/invoices-two-lines.json"
    (books.folder / snapshot).unlink()
    done = begin(tmp_path)
    assert done.code == 0
    assert done.out.startswith(f"wrote books/{snapshot}\nkept ")
    assert re.search(r" existing files: \.gitignore, .* and \d+ more\n", done.out)  # not a wall of text
    assert books.json(snapshot)["Type"] == "ACCPAY"
    assert begin(tmp_path, "books", "--output", "json").json["files"] == []


def test_existing_mappings_with_mistakes_must_be_corrected_first(tmp_path: Path) -> None:
    books = begun(tmp_path)
    edit(books.pack / "invoices.yaml", "Type: ACCREC", "Type: ACCRECC")
    (books.folder / "pytest.ini").unlink()
    done = begin(tmp_path)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "have mistakes: correct them first (`sync check`); nothing was written" in done.err
    assert not (books.folder / "pytest.ini").exists()


def test_a_file_where_a_folder_is_needed_is_named_and_nothing_written(tmp_path: Path) -> None:
    books = tmp_path / "books"
    (books / "pytest.ini").mkdir(parents=True)
    (books / "tests").write_text("a file where a folder goes", encoding="utf-8")
    before = sorted(books.rglob("*"))
    done = begin(tmp_path)
    said = "books: new files are blocked by pytest.ini, tests; nothing was written"
    assert (done.code, done.out, done.err) == (2, "", f"sync: {said}\n")
    assert sorted(books.rglob("*")) == before
    assert begin(tmp_path, "books", "--output", "json").json == {"exit": 2, "error": said, "diagnostics": []}


def test_nothing_in_the_folder_asks_for_a_package_that_is_not_published(books: Books) -> None:
    for name in books.files():
        if not name.startswith((".sync/", ".pytest_cache/")):
            text = (books.folder / name).read_text(encoding="utf-8")
            assert not re.search(r"""pip install ["']?psosync""", text), name


@pytest.mark.parametrize(
    ("directory", "said"),
    [
        ("file", "file is not a folder; nothing was written"),
        ("file/books", "cannot create file: file exists; nothing was written"),
        ("...", 'cannot derive a name from "..."; choose one with --name'),
    ],
)
def test_a_folder_that_cannot_be_made_is_answered_in_one_sentence(
    tmp_path: Path, directory: str, said: str
) -> None:
    (tmp_path / "file").touch()
    done = begin(tmp_path, directory)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert said in done.err
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("acme", "acme"),
        ("Acme Consulting B.V.", "Acme-Consulting-B-V"),
        (".acme..nl", "acme-nl"),
        ("Büro & Söhne", "Büro-Söhne"),
        ("Bu\u0308ro", "Büro"),
        ("日本 株式会社", "日本-株式会社"),
        ("हिन्दी", "हिन्दी"),
        ("a/b\\c\0d\ne\u202ef", "a-b-c-d-e-f"),
        ("../../etc", "etc"),
        ('"{name}"', "name"),
        ("2026", "2026"),
        ("null", "null"),
        ("🙂", ""),
        ("x" * 300, "x" * 60),
    ],
)
def test_a_name_has_only_characters_that_file_names_may_have(text: str, name: str) -> None:
    assert valid_name(text) == name


@pytest.mark.parametrize(
    ("directory", "options", "name"),
    [
        ("Büro & Söhne.nl", (), "Büro-Söhne-nl"),
        ("books", ("--name", "日本 株式会社"), "日本-株式会社"),
        ("null", (), "null"),
        ("2026", ("--pack", "reference"), "2026"),
    ],
)
def test_odd_names_have_no_mistake_either(
    tmp_path: Path, directory: str, options: tuple[str, ...], name: str
) -> None:
    assert begin(tmp_path, directory, *options).code == 0
    books = Books(tmp_path / directory, name)
    assert books.sync("check", books.config, "--output", "json").json == {"diagnostics": []}
    done = check_jsonschema("--schemafile", books.schema("config"), books.folder / books.config)
    assert done.exit_code == 0, done.stdout


def test_odd_names_pass_pytest_too(tmp_path: Path) -> None:
    assert begin(tmp_path, "Büro & Söhne.日本").code == 0
    done = Books(tmp_path / "Büro & Söhne.日本", "Büro-Söhne-日本").run("pytest")
    assert done.code == 0, done.out


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    source, folder = tmp_path / "source", tmp_path / "books"
    (source / "a").mkdir(parents=True)
    (source / "a" / "b").write_text("b", encoding="utf-8")
    with pytest.raises(FileNotFoundError):
        copy_files(source, folder, ["a/b", "c"])
    assert not folder.exists()


def test_an_installed_wheel_contains_the_starter(tmp_path: Path, sync: Program) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=TIMEOUT)
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    for way in WAYS:
        assert sync.process("init", way, "--pack", way, PYTHONPATH=str(site)).code == 0
        books = Books(tmp_path / way, way)
        done = books.sync.process("check", books.config, "--output", "json", PYTHONPATH=str(site))
        assert done.json == {"diagnostics": []}
    edit(site / "engine" / "packs" / "psohub-xero" / "invoices.yaml", "Type: ACCREC", "Type: ACCRECC")
    done = books.sync.process("check", books.config, PYTHONPATH=str(site))
    assert f"{site}/engine/packs/psohub-xero/invoices.yaml:" in done.out
