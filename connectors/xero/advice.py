"""What a person can do when Xero denies a call: which scope, which organisation (connectors/xero/API.md, 2
and 13). Pure.
"""

from __future__ import annotations

from engine.sdk import Answer

# Part of a path -> the scope that covers it; with `.read` for reading only (connectors/xero/API.md, 2.5).
SCOPES = {
    "Invoices": "accounting.invoices",
    "CreditNotes": "accounting.invoices",
    "Contacts": "accounting.contacts",
    "Payments": "accounting.payments",
    "Prepayments": "accounting.payments",
    "Overpayments": "accounting.payments",
    "Attachments": "accounting.attachments",
}
OTHERS = "accounting.settings"  # accounts, tax rates, tracking, the organisation, currencies


def advice(answer: Answer, call: str, tenant: str, granted: list[str]) -> str:
    """What to do about a 401, 403 or 412. `call` is method and path; `granted` the scopes in the settings."""
    challenge = answer.headers.get("www-authenticate", "")
    text = f"{challenge} {answer.text}".lower()
    if answer.status == 412:
        return (
            "a header is missing, or the connection uses an old version of TLS: check what a proxy or "
            "gateway between this machine and Xero removes or replaces"
        )
    # Misspelt like that by Xero itself.
    if "insufficent_scope" in text or "insufficient_scope" in text or "authorizationunsuccessful" in text:
        return _scope(call, granted)
    if answer.status == 403:
        return (
            "this app is not connected to the organisation with the tenant id "
            f"{tenant or '(not known yet)'}: check tenant_id, and connect the organisation in Xero"
        )
    if "tokenexpired" in text:
        return "a fresh token was refused as expired: check the clock of this machine, then run again"
    return "Xero does not know this app's sign-in: check client_id, client_secret and app"


def _scope(call: str, granted: list[str]) -> str:
    method, _, path = call.partition(" ")
    words = [word for word in path.split("/") if word in SCOPES]
    wide = SCOPES[words[-1]] if words else OTHERS
    name = f"{wide}.read" if method == "GET" else wide
    add = "" if {name, wide} & set(granted) else "add it to `scopes`, and "
    return (
        f"{call} needs the scope {name}: {add}grant it to this app in Xero and authorise the connection "
        "again; the user's role and the organisation's plan must allow the call, too"
    )
