"""Configs for the benchmarks: the shipped pack on sandboxes of any size."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]


def write_config(
    folder: Path, *, invoices: int, customers: int | None = None, auto_send: bool = False
) -> Path:
    """Write a config into `folder`; the ledger and the state of the sandboxes are kept there too."""
    offered = f"invoices: {invoices}" + (f", customers: {customers}" if customers else "")
    path = folder / "bench.yaml"
    path.write_text(
        f"""name: bench
pack: {ROOT / "mappings" / "psohub-xero"}
systems:
  psohub: {{connector: psohub, limit: 100000, sandbox: {{{offered}}}}}
  xero: {{connector: xero, sandbox: {{minute_limit: 100000, day_limit: 1000000}}}}
settings: {{revenue_account: "200", psohub_mails: false, auto_send: {str(auto_send).lower()}}}
overrides: {{invoices: {{fields: {{Reference: "{{{{ invoice.reference }}}}"}}}}}}
limits: {{first_run_since: 2026-01-01}}
ledger: sqlite:///bench.db
""",
        encoding="utf-8",
    )
    return path
