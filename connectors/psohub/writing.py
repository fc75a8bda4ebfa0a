"""Write external id and status back, the only fields of an invoice that PSOhub's API can change
(connectors/psohub/API.md, 3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.psohub.cleaning import Cleaner
from connectors.psohub.client import Client
from connectors.psohub.settings import WriteCall
from engine.sdk import Answer, Batch, NotTyped, Part, Receipt, refuse


def write(client: Client, cleaner: Cleaner, batch: Batch) -> list[Receipt]:
    """One call for each part; anything but an update of invoices is refused."""
    if batch.stream != "invoices" or batch.verb != "update":
        reason = (
            f"PSOhub cannot {batch.verb} {batch.stream}: only external id and status of invoices can change"
        )
        return refuse(batch, reason, "psohub.verb")
    return [_write(client, cleaner, part) for part in batch.parts]


def _write(client: Client, cleaner: Cleaner, part: Part) -> Receipt:
    if part.target_id is None:
        return Receipt("refused", None, "PSOhub creates invoices itself", "psohub.verb")
    answer = client.write(wire_body(part.target_id, part.body, client.settings.calls.write))
    if not answer.ok:
        return Receipt("refused", part.target_id, client.http.words(answer), "psohub.request")
    return Receipt("done", part.target_id, observed=_observed_values(answer, cleaner, part))


def wire_body(target_id: str, body: Mapping[str, Any], call: WriteCall) -> dict[str, Any]:
    """The body under PSOhub's names, with what the mapping has set."""
    number = call.id_as == "number" and target_id.isdecimal()
    out: dict[str, Any] = {call.id: int(target_id) if number else target_id}
    if "external_id" in body:
        out[call.external_id] = body["external_id"]
    if "status" in body:
        word = str(body["status"])
        out[call.status] = word.capitalize() if call.status_as == "Capital" else word.lower()
    return out


def _observed_values(answer: Answer, cleaner: Cleaner, part: Part) -> Mapping[str, Any]:
    """The invoice in the answer, if there is one: its form is not documented."""
    try:
        row = answer.json()
        values = cleaner.values("invoices", row[0] if isinstance(row, list) and row else row)
    except (ValueError, NotTyped):
        return {}
    return values if values.get("id") == part.target_id else {}
