"""`sync docs`: the field reference, as Markdown and as one HTML page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.cli.terminal import on_a_terminal
from tests.e2e.harness import copy_of_the_checkout
from tests.e2e.program import ROOT, Program


@pytest.fixture
def checkout(tmp_path: Path) -> Program:
    return copy_of_the_checkout(tmp_path)


@pytest.fixture
def page(checkout: Program) -> str:
    done = checkout("docs", "configs/acme.yaml")
    assert (done.code, done.err) == (0, "")
    return done.out


def row(page: str, field: str) -> list[str]:
    section = page.partition("\n## invoices")[2].partition("\n## ")[0]
    (line,) = (line for line in section.splitlines() if line.startswith(f"| `{field}` |"))
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_a_field_is_shown_with_type_source_chain_conditions_and_notes(page: str) -> None:
    assert page.count("| Target field | Type | Source | Fallback chain | Conditions | Notes |") == 5
    _, kind, source, chain, conditions, notes = row(page, "LineItems[].AccountCode")
    assert kind == "text, up to 10 characters"
    assert "`psohub.invoices.lines.gl_account`" in source
    assert "looked up in accounts: by Code or Name, gives Code; refused if not found" in source
    assert chain == "1. `line.gl_account`<br>2. `settings.revenue_account`"
    assert conditions == ""
    assert notes.startswith("The contract line's own account, by code or name; else the default account.")
    assert row(page, "InvoiceNumber")[4] == "`settings.numbering == 'psohub'`"
    assert "overridden by this config" in row(page, "Reference")[5]
    assert "3. `line.amount_ex_vat, rounded half up to 2 places`" in row(page, "LineItems[].UnitAmount")[3]
    assert row(page, "LineItems[].Tracking")[2] == "`a list: an object`"


def test_a_default_ends_the_chain_that_its_rule_begins(checkout: Program) -> None:
    config = checkout.folder / "configs" / "acme.yaml"
    rule = 'Reference: {value: "{{ invoice.reference }}", default: none}'
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('Reference: "{{ invoice.reference }}"', rule), encoding="utf-8")
    chain = row(checkout("docs", "configs/acme.yaml").out, "Reference")[3]
    assert chain == '1. `invoice.reference`<br>2. `"none"`'


def test_every_rule_of_the_pack_is_on_the_page(page: str) -> None:
    for name in ("contacts", "invoices", "credit-notes", "lines", "status", "credit-note-status"):
        text = (ROOT / "mappings" / "psohub-xero" / f"{name}.yaml").read_text(encoding="utf-8")
        fields = re.findall(r"^  ([A-Za-z_]+):", text.partition("\nfields:\n")[2], re.MULTILINE)
        assert fields
        for field in fields:
            assert re.search(rf"`(\w+(\[\])?\.)*{field}`", page), field


def test_the_page_says_what_must_agree_and_where_actions_go(page: str) -> None:
    assert "Held instead if they differ in `Contact`, `CurrencyCode`, `Total`" in page
    assert "Then allocate to `the invoices record of invoice.credited_invoice_id`" in page


# connectors/psohub/API.md, 5: what is marked "stated" of the integration, and where the page says it.
STATED = {
    "due days are why Xero shows the right date": r"`DueDate`.*plus_days\(settings\.due_days\)",
    "the accounting number comes back": r"`external_id`.*`xero\.invoices\.InvoiceNumber`",
    "a deep link exists": r"link into Xero",
    "the currency": r"`CurrencyCode`.*`psohub\.invoices\.currency`",
    "sent and auto-send: approved, then mailed": r"Then email\b.*if `settings\.auto_send",
    "one connection for each business unit": r"business unit",
    "status paid comes back": r"`status`.*Status == 'PAID'",
    "contract lines, not time entries": r"contract line",
    "the line's account, else the connection's default": r"`LineItems\[\]\.AccountCode`.*revenue_account",
    "tracking category and option": r"`LineItems\[\]\.Tracking\[\]\.Option`.*tracking_option",
    "credit notes are never mailed": r"[Cc]redit notes are never e-mailed",
    "edits in Xero do not come back": r"[Ee]dits made in Xero are reported",
}


@pytest.mark.parametrize("said", STATED)
def test_the_page_covers_all_that_is_stated_about_the_integration(page: str, said: str) -> None:
    assert re.search(STATED[said], page), said


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.reached: list[str] = []
        self.cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br", "wbr"):
            self.open.append(tag)
        self.cells += tag == "td"
        self.reached += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_html_page_is_complete_and_loads_nothing(checkout: Program) -> None:
    done = checkout("docs", "configs/acme.yaml", "--format", "html")
    tags = _Tags()
    tags.feed(done.out)
    assert (tags.open, tags.reached) == ([], [])
    assert tags.cells > 200
    assert "<script" not in done.out
    assert "http" not in done.out.partition("<body>")[0]


def test_both_are_written_into_a_folder(checkout: Program, page: str) -> None:
    done = checkout("docs", "configs/acme.yaml", "--out", "reference")
    assert done.out == "wrote reference/field-reference.md\nwrote reference/field-reference.html\n"
    assert (checkout.folder / "reference" / "field-reference.md").read_text(encoding="utf-8") == page


def test_the_fields_of_a_stream_are_listed_though_a_mapping_has_mistakes(checkout: Program) -> None:
    path = checkout.folder / "mappings" / "psohub-xero" / "lines.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("line.gl_account", "line.account"))
    assert checkout("docs", "configs/acme.yaml").code == 2
    listed = checkout("docs", "configs/acme.yaml", "--stream", "psohub.invoices")
    assert listed.code == 0
    assert "| `lines[].gl_account` | text | no |" in listed.out
    assert "| `project.due_days` | int | no |" in listed.out
    every = checkout("docs", "configs/acme.yaml", "--stream", "all").out
    assert "## xero.contacts" in every


def test_an_unknown_stream_is_answered_with_the_nearest(checkout: Program) -> None:
    done = checkout("docs", "configs/acme.yaml", "--stream", "psohub.invoces")
    assert done.code == 2
    assert done.err == 'sync: unknown stream psohub.invoces; did you mean "psohub.invoices"?\n'


def test_programs_get_the_reference_as_json(checkout: Program) -> None:
    done = checkout("docs", "configs/acme.yaml", "--output", "json")
    assert (done.code, {*done.json}) == (0, {"pack", "doc", "mappings", "settings", "tables"})
    (invoices,) = (one for one in done.json["mappings"] if one["mapping"] == "invoices")
    (account,) = (one for one in invoices["fields"] if one["path"] == "LineItems[].AccountCode")
    assert account["chain"] == ["line.gl_account", "settings.revenue_account"]
    assert account["sources"] == ["psohub.invoices.lines.gl_account", "settings.revenue_account"]
    assert account["where"].startswith("mappings/psohub-xero/lines.yaml:")
    assert invoices["agree"] == ["Contact", "CurrencyCode", "Total"]
    assert {*invoices["actions"][0]} >= {"do", "when", "to"}
    (tolerance,) = (one for one in done.json["settings"] if one["setting"] == "tolerance")
    assert (str(tolerance["default"]), tolerance["type"]) == ("0.05", "decimal")
    (streams,) = checkout("docs", "configs/acme.yaml", "--stream", "xero.contacts", "--output", "json").json[
        "streams"
    ]
    assert streams["fields"][0].keys() == {"path", "type", "written", "required", "doc"}
    written = checkout("docs", "configs/acme.yaml", "--out", "reference", "--output", "json")
    assert written.json == {"files": ["reference/field-reference.md", "reference/field-reference.html"]}


def test_a_page_is_utf_8_in_every_locale(checkout: Program) -> None:
    pack = checkout.folder / "mappings" / "psohub-xero" / "pack.yaml"
    pack.write_text(
        pack.read_text(encoding="utf-8").replace("doc: |\n", "doc: |\n  Für Zürich.\n", 1), "utf-8"
    )
    with checkout.started(
        "docs", "configs/acme.yaml", "--format", "html", PYTHONIOENCODING="ascii"
    ) as process:
        assert process.stdout is not None
        assert "Für Zürich.".encode() in process.stdout.buffer.read()  # type: ignore[attr-defined]


@pytest.mark.parametrize("options", [(), ("--stream", "psohub.invoices")])
def test_a_terminal_gets_formatted_text_and_a_file_markdown(
    checkout: Program, options: tuple[str, ...]
) -> None:
    arguments = ("docs", "configs/acme.yaml", *options)
    screen = on_a_terminal(checkout, *arguments, columns=160)
    assert screen.code == 0
    shown = "\n".join(screen.left())
    assert "AccountCode" in shown or "gl_account" in shown
    assert not re.search(r"^#|\| --- |<br>", shown, re.MULTILINE)
    markdown = checkout(*arguments).out
    asked = on_a_terminal(checkout, *arguments, "--format", "markdown")
    assert asked.raw.replace("\r\n", "\n") == markdown


def test_a_stream_without_a_near_match_gets_no_hint(checkout: Program) -> None:
    done = checkout("docs", "configs/acme.yaml", "--stream", "zzzz")
    assert not done.err.rstrip().endswith(";")
