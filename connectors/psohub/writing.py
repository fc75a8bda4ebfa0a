"""Write external id and status back, the only fields of an invoice that PSOhub's API can change
(connectors/psohub/API.md, 3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.psohub.cleaning import Cleaner
from connectors.psohub.client import Client
from connectors.psohub.settings import WriteCall
from engine.sdk import Answer, Batch, InDoubtError, NotTyped, Part, Receipt, SignInError, refuse

# Members of a body that say that something failed, whatever the status (connectors/psohub/API.md, 3).
SAYS_NO = ("error", "errors", "errormessage", "exception", "fault")
YES, NO = ("true", "yes", "ok", "success"), ("false", "no", "error", "failed", "failure")
WRAPPERS = ("data", "invoice", "invoices", "result", "results", "value")  # around the answered row
REASONS = ("message", "detail", "reason", "description")
CODES = ("code", "status", "statuscode")  # of HTTP, in the body
MISSING = object()


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
    call = client.settings.calls.write
    try:
        answer = client.write(wire_body(part.target_id, part.body, call))
    except SignInError as error:
        raise SignInError(f"{error}. {_advice(call)}") from error
    except InDoubtError as error:  # a wrong call may be answered with a status 500, too
        raise type(error)(f"{error}. {_advice(call)}", f"{error.words}. {_advice(call)}") from error
    if not answer.ok:
        reason = f"status {answer.status}: {client.http.words(answer)}. {_advice(call)}"
        return Receipt("refused", part.target_id, reason, "psohub.request")
    said = _body(answer, cleaner, part)
    if refusal := refusal_in(said) or _not_written(said, client, cleaner, part):
        reason = f"PSOhub answered {answer.status}, but did not write it: {refusal}. {_advice(call)}"
        return Receipt("refused", part.target_id, reason, "psohub.refused")
    return Receipt("done", part.target_id, observed=_row(said, cleaner, part))


def _advice(call: WriteCall) -> str:
    """Which call it was, and where a config can correct it."""
    return f"The call was {call.method} {call.path}; its form is the setting calls.write of the system psohub"


def _body(answer: Answer, cleaner: Cleaner, part: Part) -> Any:
    """What the answer says of this invoice; the text itself if it is not JSON: its form is not documented."""
    try:
        body = answer.json()
    except ValueError:
        return answer.text
    if not isinstance(body, list):
        return _unwrapped(body)
    return next(
        (row for row in body if cleaner.key("invoices", row) == part.target_id), next(iter(body), None)
    )


def _unwrapped(body: Any) -> Any:
    """The members of a body with those of a row that it wraps: `{"data": {"ExternalID": …}}`."""
    if not isinstance(body, Mapping):
        return body
    inner: dict[str, Any] = {}
    for name, value in body.items():
        row = value[0] if isinstance(value, list) and len(value) == 1 else value
        if str(name).casefold() in WRAPPERS and isinstance(row, Mapping):
            inner |= row
    return {**inner, **body}


def refusal_in(said: Any) -> str:
    """PSOhub's words, if the body of a 2xx says no; else an empty text."""
    if said is False:
        return "it gives no reason"
    if isinstance(said, str):
        return _refusing_text(said.strip())
    if not isinstance(said, Mapping):
        return ""
    members = _folded(said)
    named = [members[name] for name in SAYS_NO if members.get(name)]
    if _succeeded(members) is not False and not named:
        return ""
    message = _text(next((members[name] for name in REASONS if members.get(name)), ""))
    return "; ".join(dict.fromkeys(filter(None, (message, *map(_text, named))))) or "it gives no reason"


def _refusing_text(text: str) -> str:
    if text.startswith("<"):
        return "it is a web page, perhaps to sign in"
    return text if re.split(r"\W", text.lower(), maxsplit=1)[0] in NO else ""


def _succeeded(members: Mapping[str, Any]) -> bool | None:
    """What a body says of itself; None if it says nothing."""
    codes = [str(members.get(name, "")).strip() for name in CODES]
    if any(len(code) == 3 and code.isdecimal() and code[0] in "45" for code in codes):
        return False
    for name in ("success", "succeeded", "ok", "status", "result"):
        word = str(members.get(name, "")).strip().lower()
        if word in YES or word in NO:
            return word in YES
    return None


def _folded(said: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name).casefold(): value for name, value in said.items()}


def _text(value: Any) -> str:
    """The words in an error of any form."""
    if isinstance(value, Mapping):
        members = {str(name).lower(): inner for name, inner in value.items()}
        named = next(
            (members[name] for name in ("message", "detail", "description") if members.get(name)), ""
        )
        return _text(named) or "; ".join(filter(None, map(_text, value.values())))
    if isinstance(value, list):
        return "; ".join(filter(None, map(_text, value)))
    return "" if value is None or isinstance(value, bool) else str(value).strip()


def _not_written(said: Any, client: Client, cleaner: Cleaner, part: Part) -> str:
    """What an answered row shows differently than it was written; an empty text if it shows nothing."""
    if not isinstance(said, Mapping):
        return ""
    shown = _shown(said, client, cleaner)
    if (key := shown.get("id")) is not None and key != part.target_id:
        return f"it answers with the invoice {key} instead of {part.target_id}"
    if not shown or (_succeeded(_folded(said)) and not set(shown) - {"id"}):
        return ""
    for name, sent in part.body.items():
        if shown.get(name) != sent:
            return f"its answer shows {name} {shown.get(name, 'empty')} instead of {sent}"
    return ""


def _shown(said: Mapping[str, Any], client: Client, cleaner: Cleaner) -> dict[str, Any]:
    """The id and the written fields of an answered row, under the names of reading or of the call."""
    call, members = client.settings.calls.write, _folded(said)
    shown: dict[str, Any] = {}
    reading = client.settings.fields.invoices.spellings()
    for name, written in (("id", call.id), ("external_id", call.external_id), ("status", call.status)):
        names = [spelling.casefold() for spelling in (*reading[name], written)]
        present = next((members[spelling] for spelling in names if spelling in members), MISSING)
        if present is not MISSING:
            shown |= {name: None, **_typed(cleaner, reading[name][0], present)}
    return shown


def _typed(cleaner: Cleaner, spelling: str, value: Any) -> Mapping[str, Any]:
    try:
        return cleaner.values("invoices", {spelling: value})
    except NotTyped:
        return {}


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


def _row(said: Any, cleaner: Cleaner, part: Part) -> Mapping[str, Any]:
    """The invoice in the answer, if there is one."""
    try:
        values = cleaner.values("invoices", said) if isinstance(said, Mapping) else {}
    except NotTyped:
        return {}
    return values if values.get("id") == part.target_id else {}
