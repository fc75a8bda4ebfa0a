"""A record that cannot be read waits, under its address and number, until it is put right."""

from __future__ import annotations

from pathlib import Path

from tests.cases.harness import opened

CASE = "07-decimal-comma"


def test_invoice_with_a_decimal_comma_waits_until_it_is_put_right(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        comma = next(one for one in case.read("psohub/invoices.json") if "," in str(one["TotalAmountExVAT"]))
        address = f"psohub.invoices/{comma['InvoiceID']}"
        for _ in range(2):
            ran = case.run()
            assert ran.code == 1
            (held,) = ran.json["held"]
            assert (held["address"], held["title"]) == (address, comma["InvoiceNumber"])
            assert comma["TotalAmountExVAT"] in held["reason"]
            assert "number_format" in held["reason"]
            assert [row["address"] for row in case.held()] == [address]
            (missing,) = [row for row in ran.json["reconcile"]["rows"] if row["kind"] == "source_only"]
            assert (missing["source"], missing["amount"]) == (address, 0)
            assert missing["note"].endswith("its total is not known, and not in these totals")
        others = [one["InvoiceNumber"] for one in case.read("psohub/invoices.json") if one is not comma]
        assert comma["InvoiceNumber"] not in [row["Reference"] for row in case.systems.pushed()]
        assert len(case.systems.pushed()) == len(others) - 1
        case.systems.edit(comma["InvoiceID"], TotalAmountExVAT=100, TotalAmountIncVAT=115)
        fixed = case.run()
        assert [row["reason"] for row in case.held()] == [], fixed.out


def test_setting_says_the_format(tmp_path: Path) -> None:
    with opened(CASE, tmp_path, more='number_format: "1.234,56"') as case:
        ran = case.plan()
        assert not [row for row in ran.json["held"] if row["code"] == "unreadable"], ran.out


def test_draft_that_cannot_be_read_is_not_held(tmp_path: Path) -> None:
    with opened(CASE, tmp_path) as case:
        for one in case.read("psohub/invoices.json"):
            case.systems.edit(one["InvoiceID"], InvoiceStatus="Draft")
        assert (case.run().code, case.held()) == (0, [])
