"""Both sides of a match, for comparing and for people: title, customer, date, amount."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from engine.model.address import Address
from engine.model.amounts import amount
from engine.model.payload import Payload, Ref
from engine.model.record import Record
from engine.passes.context import RunContext
from engine.passes.flow import Flow, OpenStream
from engine.passes.plan.flow_plan import Decided
from engine.planning import control_totals
from engine.planning.agreement import Claim
from engine.sdk.wire import dumps


class Sides:
    """Describes the payloads of a flow and the records at its target that may be theirs."""

    def __init__(self, context: RunContext, flow: Flow, decided: Decided) -> None:
        self._context, self._flow, self._decided = context, flow, decided
        self._titles: dict[tuple[str, str], str] = {}  # (mapping, target key) -> title of the target record

    def claim(self, payload: Payload) -> Claim:
        """The payload as it is compared with what exists."""
        target, body = self._flow.target, self._decided.resolved(payload)
        schema, agree = target.schema, self._flow.program.agree
        unstated = any(path in schema.control_totals and path not in payload.totals for path in agree)
        totals = target.totals(body) if unstated else {}
        no_currency = schema.currency in agree and schema.currency not in body
        return Claim(payload, body, totals, target.base_currency() if no_currency else "")

    def ours(self, payload: Payload) -> str:
        """`INV-2026-0001, Plain Ltd, 2026-09-14, 115.00 NZD`."""
        schema, body = self._flow.target.schema, payload.body
        names = [self._source_title(ref) for _, ref in _top_refs(payload)]
        last = schema.control_totals[-1:]
        totals = control_totals.source_totals(payload)
        total = next((totals.get(name, body.get(name)) for name in last), None)
        return _line(
            payload.title, names, body.get(schema.date or ""), total, body.get(schema.currency or "")
        )

    def theirs(self, payload: Payload, record: Record) -> str:
        """The same of a record at the target."""
        target, values = self._flow.target, record.values
        names = [
            self._target_title(ref, member)
            for name, ref in _top_refs(payload)
            if isinstance(member := values.get(name), Mapping)
        ]
        total = next((values.get(name) for name in target.schema.control_totals[-1:]), None)
        dated, currency = values.get(target.schema.date or ""), values.get(target.schema.currency or "")
        return _line(target.title(values), names, dated, total, currency)

    def _source_title(self, ref: Ref) -> str:
        change = self._decided.change(ref)
        payload = getattr(change, "payload", None)
        title = payload.title if isinstance(payload, Payload) else getattr(change, "title", "")
        return str(title or self._read_title(ref) or ref.address)

    def _read_title(self, ref: Ref) -> str:
        """What the source calls a record for which nothing is decided."""
        flow = self._context.flow(ref.mapping)
        records = (one for one in flow.read(keys=[ref.address.key]) if isinstance(one, Record))
        return next((flow.source.title(record.values) for record in records), "")

    def _target_title(self, ref: Ref, member: Mapping[str, Any]) -> str:
        """What people call the record that an object of the target names: it may hold no more than the id."""
        stream = self._context.flow(ref.mapping).target
        key = str(member.get(stream.schema.key) or "")
        if title := member.get(stream.schema.title):
            return str(title)
        if key and (ref.mapping, key) not in self._titles:
            records = [record for record in stream.read(keys=[key]) if isinstance(record, Record)]
            self._titles[ref.mapping, key] = next((stream.title(one.values) for one in records), "")
        return self._titles.get((ref.mapping, key)) or key or dumps(member)


def merged_sentence(target: OpenStream, title: str, away: Address, heir: Record, *, moves: bool) -> str:
    """`moves`: the link leads to the heir now; else the heir is linked to another record."""
    into = f"{target.title(heir.values)} ({heir.address})"
    if moves:
        return f"{title} ({away}) was merged into {into} in {target.system_name}: its link moved there"
    return (
        f"{title} ({away}) was merged in {target.system_name} into {into}, which is linked to another "
        "record: both refer to it, and changes of this one are not sent"
    )


def _top_refs(payload: Payload) -> Iterator[tuple[str, Ref]]:
    return ((name, value) for name, value in payload.body.items() if isinstance(value, Ref))


def _line(title: str, names: list[str], dated: Any, total: Any, currency: Any) -> str:
    money = amount(Decimal(total)) if isinstance(total, int | Decimal) else ""
    parts = [title, *names, str(dated or ""), f"{money} {currency or ''}".strip() if money else ""]
    return ", ".join(filter(None, parts))
