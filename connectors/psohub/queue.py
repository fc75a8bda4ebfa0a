"""The invoices in two lists: those without an external id (the work queue), and all of them.

PSOhub has no paging, so a list may end before its last record and not say so (connectors/psohub/API.md, 3.3).
A list that is as long as servers usually send at most, or as was asked for, may be cut off. Any other length
may be a cap as well, but a first run shows two equal lists anyway: what counts then is whether another
question brings an invoice that the lists lack.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from connectors.psohub.cleaning import Cleaner
from connectors.psohub.client import FEWEST, TOO_MUCH, Client, Rows
from connectors.psohub.joining import cut_off
from connectors.psohub.resource import Resource
from engine.sdk import Notice, RequestRefusedError

APPROVED, DRAFT = "approved", "draft"
IN_QUEUE = (APPROVED, "sent", "paid")  # drafts must not fill up the queue
_NUMBERED = re.compile(r"(.*?)(\d{1,18})(\D*)", re.DOTALL)


class WorkQueue:
    """Reads both lists for one opened system, and remembers what they have shown."""

    def __init__(self, client: Client, cleaner: Cleaner) -> None:
        self._client, self._cleaner = client, cleaner
        self._seen: set[str] = set()  # ids of all invoices that any list has shown

    def read(self, resource: Resource) -> Iterator[Rows | Notice]:
        """The work queue first, then the list; a queue that is cut off, status by status as well."""
        stream = resource.stream.name
        # The list is read first: a queue that is shorter than it is not cut off, whatever its length.
        listed = self._client.rows(stream, keep=True)
        queue = self._client.rows(stream, resource.queue, keep=True)
        if queue.full and not self._has_sent(queue):
            queue = self._wider(resource, queue)
        in_list = self._note(listed)
        self._note(queue)
        yield queue
        statuses: list[Rows] = []
        if queue.full or self._is_as_long_as(queue, listed, stream):
            statuses = self._by_status(resource, queue)
        if statuses:
            yield Notice(
                "queue_full",
                stream,
                f"PSOhub returned {len(queue.rows)} {stream} without an external id, as many as it returns "
                "at once; more follow once these have an external id.",
            )
            yield from statuses
        yield listed
        if listed.full or not self._seen <= in_list:
            yield cut_off(stream, len(listed.rows))

    def _has_sent(self, answer: Rows) -> bool:
        """Whether a full queue may be worked off. Drafts and invoices that wait for approval stay in it."""
        rows = (self._cleaner.clean("invoices", row).values for row in answer.rows)
        return any(values.get("status") not in (DRAFT, APPROVED) for values in rows)

    def _wider(self, resource: Resource, queue: Rows) -> Rows:
        """The queue as far as PSOhub shows it at once: one request, where each status alone takes one."""
        try:
            return self._client.rows(resource.stream.name, resource.queue, 10 * self._client.limit, keep=True)
        except RequestRefusedError as error:
            if error.status not in TOO_MUCH:
                raise
            return queue

    def _note(self, answer: Rows) -> set[str]:
        ids = {key for row in answer.rows if (key := self._cleaner.key("invoices", row))}
        self._seen |= ids
        return ids

    def _is_as_long_as(self, queue: Rows, listed: Rows, stream: str) -> bool:
        """Whether the length of both may be a cap that is not known to be none."""
        size = len(queue.rows)
        return FEWEST <= size == len(listed.rows) and not self._client.is_known_complete(stream, size)

    def _by_status(self, resource: Resource, queue: Rows) -> list[Rows]:
        """The queue status by status; empty if it is found that nothing was cut off."""

        def ask(status: str) -> Rows:
            filters = {**resource.queue, "invoicestatus": status}
            return self._client.rows(resource.stream.name, filters, keep=True)

        answers = [ask(status) for status in IN_QUEUE]
        size = len(queue.rows)
        if size >= self._client.settings.limit:
            return answers
        # Each of them is shorter than the suspected cap, so none is cut off, and together they are the queue.
        sizes = [len(answer.rows) for answer in (*answers, ask(DRAFT))]
        if not max(sizes) < size == sum(sizes):
            known = set(self._seen)
            for answer in answers:
                self._note(answer)
            if queue.full or self._seen > known or self._has_neighbours(resource, queue):
                return answers
        self._client.note_complete(resource.stream.name, size)
        return []

    def _has_neighbours(self, resource: Resource, queue: Rows) -> bool:
        """Whether there is an invoice next to the numbers of the queue that no list has shown."""
        numbers = [
            str(number)
            for row in queue.rows
            if (number := self._cleaner.clean("invoices", row).values.get("number"))
        ]
        for number in _neighbours(numbers):
            answer = self._client.rows(resource.stream.name, {resource.filters["number"]: number}, keep=True)
            for row in answer.rows:
                values = self._cleaner.clean("invoices", row).values
                other = str(values.get("number") or "").casefold() == number.casefold()
                if other and values.get("id") not in self._seen:
                    return True
        return False


def _neighbours(numbers: Sequence[str]) -> list[str]:
    """The numbers before, after and missing among the most frequent sort of numbers: `INV-0008` after
    `INV-0007`.
    """
    sorts: Mapping[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for number in numbers:
        if match := _NUMBERED.fullmatch(number):
            before, digits, after = match.groups()
            sorts[before, after][int(digits)] = digits
    if not sorts:
        return []
    (before, after), used = max(sorts.items(), key=lambda sort: len(sort[1]))
    first, last = min(used), max(used)
    gap = next((value for value in range(first, last) if value not in used), -1)
    widths = {first - 1: len(used[first]), last + 1: len(used[last]), gap: len(used[first])}
    return [f"{before}{value:0{width}}{after}" for value, width in widths.items() if value > 0]
