"""Configs for the benchmarks: the shipped pack on sandboxes of any size."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]


def write_config(folder: Path, *, invoices: int) -> Path:
    """Write a config into `folder`; the ledger and the state of the sandboxes are kept there too."""
    path = folder / "bench.yaml"
    path.write_text(
        f"""name: bench
pack: {ROOT / "mappings" / "psohub-xero"}
systems:
  psohub: {{connector: psohub, limit: 100000, sandbox: {{invoices: {invoices}}}}}
  xero: {{connector: xero, sandbox: {{minute_limit: 100000, day_limit: 1000000}}}}
settings: {{revenue_account: "200", psohub_mails: false, native_integration: none}}
overrides: {{invoices: {{fields: {{Reference: "{{{{ invoice.reference }}}}"}}}}}}
limits: {{first_run_since: 2026-01-01}}
ledger: sqlite:///bench.db
""",
        encoding="utf-8",
    )
    return path
