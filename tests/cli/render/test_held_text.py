"""How what is held is laid out: causes, and below each the records with what is their own."""

from __future__ import annotations

from engine.cli.render.held import grouped


def row(key: str, reason: str, code: str = "totals", where: str = "") -> dict[str, str]:
    address = f"psohub.invoices/{key}"
    return {"code": code, "reason": reason, "where": where, "title": f"INV-{key}", "address": address}


def test_shared_words_are_printed_once_and_differences_with_each_record() -> None:
    rows = [
        row("7", "the totals differ: Total 121.00 in psohub, 121.01 in xero (+0.01); on_difference is hold"),
        row("12", "the totals differ: Total 60.50 in psohub, 60.51 in xero (+0.01); on_difference is hold"),
    ]
    assert list(grouped(rows)) == [
        "totals: the totals differ: Total … in psohub, … in xero (+0.01); on_difference is hold",
        "  INV-7   psohub.invoices/7   121.00, 121.01",
        "  INV-12  psohub.invoices/12  60.50, 60.51",
    ]


def test_a_single_reason_is_printed_as_it_is() -> None:
    reason = "LineItems[0].AccountCode: accounts has no row with \"999\"; did you mean '900'?"
    assert list(grouped([row("7", reason)], "  ")) == [
        f"  totals: {reason}",
        "    INV-7  psohub.invoices/7",
    ]


def test_reasons_with_different_words_or_rules_are_separate_causes() -> None:
    rows = [
        row("1", "Account code '999' is no valid code"),
        row("2", "Account code '998' is no valid code"),
        row("3", "Date 2026-01-31 is locked"),
        row("4", "Account code '998' is no valid code", where="lines.yaml:3:1"),
    ]
    causes = [line for line in grouped(rows) if not line.startswith("  ")]
    assert causes == [
        "totals: Account code … is no valid code",
        "totals: Date 2026-01-31 is locked",
        "totals: Account code '998' is no valid code  [lines.yaml:3:1]",
    ]


def test_apostrophes_and_codes_are_words() -> None:
    rows = [row("1", "Xero doesn't know OUTPUT2, it isn't there"), row("2", "Xero doesn't know OUTPUT3")]
    assert [line for line in grouped(rows) if not line.startswith("  ")] == [
        "totals: Xero doesn't know OUTPUT2, it isn't there",
        "totals: Xero doesn't know OUTPUT3",
    ]


def test_many_records_of_one_cause_are_counted() -> None:
    lines = list(grouped([row(str(key), f"Total {key}.00") for key in range(10, 14)], most=2))
    assert lines[-1] == "  and 2 more"
    assert len(lines) == 4


def test_the_action_is_named_once() -> None:
    rows = [row("1", "email: The contact has no email address.", "xero.email")]
    assert next(grouped(rows)) == "xero.email: The contact has no email address."
    rows = [row("1", "email: whether it was sent is not known", "in_doubt")]
    assert next(grouped(rows)) == "in_doubt: email: whether it was sent is not known"
