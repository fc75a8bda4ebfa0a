"""Compare both books, document by document: those that are linked, and those in one of them only.

Reads the ledger, which the readings of this run have brought up to date. The rows of a currency add up to the
difference of its totals, to the last cent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

from engine.ledger import chunks
from engine.model.address import Address
from engine.model.amounts import amount
from engine.model.drift import DRIFT, NEWS, Book, Document, Row
from engine.model.link import Link
from engine.model.record import NotTyped, typed
from engine.model.report import Reconciled
from engine.passes.compare.accepting import Acceptances
from engine.passes.compare.merged import Merged
from engine.passes.compare.rows import Pair, pair_rows
from engine.passes.context import RunContext
from engine.passes.dismissed import dismissed_reasons
from engine.passes.flow import Flow
from engine.passes.held import held_rows
from engine.planning.diff import drift
from engine.planning.paths import without

HELD = "held: "
UNCONFIRMED = "an earlier write is still unconfirmed; the next run checks it first"


def compare_books(context: RunContext, bases: Sequence[Flow]) -> Reconciled:
    """The report over the books of these flows."""
    comparison = _Comparison(context)
    for base in bases:
        comparison.add_linked(base)
    for source in {base.source.ref: base for base in bases}.values():
        same_source = [base for base in bases if base.source.ref == source.source.ref]
        comparison.add_waiting(same_source)
        comparison.add_left_out(source, same_source)
    for target in {base.target.ref: base for base in bases}.values():
        comparison.add_strangers(target, [base for base in bases if base.target.ref == target.target.ref])
    return comparison.reconciled()


class _Comparison:
    def __init__(self, context: RunContext) -> None:
        self._context = context
        self._report = Reconciled()
        self._books: dict[str, Book] = {}
        self._drafts: dict[str, Book] = {}
        self._acceptances = Acceptances(context.ledger.accepted.all())

    def reconciled(self) -> Reconciled:
        self._context.ledger.accepted.report(self._acceptances.drifted)
        order = {kind: index for index, kind in enumerate((*DRIFT, *NEWS))}
        self._report.rows.sort(key=lambda row: (row.accepted is not None, order[row.kind], row.title))
        self._report.books = [self._books[currency] for currency in sorted(self._books)]
        self._report.drafts = [self._drafts[currency] for currency in sorted(self._drafts)]
        return self._report

    # -- documents in both systems

    def add_linked(self, base: Flow) -> None:
        for pair in _pairs(self._context, base):
            self._report.documents += 1
            if rows := pair_rows(pair):
                link = base.target.web_link(pair.link.target.key)  # may cost a request
                rows = [replace(row, link=link) for row in rows]
                self._report.rows += self._acceptances.applied(rows)
            self._add(pair.source_total, pair.target_total)

    def _add(self, source: tuple[str, Decimal], target: tuple[str, Decimal]) -> None:
        """Add a document to the totals of both books; in two currencies, to those of both."""
        if source[0] == target[0]:
            _add_to(self._books, Book(source[0], source[1], target[1], 1))
            return
        _add_to(self._books, Book(source[0], source[1], Decimal(0), 1))
        _add_to(self._books, Book(target[0], Decimal(0), target[1], 1))

    # -- documents in the source only

    def add_waiting(self, bases: Sequence[Flow]) -> None:
        """Documents that a flow would push and has not: held, skipped, or to be pushed next.

        One that cannot be read may be taken by several flows: it is in the books once, with the reason of the
        flow that holds it.
        """
        waiting: dict[Address, tuple[Document, str]] = {}
        for base in bases:
            for document, why in self._waiting(base):
                known = waiting.get(document.address)
                if not self._is_linked(document, bases) and (known is None or not known[1]):
                    waiting[document.address] = document, why
        for document, why in waiting.values():
            self._add_source_only(document, why or "not pushed yet")

    def _waiting(self, base: Flow) -> Iterator[tuple[Document, str]]:
        """Documents of one flow, each with the reason why it was not pushed; empty if there is none."""
        held = held_rows(self._context, base.name)
        begun, dismissed = self._context.unconfirmed(base.name), dismissed_reasons(self._context, base)
        for document in self._context.ledger.documents.unlinked_sources(base.source.ref, base.name):
            if base.name in document.taken:
                row = held.get(document.address)
                why = dismissed.get(document.address) or document.taken[base.name]
                if document.address in begun:
                    why = UNCONFIRMED
                elif row is not None:
                    why = f"{HELD}{row.reason}"
                yield document, why

    def _is_linked(self, document: Document, bases: Sequence[Flow]) -> bool:
        links = self._context.ledger.links
        return any(links.get(base.name, document.address) is not None for base in bases)

    def add_left_out(self, base: Flow, bases: Sequence[Flow]) -> None:
        """Documents that no flow takes: `where` leaves them out."""
        ledger, names = self._context.ledger, [one.name for one in bases]
        for document in ledger.documents.unlinked_sources(base.source.ref, base.name):
            standing = document.standing
            if standing is None or set(names) & set(document.taken) or self._is_linked(document, bases):
                continue
            if standing.state == "draft":
                _add_to(self._drafts, Book(standing.currency, standing.total, Decimal(0), 1))
                continue
            state = "" if standing.state == "open" else f"{standing.state.replace('_', ' ')}; "
            self._add_source_only(document, f"{state}`where` leaves it out ({', '.join(names)})")

    def _add_source_only(self, document: Document, why: str) -> None:
        standing, currency, share = document.standing, "", Decimal(0)
        if standing is not None:
            currency, share = standing.currency, -standing.total
        elif why.startswith(HELD):
            why = f"{why}; its total is not known, and not in these totals"
        else:  # its source does not count it as a document
            return
        title = document.title or str(document.address)
        link = self._context.stream(document.address.stream_ref).web_link(document.address.key)
        self._report.rows.append(
            Row("source_only", title, document.address, None, why, (), link, currency, share, document.title)
        )
        if standing is not None:
            _add_to(self._books, Book(currency, standing.total, Decimal(0), 1))

    # -- documents in the target only

    def add_strangers(self, base: Flow, bases: Sequence[Flow]) -> None:
        linked = {key for one in bases for key in self._context.linked_targets(one)}
        for document in self._context.ledger.documents.unlinked_targets(base.target.ref, base.name):
            standing = document.standing
            if standing is None or document.address.key in linked:
                continue
            note = f"{amount(standing.total)} {standing.currency}"
            link, title = base.target.web_link(document.address.key), document.title or document.address.key
            total, currency = standing.total, standing.currency
            self._report.rows.append(
                Row("unknown", title, None, document.address, note, (), link, currency, total)
            )
            _add_to(self._books, Book(currency, Decimal(0), total, 1))


def _add_to(books: dict[str, Book], book: Book) -> None:
    books[book.currency] = books[book.currency] + book if book.currency in books else book


def _pairs(context: RunContext, base: Flow) -> Iterator[Pair]:
    merged = Merged(context, base)
    for chunk in chunks(context.ledger.links.all(base.name)):
        sources = context.ledger.documents.get(base.source.ref, [link.address.key for link in chunk])
        targets = context.ledger.documents.get(base.target.ref, [link.target.key for link in chunk])
        for link in chunk:
            target = targets.get(link.target.key)
            missing = target is not None and target.absent
            pair = _pair(base, link, sources.get(link.address.key), missing=missing)
            pair = replace(pair, edits=merged.without_moves(pair.edits))
            yield replace(pair, file=context.report.file)


def _pair(base: Flow, link: Link, source: Document | None, *, missing: bool) -> Pair:
    target, values = base.target, link.last_seen
    sent = without(link.stored, base.program.only_create)  # what it may have been given since is its own
    edits = () if missing else drift(sent, values, target.schema)
    if edits:
        with suppress(NotTyped):  # dates and amounts as people know them, not as the ledger keeps them
            edits = drift(sent, typed(values, target.schema), target.schema)
    return Pair(
        link,
        target.standing(values),
        values,
        missing,
        source,
        edits,
        source.controls.get(base.name) if source is not None else None,
        target.title(values) or str(link.address),
        lambda: target.web_link(link.target.key),
        unapproved=_unapproved(base, link),
    )


def _unapproved(base: Flow, link: Link) -> str:
    """That a document waits for approval, unless it was sent so."""
    approval = base.target.schema.approval
    if approval is None:
        return ""
    state = link.last_seen.get(approval.field)
    waits = state in approval.values and link.body.get(approval.field) not in approval.values
    return f"{state}; waits until {approval.until}" if waits else ""
