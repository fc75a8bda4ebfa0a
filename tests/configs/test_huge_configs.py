"""Files far larger than any real one: the work stays proportional, and the output readable.

Nothing here measures time: a test whose work is not bounded would not finish within its timeout.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.model.diagnostics import Diagnostics
from engine.workspace import check_project
from tests.configs.configs_kit import CONFIG, lay

pytestmark = pytest.mark.timeout(60)
RULE = 'CurrencyCode: "{{ invoice.currency }}"'


def diagnosed(folder: Path, file: str, old: str, new: str) -> Diagnostics:
    """The diagnostics of the good config with one piece replaced."""
    lay(folder)
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return check_project(folder / CONFIG)[1]


def codes(diagnostics: Diagnostics) -> set[str]:
    return {diagnostic.code for diagnostic in diagnostics}


def test_thousands_of_rules_are_refused_at_the_first_too_many(tmp_path: Path) -> None:
    rules = ", ".join(['"{{ invoice.currency }}"'] * 60_000)
    diagnostics = diagnosed(tmp_path, "pack/invoices.yaml", RULE, f"CurrencyCode: {{first: [{rules}]}}")
    assert codes(diagnostics) == {"M110"}
    assert len(diagnostics.reported) == 1


def test_a_condition_of_endless_expressions_is_not_parsed(tmp_path: Path) -> None:
    diagnostics = diagnosed(
        tmp_path, "pack/invoices.yaml", '"{{ settings.mail }}"', '"' + "{{a}}" * 300_000 + '"'
    )
    assert [diagnostic.code for diagnostic in diagnostics] == ["M110"]


def test_thousands_of_unknown_fields_are_all_reported(tmp_path: Path) -> None:
    fields = "".join(f"Feld{at}: x\n  " for at in range(4_000))
    diagnostics = diagnosed(tmp_path, "pack/invoices.yaml", RULE, fields + RULE)
    assert codes(diagnostics) == {"M203"}
    assert len(diagnostics.reported) == 4_000
    assert all(str(diagnostic) for diagnostic in diagnostics)


@pytest.mark.parametrize("style", ['"', "|"])
def test_thousands_of_mistakes_in_long_texts_find_their_places(tmp_path: Path, style: str) -> None:
    if style == "|":
        texts = "".join("\n      - |\n" + "        {{ invoice.curency }}\n" * 300 for _ in range(60))
        new = f"CurrencyCode:\n    join:{texts}"
    else:
        texts = ", ".join(['"\\\\' + "{{ invoice.curency }} " * 400 + '"'] * 60)
        new = f"CurrencyCode: {{join: [{texts}]}}"
    diagnostics = diagnosed(tmp_path, "pack/invoices.yaml", RULE, new)
    assert codes(diagnostics) == {"M204"}
    assert len(diagnostics.reported) >= 60 * 300
    assert all(
        diagnostic.excerpt[diagnostic.span.column - 1 :].startswith("curency")
        for diagnostic in diagnostics.reported[::100]
    )
    assert sum(len(str(diagnostic)) for diagnostic in diagnostics) < 20_000_000


@pytest.mark.parametrize("piece", ["x" * 1_500_000, "?" + "y" * 1_500_000])
def test_a_name_of_a_million_letters_is_quoted_in_part(tmp_path: Path, piece: str) -> None:
    diagnostics = diagnosed(tmp_path, "pack/invoices.yaml", RULE, f'? "{piece}"\n  : z')
    assert codes(diagnostics) == {"M203"}
    assert all(len(str(diagnostic)) < 3_000 for diagnostic in diagnostics)


def test_possible_secrets_are_masked_in_one_pass(tmp_path: Path) -> None:
    words = ", ".join(["x"] * 150_000)
    diagnostics = diagnosed(tmp_path, CONFIG, "connector: xero, ", f"connector: xero, nope: [{words}], ")
    assert codes(diagnostics) == {"C201"}
    assert "x, x" not in diagnostics.reported[0].excerpt


def test_of_a_table_with_thousands_of_wrong_rows_the_first_are_reported(tmp_path: Path) -> None:
    diagnostics = diagnosed(tmp_path, "pack/tax_types.csv", "9% btw,RROUTPUT\n", "a,b,c\n" * 300_000)
    assert codes(diagnostics) == {"C212"}
    assert len(diagnostics.reported) == 21
    assert diagnostics.sorted()[-1].message == "299980 more rows have the wrong number of columns"


def test_thousands_of_settings_and_overrides_are_compared_once(tmp_path: Path) -> None:
    diagnostics = diagnosed(
        tmp_path, CONFIG, "  due_days: 14\n", "".join(f"  s{at}: x\n" for at in range(40_000))
    )
    assert codes(diagnostics) == {"C207"}
    diagnostics = diagnosed(
        tmp_path, CONFIG, "overrides:\n", "overrides:\n" + "".join(f"  m{at}: {{}}\n" for at in range(40_000))
    )
    assert codes(diagnostics) == {"C213"}


@pytest.mark.parametrize("sandbox", ["", "sandbox: true, "])
def test_thousands_of_unknown_words_of_a_connector_are_compared_once(tmp_path: Path, sandbox: str) -> None:
    words = ", ".join(f"a{at}: b" for at in range(60_000))
    new = f"xero: {{connector: xero, {words}, {sandbox}x: y}}"
    diagnostics = diagnosed(tmp_path, CONFIG, "xero: {connector: xero, sandbox: true}", new)
    assert "C201" in codes(diagnostics)
    assert len(diagnostics.reported) >= 60_000


def test_thousands_of_fields_in_an_override_are_merged_in_one_pass(tmp_path: Path) -> None:
    fields = ", ".join(f"a{at}: b" for at in range(60_000))
    diagnostics = diagnosed(
        tmp_path, CONFIG, 'fields: {Reference: "{{ invoice.reference }}"}', f"fields: {{{fields}}}"
    )
    assert "M203" in codes(diagnostics)


def test_thousands_of_choices_are_looked_up_by_hash(tmp_path: Path) -> None:
    known, wrong = (", ".join(f"{one}{at}" for at in range(60_000)) for one in "ab")
    lay(tmp_path)
    pack = tmp_path / "pack" / "pack.yaml"
    declared = f"  many: {{type: list, of: text, choices: [{known}]}}\n"
    pack.write_text(pack.read_text("utf-8") + declared, encoding="utf-8")
    config = tmp_path / CONFIG
    text = config.read_text("utf-8").replace("  due_days: 14\n", f"  many: [{wrong}]\n")
    config.write_text(text, encoding="utf-8")
    diagnostics = check_project(config)[1]
    assert codes(diagnostics) == {"C209"}
    assert len(diagnostics.reported) == 60_000
