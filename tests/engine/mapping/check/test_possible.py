"""What is known of a condition from the settings alone: true, false, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.mapping.check.possible import Known, settings_read
from engine.mapping.syntax.tree import Expr
from tests.engine.mapping.mapping_kit import SETTINGS, compiled, field_rule


def condition(folder: Path, text: str) -> Expr:
    programs = compiled(folder, invoices=field_rule(f'Url: {{value: x, when: "{{{{ {text} }}}}"}}'))
    when = programs.pack.drafts["invoices"].fields[-1].rule.when
    assert when is not None
    return when


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("settings.auto_send", True),
        ("not settings.auto_send", False),
        ("settings.psohub_mails and invoice.note == 'x'", False),
        ("settings.auto_send and invoice.note == 'x'", None),
        ("settings.auto_send or invoice.note == 'x'", True),
        ("settings.psohub_mails or invoice.note == 'x'", None),
        ("settings.rounding == 'hold'", True),
        ("settings.rounding != 'hold'", False),
        ("settings.rounding in ['accept', 'adjust_tax']", False),
        ("settings.rounding not in ['accept', 'adjust_tax']", True),
        ("'sent' in settings.push_statuses", True),
        ("invoice.status in settings.push_statuses", None),
        ("settings.due_days > 7", True),
        ("settings.unset is missing", True),
        ("settings.unset == 'x'", None),
        ("invoice.note is present", None),
        ("settings.rounding | upper == 'HOLD'", None),
    ],
)
def test_only_what_the_settings_decide_is_known(tmp_path: Path, text: str, truth: bool | None) -> None:
    assert Known({"unset": None, **SETTINGS}).truth(condition(tmp_path, text)) is truth


def test_a_value_of_the_record_may_be_tried(tmp_path: Path) -> None:
    node = condition(tmp_path, "invoice.status in settings.push_statuses")
    assert [Known(SETTINGS, {"invoice.status": status}).truth(node) for status in ("sent", "paid")] == [
        True,
        False,
    ]


def test_settings_are_named_in_the_order_in_which_they_are_written(tmp_path: Path) -> None:
    node = condition(tmp_path, "settings.psohub_mails or settings.auto_send or settings.psohub_mails")
    assert settings_read(node, None) == ["psohub_mails", "auto_send"]
