"""`sync map --watch`: each change of a file shows what it does to the payload."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.books import Books, begun, edit
from tests.cli.watcher import PATIENCE, TABLES, seen_on_a_terminal, started, watching
from tests.e2e.harness import Harness

MOVED = '-  "Type": "ACCREC",\n+  "Type": "ACCPAY",\n'


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Books:
    return begun(tmp_path_factory.mktemp("shelf"))


@pytest.fixture
def books(shelf: Books, tmp_path: Path) -> Books:
    shutil.copytree(shelf.folder, tmp_path / "books")
    return Books(tmp_path / "books", "books")


def to_accpay(books: Books) -> None:
    edit(books.pack / "invoices.yaml", "Type: ACCREC", "Type: ACCPAY")


def test_changes_mistakes_and_fixes_are_reported_as_they_come(books: Books) -> None:
    invoices = books.pack / "invoices.yaml"
    with watching(books) as watcher:
        to_accpay(books)
        watcher.says("mappings/psohub-xero/invoices.yaml changed", MOVED)
        edit(invoices, "invoice.currency", "invoice.curency")
        (at,) = (at for at, line in enumerate(invoices.read_text().splitlines(), 1) if "curency" in line)
        watcher.says(
            f"mappings/psohub-xero/invoices.yaml:{at}:",
            'M204] psohub.invoices has no field "curency"',
            "did you mean",
        )
        edit(invoices, "invoice.curency", "invoice.currency")
        watcher.says("the payload is unchanged")
        edit(books.record, '"EUR"', '"USD"')
        watcher.says("two-lines.json changed", '-  "CurrencyCode": "EUR"', '+  "CurrencyCode": "USD"')
        assert watcher.interrupt() == 0
        assert "Traceback" not in watcher.err


def test_each_round_is_one_line_of_json(books: Books) -> None:
    with watching(books, "--output", "json") as watcher:
        to_accpay(books)
        found = watcher.round()
        assert (found["payload"]["Type"], found["diagnostics"]) == ("ACCPAY", [])
        assert found["diff"][:2] == ["--- before", "+++ after"]
        assert '-  "Type": "ACCREC",' in found["diff"]

        edit(books.pack / "lines.yaml", "line.gl_account", "line.gl_acount")
        found = watcher.round()
        (row,) = found["diagnostics"]
        assert (found["payload"], found["diff"]) == (None, [])
        assert (row["file"], row["code"], row["line"] > 1) == (
            "mappings/psohub-xero/lines.yaml",
            "M204",
            True,
        )

        edit(books.pack / "lines.yaml", "line.gl_acount", "line.gl_account")
        found = watcher.round()
        assert (found["payload"]["Type"], found["diagnostics"], found["diff"]) == ("ACCPAY", [], [])
        assert watcher.interrupt() == 0
        assert watcher.err == ""


def test_every_file_that_the_payload_depends_on_is_watched(books: Books) -> None:
    table = books.pack / "deeper" / "tax.csv"
    table.parent.mkdir()
    shutil.copy(books.pack / "tables" / "tax_types.csv", table)
    edit(books.pack / "pack.yaml", "tables/tax_types.csv", "deeper/tax.csv")
    accounts = books.folder / TABLES / "accounts.json"
    with watching(books, "--output", "json") as watcher:
        for path, old, new, shown in (
            (books.folder / books.config, "due_days: 14", "due_days: 15", '"DueDate": "2026-03-17"'),
            (books.pack / "pack.yaml", "default: AUTHORISED", "default: DRAFT", '"Status": "DRAFT"'),
            (books.pack / "lines.yaml", 'with: " "', 'with: " - "', '"10.002 - Hosting"'),
            (table, "21% btw,OUTPUT2", "21% btw,OUTPUT3", '"OUTPUT3"'),
            (accounts, '"Code": "210"', '"Code": "211"', '"AccountCode": "211"'),
        ):
            edit(path, old, new)
            assert any(line.startswith("+") and shown in line for line in watcher.round()["diff"]), shown
        (books.pack / "more.yaml").write_text("mapping: more\n", encoding="utf-8")
        assert {row["file"] for row in watcher.round()["diagnostics"]} == {"mappings/psohub-xero/more.yaml"}
        (books.pack / "more.yaml").unlink()
        assert watcher.round()["diagnostics"] == []


def test_a_file_that_is_replaced_or_gone_for_a_while_is_followed(books: Books) -> None:
    path = books.pack / "invoices.yaml"
    with watching(books, "--output", "json") as watcher:
        beside = path.with_name(".invoices.yaml.swp")
        beside.write_text(path.read_text(encoding="utf-8").replace("ACCREC", "ACCPAY"), encoding="utf-8")
        beside.replace(path)
        assert watcher.round()["payload"]["Type"] == "ACCPAY"

        books.record.rename(books.record.with_suffix(".away"))
        (row,) = watcher.round()["diagnostics"]
        assert row["file"].endswith("two-lines.json")
        assert ": no such file" in row["message"]
        books.record.with_suffix(".away").rename(books.record)
        assert watcher.round()["payload"]["Type"] == "ACCPAY"


@pytest.mark.parametrize(("name", "end"), [("record", "lines"), ("config", "systems"), ("mapping", "fields")])
def test_a_file_that_is_half_written_is_read_when_it_is_complete(books: Books, name: str, end: str) -> None:
    paths = {"record": books.record, "config": books.folder / books.config}
    path = paths.get(name, books.pack / "invoices.yaml")
    whole = path.read_text(encoding="utf-8")
    with watching(books, "--output", "json") as watcher:
        path.write_text("", encoding="utf-8")
        path.write_text(whole[: whole.index(end)], encoding="utf-8")
        assert watcher.round(lambda one: one["diagnostics"])["payload"] is None
        path.write_text(whole.replace("INV-2026-0101", "INV-2026-0102"), encoding="utf-8")
        found = watcher.round(lambda one: not one["diagnostics"])
        assert bool(found["diff"]) == (name == "record")


def test_mistakes_of_the_record_have_their_places(books: Books) -> None:
    with watching(books, "--output", "json") as watcher:
        edit(books.record, '"gl_account": "Consulting revenue"', '"gl_account": "Consluting"')
        found = watcher.round()
        (row,) = found["diagnostics"]
        assert (row["code"], row["file"]) == ("mapping.lookup", "mappings/psohub-xero/lines.yaml")
        assert (found["payload"], found["diff"]) == (None, [])

        edit(books.record, '"quantity": 8', '"quantity": "many"')
        (row,) = watcher.round()["diagnostics"]
        assert (row["code"], row["file"].endswith("two-lines.json")) == ("record.unfit", True)

        edit(books.record, '"quantity": "many"', '"quantity": 8,,')
        lines = books.record.read_text(encoding="utf-8").splitlines()
        (at,) = (at for at, line in enumerate(lines, start=1) if ",," in line)
        (row,) = watcher.round()["diagnostics"]
        assert (row["code"], row["line"], row["column"]) == ("Y101", at, lines[at - 1].index(",,") + 2)

        edit(books.record, '"quantity": 8,,', '"quantity": 8')
        edit(books.record, "Consluting", "Support & maintenance")
        found = watcher.round(lambda one: one["payload"])
        assert [line for line in found["diff"] if line.startswith("+ ")] == ['+      "AccountCode": "220",']


def test_in_a_list_a_refused_record_leaves_the_others_their_diff(books: Books) -> None:
    one = json.loads(books.record.read_text(encoding="utf-8"))
    refused = {**one, "id": "2", "customer_id": ""}
    books.record.write_text(json.dumps([one, refused]), encoding="utf-8")
    with watching(books, "--output", "json") as watcher:
        to_accpay(books)
        found = watcher.round()
        assert [row and row["Type"] for row in found["payload"]] == ["ACCPAY", None]
        assert [row["code"] for row in found["diagnostics"]] == ["mapping.required"]
        assert [line for line in found["diff"] if line[0] in "+-"][2:] == [
            '-    "Type": "ACCREC",',
            '+    "Type": "ACCPAY",',
        ]


def test_it_starts_with_a_mistake_and_shows_the_payload_once_that_is_fixed(books: Books) -> None:
    edit(books.pack / "invoices.yaml", "Type: ACCREC", "Type: ACREC")
    record = books.record.relative_to(books.folder)
    files = ("--record", record, "--tables", TABLES)
    with started(books.sync, books.config, "invoices", *files) as watcher:
        watcher.says("error[M207]", 'did you mean "ACCREC"', "Ctrl-C stops it")
        edit(books.pack / "invoices.yaml", "Type: ACREC", "Type: ACCREC")
        watcher.until(lambda: watcher.out.endswith("]\n}\n"))
        assert json.loads(watcher.out[watcher.out.index("{") :])["Type"] == "ACCREC"


def test_a_record_that_where_skips_is_null(books: Books) -> None:
    with watching(books) as watcher:
        edit(books.record, '"status": "sent"', '"status": "draft"')
        watcher.says('-  "Type": "ACCREC",', "+null")
        edit(books.record, '"status": "draft"', '"status": "sent"')
        watcher.says('\n  "Type": "ACCREC",')


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nope.yaml", "invoices", "--record", "{record}"), "config not found: nope.yaml"),
        (("{config}", "invoice", "--record", "{record}"), 'did you mean "invoices"?'),
        (("{config}", "lines", "--record", "{record}"), "lines is a shape"),
        (("{config}", "invoices", "--record", "nope.json"), "file not found: nope.json"),
        (("{config}", "invoices", "--record", "{record}", "--tables", "no"), "folder not found: no"),
        (("{config}", "invoices"), "give --record FILE"),
        (("{config}", "invoices", "--show-code"), "--watch and --show-code cannot be combined"),
    ],
)
def test_a_mistake_in_the_command_ends_it_at_once(
    books: Books, arguments: tuple[str, ...], said: str
) -> None:
    record = books.record.relative_to(books.folder).as_posix()
    words = [one.format(config=books.config, record=record) for one in arguments]
    done = books.sync("map", *words, "--watch")
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err


def test_live_records_and_tables_are_read_once_and_kept(fresh: Harness) -> None:
    one = str(fresh.systems.offered()[1]["InvoiceID"])
    with started(fresh.sync, fresh.config.name, "invoices", one, "--output", "json") as watcher:
        first = watcher.round()
        assert first["payload"]["Contact"]
        # Nobody answers there. The company's name is not read by the mapping yet, and is known all the same.
        fresh.systems.config(fresh.sync.folder, psohub="http://127.0.0.1:9", xero="http://127.0.0.1:9")
        rule = '{invoices: {fields: {Reference: "{{ invoice.customer.name }}"}}}'
        with fresh.config.open("a", encoding="utf-8") as config:
            config.write(f"overrides: {rule}\n")
        found = watcher.round(lambda one: one["diff"] or one["diagnostics"])
        assert found["diagnostics"] == []
        assert found["payload"] == {**first["payload"], "Reference": found["payload"]["Reference"]}
        assert found["payload"]["Reference"] != first["payload"]["Reference"]
        assert watcher.interrupt() == 0


def test_systems_that_cannot_be_reached_at_first_end_it(fresh: Harness) -> None:
    fresh.systems.config(fresh.sync.folder, psohub="http://127.0.0.1:9", xero="http://127.0.0.1:9")
    done = fresh.sync("map", fresh.config.name, "invoices", "1", "--watch")
    assert (done.code, done.out) == (6, "")


def test_it_ends_when_its_output_is_closed(books: Books) -> None:
    record = books.record.relative_to(books.folder)
    mapped = ("map", books.config, "invoices", "--record", record, "--tables", TABLES)
    with books.sync.started(*mapped, "--watch") as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(PATIENCE) == 0


def test_colours_are_for_terminals(books: Books) -> None:
    with watching(books) as watcher:
        to_accpay(books)
        watcher.until(lambda: MOVED in watcher.out)
        assert "\x1b" not in watcher.out + watcher.err
    edit(books.pack / "invoices.yaml", "Type: ACCPAY", "Type: ACCREC")
    seen = seen_on_a_terminal(books, "Ctrl-C stops it", to_accpay, "ACCPAY")
    assert '\x1b[32m+  "Type": "ACCPAY",\x1b[0m' in seen
