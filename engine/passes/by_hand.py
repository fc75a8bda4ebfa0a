"""Links that a person makes and undoes, where the match rules leave it to one.

Linking reads both records; unlinking needs the ledger alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.ledger import Ledger
from engine.mapping import Program
from engine.model.address import Address, StreamRef
from engine.model.change import Adopt, Difference
from engine.model.errors import ConfigError
from engine.model.link import Link
from engine.model.payload import Payload
from engine.model.record import Record
from engine.model.report import ActionRow
from engine.model.schema import Stream
from engine.passes.context import RunContext
from engine.passes.flow import Flow
from engine.passes.plan.flow_plan import Decided
from engine.passes.plan.sides import Sides
from engine.passes.plan.wishes import LINKED, adopted_rows
from engine.passes.write.adopting import adopted_link
from engine.planning.agreement import disagreements
from engine.planning.update import unlike

GONE = ("voided", "deleted")


@dataclass(frozen=True, slots=True)
class Linked:
    """A link that was made by hand, with both sides for people."""

    link: Link
    ours: str
    theirs: str
    differences: tuple[Difference, ...]  # in the fields of `target.agree`
    overwritten: tuple[Difference, ...]  # what the next run changes at the target
    not_done: tuple[ActionRow, ...]  # actions that a new record would have had


def link(context: RunContext, name: str, target_name: str) -> Linked:
    """Link a source record to what exists at the target. Raises ConfigError if it cannot be."""
    flow, payload = _payload(context, name)
    _refuse_linked(context.ledger, flow, payload.address)
    if payload.address in context.unconfirmed(flow.name):
        raise ConfigError(f"an earlier write of {payload.address} is still unconfirmed; run the config first")
    record = _target_record(flow, target_name)
    _refuse_taken(context, flow, record.address)
    standing = flow.target.standing(record.values)
    if standing is not None and standing.state in GONE:
        raise ConfigError(f"{record.address} is {standing.state}; link a document that exists")
    sides = Sides(context, flow, Decided(context))
    claim = sides.claim(payload)
    differing = disagreements(claim, record.values, flow.target.schema, flow.program.agree)
    sent = flow.program.on_change == "update"
    unsent = unlike(claim.body, record.values, flow.target.schema, flow.update_rules) if sent else ()
    made = adopted_link(context, flow, Adopt(payload, record.address.key, unsent), record.values)
    context.ledger.links.save([made])
    context.ledger.held.release(flow.name, payload.address)
    verbs = [request.verb for request in payload.actions]
    context.ledger.actions.want_none(flow.name, [(payload.address, verb) for verb in verbs], LINKED)
    not_done = tuple(row for verb in verbs for row in adopted_rows(flow, [(payload, record.values)], verb))
    return Linked(made, sides.ours(payload), sides.theirs(payload, record), differing, unsent, not_done)


def unlink(
    ledger: Ledger, programs: Mapping[str, Program], streams: Mapping[StreamRef, Stream], name: str
) -> Link:
    """Undo the link of a record, named by an address or a number of either side. Raises ConfigError.

    Its held rows and approvals go with it, and what was written back for it is forgotten, so that the next
    run decides as if it had never been sent: a credit note that is created again is allocated again. An
    e-mail that was sent is not forgotten.
    """
    found = list(_links(ledger, programs, streams, name))
    if not found:
        raise ConfigError(f'"{name}" is not linked; name it by an address such as psohub.invoices/1042')
    if len(found) > 1:
        shown = ", ".join(str(one.address) for one in found[:5])
        raise ConfigError(f'"{name}" is the name of several records; use one of {shown}')
    (undone,) = found
    for begun in ledger.batches.unfinished():
        parts = {begun.batch.parts[position].address for position in begun.open}
        if begun.mapping == undone.mapping and undone.address in parts:
            raise ConfigError(
                f"an earlier write of {undone.address} is still unconfirmed; run the config first"
            )
    dependent = [other.name for other in programs.values() if other.linked == undone.mapping]
    actions = streams[undone.target.stream_ref].actions
    ledger.links.unlink(undone, dependent, [verb for verb, action in actions.items() if not action.mails])
    return undone


def _links(
    ledger: Ledger, programs: Mapping[str, Program], streams: Mapping[StreamRef, Stream], name: str
) -> Iterator[Link]:
    """The links of pushing mappings with this address, id or number."""
    for program in programs.values():
        if program.target is None or program.linked or program.source is None:
            continue
        title = streams[program.target].title
        for found in ledger.links.all(program.name):
            addresses = (found.address, found.target)
            names = {*map(str, addresses), *(address.key for address in addresses), found.title}
            if name in names or name == found.last_seen.get(title):
                yield found


def _payload(context: RunContext, name: str) -> tuple[Flow, Payload]:
    """The record that a mapping pushes, by its address or number."""
    reasons: list[str] = []
    for flow in context.push_flows():
        for record in _source_records(context, flow, name):
            mapped = flow.mapper(record)
            if isinstance(mapped, Payload):
                return flow, flow.with_fingerprint(mapped)
            if mapped is not None:
                reasons += [f"{flow.name} refuses {record.address}: {refusal.reason}" for refusal in mapped]
            else:
                reasons.append(f"{flow.name} leaves out {record.address}")
    raise ConfigError("; ".join(reasons) or f'no record "{name}" was found at the source')


def _source_records(context: RunContext, flow: Flow, name: str) -> Iterator[Record]:
    address = _address(name)
    if address is not None:
        keys = [address.key] if address.stream_ref == flow.source.ref else []
    else:
        rows = context.ledger.held.rows(flow.name)
        keys = [row.address.key for row in rows if name in (row.title, row.address.key)]
    if keys or address is not None:
        yield from _records(flow.read(keys=keys) if keys else ())
        return
    for record in _records(flow.read()):
        if name in (record.address.key, flow.source.title(record.values)):
            yield record


def _target_record(flow: Flow, name: str) -> Record:
    target = flow.target
    address = _address(name)
    if address is not None and address.stream_ref != target.ref:
        raise ConfigError(f"{flow.name} writes to {target}; {address} is not one of its records")
    records = list(_records(target.read(keys=[address.key if address is not None else name])))
    title = target.schema.title
    if not records and address is None and title in target.schema.match_fields:
        records = [*target.find([{title: name}])[0]]
    if not records:
        raise ConfigError(f'{target} has no record "{name}"')
    if len(records) > 1:
        shown = ", ".join(str(record.address) for record in records[:5])
        raise ConfigError(f'"{name}" is the name of several records; use one of {shown}')
    return records[0]


def _refuse_linked(ledger: Ledger, flow: Flow, address: Address) -> None:
    before = ledger.links.get(flow.name, address)
    if before is not None:
        raise ConfigError(f"{address} is already linked to {before.target}; `sync unlink` undoes that")


def _refuse_taken(context: RunContext, flow: Flow, target: Address) -> None:
    for other in (flow, *(one for one in context.push_flows() if one.target.ref == flow.target.ref)):
        owner = context.ledger.links.sources(other.name).get(target.key)
        if owner is not None and (other is flow or other.program.create):
            source = other.source.ref.address(owner)
            raise ConfigError(f"{target} is already linked to {source}; `sync unlink` undoes that")


def _address(text: str) -> Address | None:
    try:
        return Address.parse(text)
    except ValueError:
        return None


def _records(entries: Iterator[object] | tuple[()]) -> Iterator[Record]:
    return (entry for entry in entries if isinstance(entry, Record))
