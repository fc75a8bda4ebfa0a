"""How long `sync check` takes for 200 mappings with 50 fields each: whole processes, the median of five."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.configs import ROOT

FIELDS = 50
HEAD = """\
mapping: invoices{number}
source: {{stream: psohub.invoices, as: invoice, where: "{{{{ invoice.status in settings.push_statuses }}}}"}}
target: {{stream: xero.invoices, match: [{{Reference: "{{{{ invoice.number }}}}"}}]}}
fields:
  Type: ACCREC
  Contact: {{ref: contacts, key: "{{{{ invoice.customer_id }}}}"}}
  Reference: {{join: ["{{{{ invoice.number }}}}", "{{{{ invoice.reference }}}}"], with: " / ", cut: 255}}
  DueDate: {{first: ["{{{{ invoice.due_date }}}}", "{{{{ invoice.date | plus_days(settings.due_days) }}}}"]}}
  LineItems:
    list:
"""
LINE = """\
      - when: "{{ invoice.total_ex_vat > 0 and invoice.note is present }}"
        fields:
          Description: "{{ invoice.number }} {{ invoice.name | upper }}"
          Quantity: 1
          UnitAmount: {value: "{{ invoice.total_ex_vat / 2 }}", round: 2}
          AccountCode:
            {value: "{{ settings.revenue_account }}", lookup: {in: accounts, by: [Code, Name], give: Code}}
          TaxType: {value: "{{ invoice.currency }}", lookup: {in: tax_types, by: [category]}, optional: true}
"""


def measure(*, mappings: int = 200, rounds: int = 5) -> Iterator[dict[str, Any]]:
    with TemporaryDirectory() as folder:
        config = _write(Path(folder), mappings)
        seconds = [_check(config) for _ in range(rounds)]
    yield {"bench": "check", "mappings": mappings, "fields": FIELDS, "seconds": round(median(seconds), 2)}


def _check(config: Path) -> float:
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "engine", "check", str(config)], check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - start


def _write(folder: Path, mappings: int) -> Path:
    shipped = ROOT / "mappings" / "psohub-xero"
    pack = folder / "pack"
    (pack / "tables").mkdir(parents=True)
    for name in ("pack.yaml", "contacts.yaml", "tables/tax_types.csv"):
        (pack / name).write_text((shipped / name).read_text(encoding="utf-8"), encoding="utf-8")
    lines = (FIELDS - HEAD.count("\n  ") + 1) // 5
    for number in range(mappings):
        text = HEAD.format(number=number) + LINE * lines
        (pack / f"invoices{number}.yaml").write_text(text, encoding="utf-8")
    config = folder / "config.yaml"
    config.write_text(
        "name: bench\npack: pack\nsystems: {psohub: {connector: psohub, sandbox: true}, "
        "xero: {connector: xero, sandbox: true}}\n"
        'settings: {revenue_account: "200", psohub_mails: false, native_integration: none}\n',
        encoding="utf-8",
    )
    return config
