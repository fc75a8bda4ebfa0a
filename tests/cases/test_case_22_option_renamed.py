"""What was sent by name is compared by the id that it had when it was written: a new name is not an edit."""

from pathlib import Path

from tests.cases.harness import Case, opened
from tests.e2e.systems import Row


def edited(case: Case) -> int:
    compared = case.command("reconcile")
    return int(compared.json["reconcile"]["edited"])


def rename_option(case: Case, category: str, option: str, name: str) -> None:
    (row,) = [row for row in case.systems.xero_rows("TrackingCategories") if row["Name"] == category]
    options = [{**o, "Name": name} if o["Name"] == option else o for o in row["Options"]]
    case.systems.books("TrackingCategories", category, Options=options)


def line_of(case: Case) -> Row:
    (pushed,) = case.systems.pushed()
    line: Row = pushed["LineItems"][0]
    return line


def test_a_renamed_option_is_not_an_edit(tmp_path: Path) -> None:
    with opened("22-option-renamed", tmp_path) as case:
        assert case.run().code == 0
        assert line_of(case)["Tracking"][0]["Option"] == "North"
        rename_option(case, "Region", "North", "Northern")
        assert line_of(case)["Tracking"][0]["Option"] == "Northern"
        assert edited(case) == 0
        assert case.run().code == 0


def test_another_option_is_an_edit(tmp_path: Path) -> None:
    with opened("22-option-renamed", tmp_path) as case:
        assert case.run().code == 0
        (pushed,) = case.systems.pushed()
        line = {**pushed["LineItems"][0], "Tracking": [{"Name": "Region", "Option": "South"}]}
        case.systems.post("Invoices", [{"InvoiceID": pushed["InvoiceID"], "LineItems": [line]}])
        assert edited(case) == 1


def test_a_renumbered_account_is_not_an_edit(tmp_path: Path) -> None:
    with opened("22-option-renamed", tmp_path) as case:
        assert case.run().code == 0
        account = line_of(case)["AccountCode"]
        case.systems.books("Accounts", str(account), Code="2000")
        assert line_of(case)["AccountCode"] == "2000"
        assert edited(case) == 0
