"""Where the rule of a field is written."""

import pytest

from engine.mapping.describe.places import rule_of
from engine.workspace import load_project
from tests.e2e.program import ROOT


@pytest.mark.parametrize(
    ("path", "file", "text"),
    [
        ("DueDate", "invoices.yaml", "DueDate:"),
        ("LineItems[3].AccountCode", "lines.yaml", "AccountCode:"),
        ("LineItems[0].Tracking[1].Option", "lines.yaml", "Option:"),
        ("LineItems[0].Unknown", "invoices.yaml", "LineItems:"),
        ("Contact.ContactID", "invoices.yaml", "Contact:"),
    ],
)
def test_rule_of_a_path(path: str, file: str, text: str) -> None:
    project = load_project(ROOT / "configs" / "acme.yaml")
    place = rule_of(project.programs.pack.drafts, "invoices", path)
    name, line, column = place.rsplit(":", 2)
    assert name.endswith(file)
    written = (ROOT / "mappings" / "psohub-xero" / file).read_text().splitlines()[int(line) - 1]
    assert text in written
    assert int(column) >= 1


def test_no_path_and_no_mapping_have_no_place() -> None:
    drafts = load_project(ROOT / "configs" / "acme.yaml").programs.pack.drafts
    assert rule_of(drafts, "invoices", "") == ""
    assert rule_of(drafts, "unknown", "Reference") == ""
