"""Write external id and status back, the only fields of an invoice that PSOhub's API can change
(connectors/psohub/API.md, 3)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from connectors.psohub.answers import doubt_in, refusal_in, succeeded, unwrapped
from connectors.psohub.cleaning import Cleaner
from connectors.psohub.client import Client
from connectors.psohub.settings import WriteCall
from connectors.psohub.streams import INVOICES
from engine.sdk import (
    Answer,
    Batch,
    InDoubtError,
    NotTyped,
    Part,
    Receipt,
    RequestRefusedError,
    SignInError,
    UnavailableError,
    redacted,
    refuse,
)

MISSING = object()


class Writer:
    """Writes for one opened system.

    An answer that does not show what was written is checked by reading, once for each form of answer: a call
    with a wrong name may well be answered 200 (connectors/psohub/API.md, 3.8).
    """

    def __init__(self, client: Client, cleaner: Cleaner) -> None:
        self._client, self._cleaner = client, cleaner
        self._proven: set[Hashable] = set()  # forms of answers after which PSOhub showed what was written

    def write(self, batch: Batch) -> list[Receipt]:
        """One call for each part; anything but an update of invoices is refused."""
        if batch.stream != "invoices" or batch.verb != "update":
            reason = (
                f"PSOhub cannot {batch.verb} {batch.stream}: only external id and status of invoices can "
                "change"
            )
            return refuse(batch, reason, "psohub.verb")
        return [self._write(part) for part in batch.parts]

    def _write(self, part: Part) -> Receipt:
        if part.target_id is None:
            return Receipt("refused", None, "PSOhub creates invoices itself", "psohub.verb")
        client, call = self._client, self._client.settings.calls.write
        try:
            answer = client.write(wire_body(part.target_id, part.body, call))
        except SignInError as error:
            raise SignInError(f"{error}. {_advice(call)}") from error
        except InDoubtError as error:  # a wrong call may be answered with a status 500, too
            raise type(error)(f"{error}. {_advice(call)}", f"{error.words}. {_advice(call)}") from error
        if not answer.ok:
            reason = f"status {answer.status}: {client.http.words(answer)}. {_advice(call)}"
            return Receipt("refused", part.target_id, reason, "psohub.request")
        said = _body(answer, self._cleaner, part)
        if refusal := self._refusal(answer, said, part):
            words = redacted(refusal)
            reason = f"PSOhub answered {answer.status}, but did not write it: {words}. {_advice(call)}"
            return Receipt("refused", part.target_id, reason, "psohub.refused")
        return Receipt("done", part.target_id, observed=_row(said, self._cleaner, part))

    def _refusal(self, answer: Answer, said: Any, part: Part) -> str:
        """Why a write that was answered with a 2xx was not made after all; an empty text if it was."""
        if refusal := refusal_in(said) or self._differing(said, part):
            return refusal
        if not (doubt := doubt_in(said)):
            form = _form(answer, said)
            if form in self._proven or self._shows_all(said, part):
                return ""
        try:
            unwritten = self._unwritten(part)
        except (RequestRefusedError, UnavailableError) as error:
            call = self._client.settings.calls.write
            words = f"PSOhub answered {answer.status}, and whether it wrote that could not be read: {error}"
            raise InDoubtError(f"{words}. {_advice(call)}") from error
        if doubt:
            return "" if unwritten == "" else doubt
        if unwritten == "":
            self._proven.add(form)
        return unwritten or ""

    def _differing(self, said: Any, part: Part) -> str:
        """What an answered row shows differently than it was written; an empty text if it shows nothing."""
        if not isinstance(said, Mapping):
            return ""
        shown = self._shown(said)
        if (key := shown.get("id")) is not None and key != part.target_id:
            return f"it answers with the invoice {key} instead of {part.target_id}"
        if not shown or (succeeded(said) and not set(shown) - {"id"}):
            return ""
        for name, sent in part.body.items():
            if shown.get(name) != sent:
                return f"its answer shows {name} {shown.get(name) or 'empty'} instead of {sent}"
        return ""

    def _shows_all(self, said: Any, part: Part) -> bool:
        """Whether the answer is the row as it was written. The request alone, echoed, is not."""
        if not isinstance(said, Mapping):
            return False
        shown, sent = self._shown(said), {"id": part.target_id, **part.body}
        return sent.items() <= shown.items() and len(said) > len(sent)

    def _shown(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """The id and the written fields of an answered row, under the names of reading or of the call."""
        call, members = self._client.settings.calls.write, {str(k).casefold(): v for k, v in said.items()}
        shown: dict[str, Any] = {}
        reading = self._client.settings.fields.invoices.spellings()
        for name, written in (("id", call.id), ("external_id", call.external_id), ("status", call.status)):
            names = [spelling.casefold() for spelling in (*reading[name], written)]
            present = next((members[spelling] for spelling in names if spelling in members), MISSING)
            if present is not MISSING:
                shown |= {name: None, **_typed(self._cleaner, reading[name][0], present)}
        return shown

    def _unwritten(self, part: Part) -> str | None:
        """What PSOhub does not show as it was written: empty if nothing, None if its lists are cut off.

        Filters are documented, the member that shows an external id is not (connectors/psohub/API.md, 3.2).
        """
        unknown = False
        for name, sent in part.body.items():
            queue = name == "external_id"
            filters = INVOICES.queue if queue else {"invoicestatus": str(sent)}
            answer = self._client.rows("invoices", filters)
            rows = (self._cleaner.clean("invoices", row).values for row in answer.rows)
            row = next((values for values in rows if values.get("id") == part.target_id), None)
            if row is not None and row.get(name) == sent:
                continue
            if queue and row is not None:
                return f"PSOhub still lists the invoice as one without an external id ({_asked(filters)})"
            if not queue and not (row or answer.full):
                return f"PSOhub does not list the invoice as {sent} ({_asked(filters)})"
            unknown |= answer.full
        return None if unknown else ""


def _asked(filters: Mapping[str, str]) -> str:
    return "GET invoices?" + "&".join(f"{name}={value}" for name, value in filters.items())


def _form(answer: Answer, said: Any) -> Hashable:
    """What answers to writes have in common that PSOhub gives in the same case."""
    members = frozenset(str(name).casefold() for name in said) if isinstance(said, Mapping) else None
    return answer.status, type(said), members


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
        return unwrapped(body)
    return next(
        (row for row in body if cleaner.key("invoices", row) == part.target_id), next(iter(body), None)
    )


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
