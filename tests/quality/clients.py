"""`make clients`: other people's clients of Xero, unchanged, against the sandbox.

They read and write in ways of their own: pyxero sends ids without hyphens and dates as HTTP dates, xero-node
checks members that we never read. `tests/connectors/xero/sandbox` does the same with xero-python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.quality.served import Served, sandbox

NODE_MODULES = Path(".venv-quality") / "node" / "node_modules"
SCRIPT = Path(__file__).with_name("xero_node.mjs")


def main() -> int:
    for name, client in (("pyxero", pyxero), ("xero-node", xero_node)):
        with sandbox() as served:
            print(f"{name}: {client(served)}")
    return 0


def pyxero(served: Served) -> str:
    from xero import Xero
    from xero.auth import OAuth2Credentials
    from xero.exceptions import XeroBadRequest

    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # the sandbox is on loopback
    credentials = OAuth2Credentials("sandbox", "sandbox", token=served.token, tenant_id=served.tenant)
    credentials.base_url = served.origin
    xero = Xero(credentials)
    (contact,) = xero.contacts.put({"Name": "Acme", "EmailAddress": "books@acme.example"})
    body = {
        "Type": "ACCREC",
        "Contact": {"ContactID": contact["ContactID"].replace("-", "")},
        "Date": date(2026, 9, 14),
        "DueDate": date(2026, 10, 14),
        "Status": "AUTHORISED",
        "LineItems": [
            {"Description": "Advice", "Quantity": "2.5", "UnitAmount": "10.10", "AccountCode": "200"}
        ],
    }
    (invoice,) = xero.invoices.put(body)
    assert str(invoice["Total"]) == "30.55"
    (read,) = xero.invoices.get(invoice["InvoiceID"])
    assert str(read["LineItems"][0]["LineAmount"]) == "25.25"
    found = xero.invoices.filter(InvoiceNumber=invoice["InvoiceNumber"])
    assert [one["InvoiceID"] for one in found] == [invoice["InvoiceID"]]
    assert xero.organisations.all()[0]["Name"]
    with pytest.raises(XeroBadRequest, match="line items"):
        xero.invoices.put({**body, "LineItems": []})
    return "contacts, invoices, filters and refusals are read as it expects"


def xero_node(served: Served) -> str:
    node = shutil.which("node")
    if node is None or not NODE_MODULES.exists():
        return "not run: node and npm are not installed"
    command = [node, str(SCRIPT), str(NODE_MODULES.resolve()), served.origin, served.tenant]
    token = served.token["access_token"]
    ran = subprocess.run(command, input=token, capture_output=True, text=True, timeout=120, check=False)
    if ran.returncode:
        raise AssertionError(f"xero-node: {ran.stdout}{ran.stderr}")
    return str(ran.stdout).strip()


if __name__ == "__main__":
    sys.exit(main())
