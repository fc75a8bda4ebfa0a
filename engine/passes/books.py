"""Compare both books, document by document, over the ledger's links. Reads; writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.mapping import Program
from engine.model.address import Address
from engine.model.amounts import amount
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
    here: bool = True  # False: the source does not have it any more


def compare(
    desk: Desk, base: Program, theirs: Mapping[str, Record], whole_since: datetime | None
) -> Reconciled:
    """The report for one mapping. `theirs` is what was read of the target: all that stood there at a moment
    and what changed since, or only what changed since some earlier reading.
    """
    ours, whole = _ours(desk, base)
    gone = _Source(None, None, here=False) if whole else None
    _, stream = desk.target(base)
    found = Reconciled()
    books: dict[str, Book] = {}
    for link in desk.ledger.links.all(base.name):
        record = theirs.get(link.target.key)
        source = ours.get(link.address.key, gone)
        found.documents += 1
        # What this run itself has written since is not missing, whatever the other side's clock says.
        missing = record is None and whole_since is not None and (link.at is None or link.at < whole_since)
        values = record.values if record is not None else {} if missing else link.seen
        if missing:
            found.rows.append(_row(desk, "missing", link, "it is no longer there"))
        else:
            found.rows += _rows(desk, base, link, values, source)
        _enter(books, desk, base, stream, values, source)
    found.rows += _unknown(desk, base, stream, theirs)
    order = {kind: at for at, kind in enumerate((*DRIFT, *NEWS))}
    found.rows.sort(key=lambda row: (order[row.kind], row.title))
    found.books = [books[currency] for currency in sorted(books)]
    return found


def _ours(desk: Desk, base: Program) -> tuple[dict[str, _Source], bool]:
    """What the source has, and whether that is surely all of it."""
    system, stream = desk.source(base)
    desk.watch.stage(f"reading {base.source}")
    found: dict[str, _Source] = {}
    whole = not stream.work_queue  # which leaves out what has been dealt with
    for read in desk.read(base):
        if isinstance(read, Notice):
            # A queue that shows more than one page is no news here; what cannot be seen at all is.
            desk.report.say([read.message] if read.kind != "queue_full" else [])
            whole = False
            continue
        mapped = desk.mapper(base)(read)
        payload = mapped if isinstance(mapped, Payload) else None
        found[read.address.key] = _Source(payload, system.books.standing(stream.name, read.values))
    return found, whole


def _rows(
    desk: Desk, base: Program, link: Link, values: Mapping[str, Any], source: _Source | None
) -> Iterator[Row]:
    system, stream = desk.target(base)
    standing = system.books.standing(stream.name, values)
    if standing is None:
        return
    if standing.state != "open":
        note = f"{amount(standing.paid)} of {amount(standing.total)} {standing.currency}"
        yield _row(desk, standing.state, link, note if standing.state in ("paid", "part_paid") else "")
    if standing.state in GONE:
        return
    if source is not None and not source.here:
        yield _row(desk, "unknown", link, f"{link.address.system} does not have {link.address} any more")
    before = source.standing if source else None
    if before is not None and before.state == "paid" and standing.state in ("open", "part_paid"):
        yield _row(desk, "unpaid", link, f"paid in {link.address.system}, not in {link.target.system}")
    edited = drift(link.body, values, stream)
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
    theirs = system.books.standing(stream.name, values)
    ours = source.standing if source else None
    known = theirs or ours
    if known is None:
        return
    currency = known.currency
    book = books.get(currency, Book(currency, Decimal(0), Decimal(0), 0))
    target = theirs.total if theirs is not None and theirs.state not in GONE else Decimal(0)
    # A page that was cut off does not show the document: its absence there proves nothing.
    away = Decimal(0) if source is not None and not source.here else target
    here = ours.total if ours is not None else away
    books[currency] = Book(currency, book.source + here, book.target + target, book.documents + 1)


def _unknown(desk: Desk, base: Program, stream: Stream, theirs: Mapping[str, Record]) -> Iterator[Row]:
    """Documents at the target that no link knows of, from the cut-off date on."""
    system, _ = desk.target(base)
    linked = desk.taken(base)
    since = desk.limits.first_run_since
    for key, record in theirs.items():
        standing = system.books.standing(stream.name, record.values)
        dated = record.values.get(stream.date or "")
        old = since is not None and dated is not None and str(dated) < since.isoformat()
        if key in linked or standing is None or standing.state in GONE or old:
            continue
        title = str(record.values.get(stream.title) or key)
        note = f"{amount(standing.total)} {standing.currency}"
        link = system.books.web_link(stream.name, key)
        yield Row("unknown", title, None, record.address, note, link=link)


def _row(desk: Desk, kind: str, link: Link, note: str, differences: tuple[Difference, ...] = ()) -> Row:
    system = desk.systems[link.target.system]
    stream = desk.streams[link.target.stream_ref]
    title = str(link.seen.get(stream.title) or link.address)
    address: Address = link.target
    people = system.books.web_link(stream.name, address.key)
    return Row(kind, title, link.address, address, note, differences, people)
