"""`check` warns of settings for e-mails that can never have effect with the others of a config."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.workspace import check_project

PACK = Path(__file__).parents[2] / "mappings" / "psohub-xero"
CONFIG = """\
name: acme
pack: {pack}
systems:
  psohub: {{connector: psohub, business_unit: 2, sandbox: true}}
  xero: {{connector: xero, sandbox: true}}
settings: {settings}
"""
MAILED = "push_statuses: [sent, draft] or [sent, approved] or [sent, paid]"


def warnings(tmp_path: Path, **settings: Any) -> list[tuple[str, str]]:
    """The message and the hint of each warning, which is in the settings' line."""
    given = {"revenue_account": "200", "psohub_mails": False, "native_integration": "none", **settings}
    path = tmp_path / "acme.yaml"
    path.write_text(CONFIG.format(pack=PACK, settings=json.dumps(given)), encoding="utf-8")
    _, diagnostics = check_project(path)
    assert not diagnostics.errors
    for diagnostic in diagnostics:
        assert (diagnostic.code, diagnostic.span.line) == ("M227", 6)
    return [(diagnostic.message, diagnostic.hint) for diagnostic in diagnostics]


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED"])
def test_what_is_pushed_unapproved_is_not_mailed(tmp_path: Path, status: str) -> None:
    ((message, hint),) = warnings(tmp_path, auto_send=True, invoice_status=status)
    found = f"auto_send is true, but email of invoices is not done with invoice_status: {status}"
    assert message == f"{found} until a person approves it"
    assert hint == "needed is invoice_status: AUTHORISED"


@pytest.mark.parametrize("mail_to", ["invoice_contact", "xero_contact", "hold"])
def test_psohub_has_mailed_all_that_is_pushed(tmp_path: Path, mail_to: str) -> None:
    ((message, hint),) = warnings(tmp_path, auto_send=True, psohub_mails=True, mail_to=mail_to)
    verb = "email" if mail_to == "invoice_contact" else "email_contact"
    settings = "psohub_mails: true, push_statuses: [sent]"
    assert message == f"auto_send is true, but {verb} of invoices is never done with {settings}"
    assert hint == f"needed is psohub_mails: false, or {MAILED}"


def test_both_reasons_are_named(tmp_path: Path) -> None:
    found = warnings(tmp_path, auto_send=True, psohub_mails=True, invoice_status="DRAFT")
    assert [hint.partition(":")[0] for _, hint in found] == [
        "needed is psohub_mails",
        "needed is invoice_status",
    ]


def test_where_to_mail_to_says_nothing_if_nothing_is_mailed(tmp_path: Path) -> None:
    found = warnings(tmp_path, auto_send=False, mail_to="hold")
    assert found == [("mail_to: hold changes nothing: auto_send: false", "remove it, or set auto_send: true")]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"auto_send": True},
        {"auto_send": False, "mail_to": "invoice_contact"},
        {"auto_send": True, "mail_to": "hold"},
        {"auto_send": True, "psohub_mails": True, "push_statuses": ["sent", "paid"]},
        {"auto_send": True, "psohub_mails": True, "push_statuses": ["approved"]},
        {"psohub_mails": True},
        {"auto_send": False, "invoice_status": "DRAFT"},
    ],
)
def test_what_may_have_effect_is_no_warning(tmp_path: Path, settings: dict[str, Any]) -> None:
    assert warnings(tmp_path, **settings) == []
