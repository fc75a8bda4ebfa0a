"""Compare both books, document by document, over the ledger's links. Reads; writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.mapping import Program
from engine.model.address import Address
from engine.model.change import Difference
from engine.model.drift import DRIFT, NEWS, Book, Row, Standing
from engine.model.link import Link
from engine.model.payload import Payload
from engine.model.record import Notice, Record
from engine.model.report import Reconciled
from engine.model.schema import Stream
from engine.passes.desk import Desk
from engine.planning import totals
from engine.planning.diff import drift

GONE = ("voided", "deleted")


@dataclass(frozen=True, slots=True)
class _Source:
    """What the source says of a document now."""

    payload: Payload | None  # None where its mapping leaves it out or refuses it by now
    standing: Standing | None


def compare(desk: Desk, base: Program, theirs: Mapping[str, Record], *, full: bool) -> Reconciled:
    """The report for one mapping. `theirs` is what was read of the target: all of it, or what changed."""
    ours = _ours(desk, base)
    _, stream = desk.target(base)
    found = Reconciled()
    books: dict[str, Book] = {}
    linked = set()
    for link in desk.ledger.links(base.name):
        linked.add(link.target.key)
        record = theirs.get(link.target.key)
        source = ours.get(link.address.key)
        found.documents += 1
        if record is None and full:
            found.rows.append(_row(desk, "missing", link, "it does not stand there any more"))
            continue
        values = record.values if record is not None else link.seen
        found.rows += _rows(desk, base, link, values, source)
        _enter(books, desk, base, stream, values, source)
    found.rows += _unknown(desk, base, stream, theirs, linked)
    order = {kind: at for at, kind in enumerate((*DRIFT, *NEWS))}
    found.rows.sort(key=lambda row: (order[row.kind], row.title))
    found.books = [books[currency] for currency in sorted(books)]
    return found


def _ours(desk: Desk, base: Program) -> dict[str, _Source]:
    system, stream = desk.source(base)
    desk.watch.stage(f"reading {base.source}")
    found = {}
    for item in desk.read(base):
        if isinstance(item, Notice):
            # A queue that shows more than one page is no news here; a list that may be cut off is.
            desk.report.say([item.message] if item.kind == "cut_off" else [])
            continue
        mapped = desk.mapper(base)(item)
        payload = mapped if isinstance(mapped, Payload) else None
        found[item.address.key] = _Source(payload, system.standing(stream.name, item.values))
    return found


def _rows(
    desk: Desk, base: Program, link: Link, values: Mapping[str, Any], source: _Source | None
) -> Iterator[Row]:
    system, stream = desk.target(base)
    standing = system.standing(stream.name, values)
    if standing is None:
        return
    if standing.state != "open":
        note = f"{standing.paid:,f} of {standing.total:,f} {standing.currency}"
        yield _row(desk, standing.state, link, note if standing.state in ("paid", "part_paid") else "")
    if standing.state in GONE:
        return
    before = source.standing if source else None
    if before is not None and before.state == "paid" and standing.state in ("open", "part_paid"):
        yield _row(desk, "unpaid", link, f"paid in {link.address.connector}, not in {link.target.connector}")
    sent = {name: value for name, value in link.body.items() if name not in stream.moving}
    edited = drift(sent, values, stream)
    if edited:
        yield _row(desk, "edited", link, "", edited)
    payload = source.payload if source else None
    if payload is not None:
        yield from _cents(desk, link, payload, values)


def _cents(desk: Desk, link: Link, payload: Payload, values: Mapping[str, Any]) -> Iterator[Row]:
    found = {name: value for name in payload.totals if isinstance(value := values.get(name), Decimal | int)}
    seen = {name: Decimal(value) for name, value in found.items()}
    differing = totals.differences(payload, seen)
    accepted = payload.on_difference == "accept" and totals.within(differing, payload.tolerance)
    if not accepted and not totals.settled(payload, seen):
        pairs = tuple(Difference(name, one, other) for name, (one, other) in differing.items())
        yield _row(desk, "cents", link, "", pairs)


def _enter(
    books: dict[str, Book],
    desk: Desk,
    base: Program,
    stream: Stream,
    values: Mapping[str, Any],
    source: _Source | None,
) -> None:
    """Enter a document into both books' totals."""
    system, _ = desk.target(base)
    theirs = system.standing(stream.name, values)
    ours = source.standing if source else None
    if theirs is None and ours is None:
        return
    currency = (theirs or ours).currency  # type: ignore[union-attr]
    book = books.get(currency, Book(currency, Decimal(0), Decimal(0), 0))
    target = theirs.total if theirs is not None and theirs.state not in GONE else Decimal(0)
    # A page that was cut off does not show the document: its absence there proves nothing.
    here = ours.total if ours is not None else target
    books[currency] = Book(currency, book.source + here, book.target + target, book.documents + 1)


def _unknown(
    desk: Desk, base: Program, stream: Stream, theirs: Mapping[str, Record], linked: set[str]
) -> Iterator[Row]:
    """Documents at the target that no link knows of, from the cut-off date on."""
    system, _ = desk.target(base)
    since = desk.limits.first_run_since
    for key, record in theirs.items():
        standing = system.standing(stream.name, record.values)
        dated = record.values.get(stream.dated_by or "")
        old = since is not None and dated is not None and str(dated) < since.isoformat()
        if key in linked or standing is None or standing.state in GONE or old:
            continue
        title = str(record.values.get(stream.title) or key)
        note = f"{standing.total:,f} {standing.currency}"
        link = system.address_for_people(stream.name, key)
        yield Row("unknown", title, None, record.address, note, link=link)


def _row(desk: Desk, kind: str, link: Link, note: str, differences: tuple[Difference, ...] = ()) -> Row:
    system = desk.systems[link.target.connector]
    stream = desk.streams[link.target.place]
    title = str(link.seen.get(stream.title) or link.address)
    address: Address = link.target
    people = system.address_for_people(stream.name, address.key)
    return Row(kind, title, link.address, address, note, differences, people)
