"""Whether a mapping leaves out a record of which some fields are unknown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.model.address import Address
from engine.model.record import Record
from tests.engine.mapping.mapping_kit import RUN, SETTINGS, compiled

MAPPING = """\
mapping: invoices
source: {{stream: psohub.invoices, as: invoice, where: "{{{{ {where} }}}}"}}
target: {{stream: xero.invoices}}
fields: {{Type: ACCREC, Contact: {{fields: {{ContactID: x}}}}, Date: "{{{{ invoice.date }}}}", LineItems: []}}
"""
SENT, POSITIVE = "invoice.status in settings.push_statuses", "invoice.total_ex_vat >= 0"


def leaves_out(folder: Path, where: str, unknown: set[str], **values: Any) -> bool:
    program = compiled(folder, invoices=MAPPING.format(where=where)).mappings["invoices"]
    selected = program.selection(frozenset(unknown), SETTINGS, RUN)
    return selected(Record(Address("psohub", "invoices", "1"), values))


@pytest.mark.parametrize(
    ("where", "unknown", "values", "out"),
    [
        (SENT, {"total_ex_vat"}, {"status": "draft"}, True),
        (SENT, {"total_ex_vat"}, {"status": "sent"}, False),
        (SENT, {"status"}, {}, False),
        (f"{SENT} and {POSITIVE}", {"total_ex_vat"}, {"status": "draft"}, True),
        (f"{SENT} and {POSITIVE}", {"total_ex_vat"}, {"status": "sent"}, False),
        (f"{SENT} and {POSITIVE}", {"status"}, {"total_ex_vat": -1}, True),
        (f"{SENT} and {POSITIVE}", {"status", "total_ex_vat"}, {}, False),
        (f"{SENT} or {POSITIVE}", {"total_ex_vat"}, {"status": "draft"}, False),
        (f"not ({POSITIVE})", {"total_ex_vat"}, {}, False),
    ],
)
def test_a_condition_counts_if_it_reads_nothing_unknown(
    tmp_path: Path, where: str, unknown: set[str], values: dict[str, Any], out: bool
) -> None:
    assert leaves_out(tmp_path, where, unknown, **values) is out


def test_a_mapping_without_where_leaves_nothing_out(tmp_path: Path) -> None:
    text = MAPPING.format(where="true").replace(', where: "{{ true }}"', "")
    program = compiled(tmp_path, invoices=text).mappings["invoices"]
    assert not program.selection(frozenset({"status"}), SETTINGS, RUN)(
        Record(Address("psohub", "invoices", "1"), {})
    )
