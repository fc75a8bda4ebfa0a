"""A stream of Xero's and everything that reading, searching and writing it needs: one declaration.

A `Resource` that lacks something for what its stream promises fails when the connector is imported. How each
list can be requested is documented in connectors/xero/API.md, 5. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote

from engine.sdk import Standing, Stream, fold, raise_if_any

IDS = 40  # ids in one address (connectors/xero/API.md, 3)
EQUALITIES = 25
QUERY = 1500  # characters of a filter, percent-encoded; servers stop reading near 2,048
Params = Mapping[str, str | int]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One GET: a list, or a single record by its id or number."""

    path: str
    params: Params = field(default_factory=dict)
    single: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """What invoices and credit notes have besides: a kind, lines, and a state in the books."""

    type: str  # the `Type` of those that are sales; all others are left out
    standing: Callable[[Row, str], Standing]  # from values and currency
    negative: str  # why a total below zero is refused; {0} is the total


@dataclass(frozen=True, slots=True)
class Resource:
    """One stream and its list at Xero."""

    stream: Stream
    path: str
    collection: str = ""  # the member of an answer that holds the list; empty: named as the path
    params: Params = field(default_factory=dict)
    order: str = ""  # its id as `order` spells it, so that a row keeps its page; empty: the list has one page
    rows: Callable[[Row], Iterable[Row]] = lambda element: (
        element,
    )  # the records in one element of the list
    searchable: tuple[str, ...] = ()  # fields that a filter or the path takes, most selective first
    in_terms: tuple[str, ...] = ()  # those that the list's `searchTerm` looks into; it may hold quotes
    in_path: tuple[str, ...] = ()  # those that no filter takes: they go into the path in place of the id
    id_params: Mapping[str, str] = field(default_factory=dict)  # a field: the parameter that takes many ids
    single_ids: bool = False  # ids can only be requested one by one, in the path
    identifying: tuple[str, ...] = ()  # an answered element that differs in one of them is another record
    folded: tuple[str, ...] = ()  # fields that are compared as people read them: see `engine.sdk.fold`
    codes: tuple[str, ...] = ()  # fields that are compared by their letters and digits: tax numbers
    unique: tuple[str, ...] = ()  # fields of which two records cannot have the same value
    # Whether a record keeps others from its value of such a field.
    holds: Callable[[str, Row], bool] = lambda name, values: True
    exists: Callable[[Row], bool] = lambda values: True  # False: void, merged away or erased
    unclear: Callable[[Row], bool] = lambda values: False  # True: a list's row does not tell enough
    by_id_lists: tuple[str, ...] = ()  # a read by id leaves them out only if they are empty
    currency: str = ""  # the field that must hold an enabled currency
    document: Document | None = None
    view: str = ""  # where people see a record: the path of the web address, up to the id

    def __post_init__(self) -> None:
        mistakes = _mistakes(self)
        raise_if_any("xero", (f"stream {self.stream.name}: {mistake}" for mistake in mistakes))

    def query(self, where: str = "", **more: str | int) -> dict[str, str | int]:
        """The parameters of a list call; `where` is combined with the filter of the list itself."""
        kind = f'Type=="{self.document.type}"' if self.document else ""
        both = " AND ".join(filter(None, (kind, f"({where})" if kind and where else where)))
        condition = {"where": both} if both else {}
        return {**self.params, **self.precision(), "order": self.order, **condition, **more}

    def single(self, key: str) -> Call:
        """The call for one record by its id or number."""
        return Call(f"{self.path}/{quote(key, safe='')}", self.precision(), single=True)

    def precision(self) -> Params:
        """The decimals of unit amounts, a parameter of every call that shows or takes lines."""
        return {"unitdp": 4} if self.document else {}

    def by_ids(self, name: str, ids: Sequence[str]) -> Iterator[Call]:
        """The calls that return every record with one of these ids in the field `name`."""
        if parameter := self.id_params.get(name):
            for some in chunks(ids, IDS):
                yield Call(self.path, self.query(**{parameter: ",".join(some)}))
        elif self.single_ids and "." not in name:
            yield from (self.single(key) for key in ids)
        else:
            spelled = name if "." in name else self.order
            for terms in filters([f'{spelled}==guid("{key}")' for key in ids]):
                yield Call(self.path, self.query(terms))

    def is_ours(self, row: Row) -> bool:
        """False for a document of a supplier."""
        return self.document is None or row.get("Type", self.document.type) == self.document.type

    def compared(self, name: str, value: Any) -> Any:
        """A field's value as Xero compares it."""
        if not isinstance(value, str):
            return value
        if name in self.codes:
            return _code(value)
        if name in self.folded:
            return fold(value)
        return value.strip().lower() if is_id(name) else value.strip()


def _mistakes(resource: Resource) -> Iterator[str]:
    """What the declaration lacks for what its stream promises."""
    stream = resource.stream
    if not resource.path:
        yield "declare its path"
    if not stream.reference and not resource.order:
        yield "it is read in pages; declare the order that keeps a record on its page"
    if stream.match_fields and not resource.searchable:
        yield "it has match_fields; declare which of them are searchable"
    if (stream.creates or stream.updates) and not resource.identifying:
        yield "it can be written; declare the identifying fields, which match answers"
    if stream.control_totals and resource.document is None:
        yield "it has control_totals; declare its document"
    if unknown := set(stream.actions) - {"email", "email_contact", "allocate"}:
        yield f"there is no implementation of its action {', '.join(sorted(unknown))}"
    for name in resource.in_path:
        if name not in resource.searchable:
            yield f'"{name}" is in_path, but not searchable'
    fields = (
        *resource.searchable,
        *resource.in_terms,
        *resource.identifying,
        *resource.folded,
        *resource.codes,
        *resource.id_params,
        *resource.unique,
    )
    for name in dict.fromkeys((*fields, *filter(None, (resource.currency,)))):
        if stream.field(name) is None:
            yield f'"{name}" is not one of its fields'


def _code(text: str) -> str:
    """`nl 8579.36.229.b01` and `NL857936229B01` are one number. Empty for what identifies no one: `n/a`, `0`.

    A country's letters in front count: whose number it is without them is not known.
    """
    code = "".join(char for char in fold(text) if char.isalnum())
    return code if any(char.isdigit() and char != "0" for char in code) else ""


def is_id(name: str) -> bool:
    """Whether a field, maybe one inside an object, holds an id of Xero's."""
    return name.endswith("ID")


def from_day(name: str, day: date) -> str:
    """The filter for what is dated from a day on."""
    return f"{name}>=DateTime({day.year},{day.month:02},{day.day:02})"


def filters(terms: Sequence[str]) -> Iterator[str]:
    """Terms joined with OR, as many to a filter as its length allows."""
    some: list[str] = []
    length = 0
    for term in terms:
        size = len(quote(f" OR {term}"))
        if some and (len(some) >= EQUALITIES or length + size > QUERY):
            yield " OR ".join(some)
            some, length = [], 0
        some.append(term)
        length += size
    if some:
        yield " OR ".join(some)


def chunks(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
