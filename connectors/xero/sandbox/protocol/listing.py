"""Lists: filter, order and page over one table, whose fields the endpoint declares.

Facts: connectors/xero/API.md, 5.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.xero.sandbox.protocol.call import Call
from connectors.xero.sandbox.protocol.dates import moment_of
from connectors.xero.sandbox.protocol.envelope import error, with_hyphens
from connectors.xero.sandbox.protocol.where import Filter, QueryParseError, fold, parse_where
from connectors.xero.sandbox.protocol.wire import Json
from engine.sdk import loads
from engine.sdk.sandbox import Refused

MOST_UNPAGED = 100_000
PAGE_SIZE = 100
# Kinds that are cast to be sorted: SQLite takes a bare 0, which is what stands for "no attachments", for the
# number of a column.
SORTED_AS = {"number": "REAL", "bool": "INTEGER"}
# Fields that narrow a list down enough for a very large organisation (connectors/xero/API.md, 5), in small
# letters, and parameters that do.
NARROW_FIELDS = re.compile(
    r"\w*id|invoicenumber|accountnumber|\w+\.\w+|reference|date|duedate|name|emailaddress"
)
NARROW_PARAMETERS = ("IDs", "InvoiceNumbers", "ContactIDs", "searchTerm")
TOO_BROAD = (
    "Your request is not filtering {} efficiently, given the extremely high volume for this organisation. "
    "Please check https://developer.xero.com/documentation/api/efficient-data-retrieval for tips on making "
    "retrieval more efficient."
)


@dataclass(frozen=True, slots=True)
class Field:
    """One name usable in `where` and `order`: its kind, and the SQL that yields it."""

    kind: str
    sql: str


@dataclass(frozen=True, slots=True)
class Table:
    """What a list is drawn from. `source` is a table or a join in which the records are called `r`."""

    of: str
    source: str
    fields: Mapping[str, Field]
    kinds: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", {name: known.kind for name, known in self.fields.items()})


@dataclass(slots=True)
class Conditions:
    """Conditions in SQL, collected from query parameters."""

    sql: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, sql: str, *values: Any) -> None:
        self.sql.append(sql)
        self.values.extend(values)

    def among(self, column: str, values: Sequence[str]) -> None:
        if values:
            self.add(f"{column} IN ({', '.join('?' * len(values))})", *values)


@dataclass(frozen=True, slots=True)
class Page:
    documents: list[Json]
    pagination: Json | None
    paged: bool


def document_field(kind: str, member: str) -> Field:
    return Field(kind, f"json_extract(r.document, '$.{member}')")


def several(call: Call, name: str) -> list[str]:
    return [with_hyphens(part.strip()) for part in call.query.get(name, "").split(",") if part.strip()]


def page(
    call: Call, table: Table, conditions: Conditions, *, pageable: bool = True, paged: bool = False
) -> Page:
    """Read the list a call asks for. `paged` turns paging on without `page` being there."""
    if call.since_ms is not None:
        # Inclusive: to the second is how the header is read, so the boundary must not be lost.
        conditions.add("r.updated_ms >= ?", call.since_ms)
    if pageable and call.options.refuses_broad_lists:
        _refuse_broad(call, table)
    numbered = "page" in call.query and pageable
    if not (numbered or (paged and pageable)):
        ids, count = _matching(call, table, conditions)
        if count > MOST_UNPAGED:
            raise Refused(error(10, "ValidationException", "Too many records: use paging."))
        return Page(_documents(call, table, ids), None, paged=False)
    size = min(call.options.largest_page, max(1, _whole(call, "pageSize", PAGE_SIZE)))
    number = min(MOST_UNPAGED, max(1, _whole(call, "page", 1)))
    ids, count = _matching(call, table, conditions, size, (number - 1) * size)
    pagination: Json = {"page": number, "pageSize": size, "pageCount": -(-count // size), "itemCount": count}
    reported = numbered and call.options.reports_pages
    return Page(_documents(call, table, ids), pagination if reported else None, paged=True)


def _matching(
    call: Call, table: Table, conditions: Conditions, size: int = -1, offset: int = 0
) -> tuple[list[str], int]:
    """The ids of one stretch of the list, and how long the list is."""
    wanted = _where(call, table)
    try:
        order = _order(call.query.get("order", ""), table)
    except QueryParseError as mistake:
        raise Refused(error(16, "QueryParseException", str(mistake))) from mistake
    drawn = f"FROM {table.source} WHERE {' AND '.join(conditions.sql) or '1'}"
    if wanted is not None:
        ids = _filtered(call, table, wanted, f"{drawn} ORDER BY {order}", conditions.values)
        return ids[offset : offset + size if size >= 0 else None], len(ids)
    count = int(call.tx.execute(f"SELECT count(*) {drawn}", conditions.values).fetchone()[0])
    sql = f"SELECT r.id {drawn} ORDER BY {order} LIMIT ? OFFSET ?"
    return [row[0] for row in call.tx.execute(sql, (*conditions.values, size, offset))], count


def _where(call: Call, table: Table) -> Filter | None:
    try:
        return parse_where(call.query["where"], table.kinds, table.of) if call.query.get("where") else None
    except QueryParseError as mistake:
        raise Refused(error(16, "QueryParseException", str(mistake))) from mistake


def _refuse_broad(call: Call, table: Table) -> None:
    wanted = _where(call, table)
    narrow = call.since_ms is not None or any(name in call.query for name in NARROW_PARAMETERS)
    if not narrow and not any(NARROW_FIELDS.fullmatch(name) for name in (wanted.names if wanted else ())):
        raise Refused(error(16, "QueryParseException", TOO_BROAD.format(f"{table.of}s")))


def _filtered(call: Call, table: Table, wanted: Filter, drawn: str, values: Sequence[Any]) -> list[str]:
    names = sorted(wanted.names)
    kinds = [table.kinds[name] for name in names]
    columns = "".join(f", {table.fields[name].sql}" for name in names)
    ids: list[str] = []
    for row in call.tx.execute(f"SELECT r.id{columns} {drawn}", values):
        known = {name: _value(kind, value) for name, kind, value in zip(names, kinds, row[1:], strict=True)}
        if wanted.matches(known):
            ids.append(row[0])
    return ids


def _documents(call: Call, table: Table, ids: Sequence[str]) -> list[Json]:
    documents: dict[str, Json] = {}
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        sql = f"SELECT r.id, r.document FROM {table.source} WHERE r.id IN ({', '.join('?' * len(some))})"
        documents.update((row["id"], loads(row["document"])) for row in call.tx.execute(sql, some))
    return [documents[key] for key in ids]


def _order(text: str, table: Table) -> str:
    """`Date DESC, InvoiceID`; without one, the oldest change first (connectors/xero/API.md, 5)."""
    terms: list[str] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, direction = part.partition(" ")
        known = table.fields.get(name.lower())
        if known is None:
            raise QueryParseError(f"No property or field '{name}' exists in type '{table.of}'")
        if direction.strip().upper() not in {"", "ASC", "DESC", "ASCENDING", "DESCENDING"}:
            raise QueryParseError(f"Syntax error '{direction.strip()}'")
        downwards = direction.strip().upper().startswith("DESC")
        kind = SORTED_AS.get(known.kind)
        by = f"CAST({known.sql} AS {kind})" if kind else known.sql
        terms.append(f"{by} COLLATE NOCASE {'DESC' if downwards else 'ASC'}")
    return ", ".join([*terms, "r.id"] if terms else ["r.updated_ms", "r.id"])


def _value(kind: str, value: Any) -> Any:
    if value is None or kind in {"text", "guid"}:
        return value
    if kind == "bool":
        return bool(value)
    if kind == "number":
        # SQLite has made a float of it; 15 digits survive that, and no amount here has more.
        return Decimal(str(value))
    return moment_of(value) if isinstance(value, int) else datetime.fromisoformat(value).replace(tzinfo=UTC)


def _whole(call: Call, name: str, default: int) -> int:
    try:
        return int(call.query.get(name, default))
    except ValueError:
        return default


def matches_term(term: str, *texts: Any) -> bool:
    folded = fold(term)
    return any(folded in fold(str(text)) for text in texts if text)
