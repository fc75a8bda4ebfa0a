"""A config of two small sandboxes."""

from __future__ import annotations

from tests.e2e.program import PACK

SMALL = f"""
name: small
pack: {PACK}
systems:
  psohub: {{connector: psohub, sandbox: {{invoices: 2, customers: 2}}}}
  xero: {{connector: xero, sandbox: true}}
settings: {{revenue_account: "200", psohub_mails: false, native_integration: none}}
limits: {{first_run_since: 2026-01-01}}
ledger: sqlite:///small.db
"""
