"""PSOhub's records in the state file: JSON text, with the columns that filters need."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from connectors.psohub.sandbox.company.generate import generate
from connectors.psohub.sandbox.company.invoicing import invoices
from connectors.psohub.sandbox.company.model import Company
from connectors.psohub.sandbox.oddities import ODD
from connectors.psohub.sandbox.options import PsohubSandboxOptions
from connectors.psohub.sandbox.traps import (
    LINKED,
    company_row,
    contact_row,
    invoice_row,
    is_blank,
    project_row,
)
from connectors.psohub.sandbox.wire import Row, dumps
from engine.sdk.sandbox import StateFile, loads_object, read_meta, write_meta

MOST_WITH_PDF = 1000
BATCH = 500

# IF NOT EXISTS: the first state files had these tables, but no version number.
MIGRATIONS = (
    """
    CREATE TABLE IF NOT EXISTS invoices (
        id INTEGER PRIMARY KEY, number TEXT, status TEXT, external_id TEXT, body TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS invoices_by_number ON invoices (number);
    CREATE INDEX IF NOT EXISTS invoices_by_status ON invoices (status);
    CREATE INDEX IF NOT EXISTS invoices_to_push ON invoices (id) WHERE external_id IS NULL;
    CREATE INDEX IF NOT EXISTS invoices_to_push_by_status ON invoices (status, id) WHERE external_id IS NULL;
    CREATE TABLE IF NOT EXISTS companies (id INTEGER PRIMARY KEY, name TEXT, body TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS contacts (
        id INTEGER PRIMARY KEY, name TEXT, email TEXT, company_id INTEGER, company_name TEXT,
        body TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS contacts_by_email ON contacts (email);
    CREATE INDEX IF NOT EXISTS contacts_by_company ON contacts (company_id);
    CREATE TABLE IF NOT EXISTS projects (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
    """,
    # The company's own business unit had the id 1 before there was another.
    """
    UPDATE invoices SET body = replace(replace(body, '"BusinessUnitID": 1,', '"BusinessUnitID": 2,'),
        '"BusinessUnitID": 1}', '"BusinessUnitID": 2}');
    UPDATE projects SET body = replace(replace(body, '"BusinessUnitID": 1,', '"BusinessUnitID": 2,'),
        '"BusinessUnitID": 1}', '"BusinessUnitID": 2}');
    """,
)
# Each stream, and the member with its id.
ID_OF = {"invoices": "InvoiceID", "companies": "CompanyID", "contacts": "ContactID", "projects": "ProjectID"}


def folded(value: object) -> str | None:
    """Text as filters compare it; None where PSOhub says "nothing"."""
    return None if is_blank(value) else str(value).strip().casefold()


def whole_number(value: object) -> int | None:
    """An id, which may come as a number or as text (connectors/psohub/API.md, 3); None if it is neither, or
    past 64 bits.
    """
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 30:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if abs(value) < 2**63 else None


# What filters look at, read off the row itself, so that an edited row is found under what it says now.
COLUMNS: dict[str, dict[str, Callable[[Row], object]]] = {
    "invoices": {
        "number": lambda row: folded(row.get("InvoiceNumber")),
        "status": lambda row: folded(row.get("InvoiceStatus")),
        "external_id": lambda row: folded(row.get("ExternalID")),
    },
    "companies": {"name": lambda row: folded(row.get("CompanyName"))},
    "contacts": {
        "name": lambda row: folded(f"{row.get('FirstName', '')} {row.get('LastName', '')}"),
        "email": lambda row: folded(row.get("Email")),
        "company_id": lambda row: whole_number(row.get("CompanyID")),
        "company_name": lambda row: folded(row.get("CompanyName")),
    },
}


class Records:
    """PSOhub's records in a state file."""

    def __init__(self, path: Path) -> None:
        self.file = StateFile(path, MIGRATIONS)

    def prepare(self, options: PsohubSandboxOptions) -> None:
        """Fill the file with the company that the options describe, unless it is there already.

        Raises ValueError if the file holds another company that was worked on.
        """
        wanted = dumps(options.company)
        with self.file.writing() as tx:
            recorded = read_meta(tx, "options")
            if recorded == wanted:
                return
            if recorded and read_meta(tx, "written"):
                raise ValueError(
                    f"{self.file.path} holds the PSOhub company {recorded}, and work has been done on it; "
                    f"it cannot become {wanted}. Start it with the options it was made with, or name "
                    "another state file."
                )
            for table in ID_OF:
                tx.execute(f"DELETE FROM {table}")
            _fill(tx, generate(options), options)
            write_meta(tx, "options", wanted)

    @contextmanager
    def changing(self) -> Iterator["Change"]:
        """One transaction that changes something: all of it is kept, or none."""
        with self.file.writing() as tx:
            yield Change(tx)

    def bodies(self, table: str, where: dict[str, object], limit: int) -> Iterator[list[str]]:
        """Records as JSON text by id, in batches, all of one moment.

        `where` pairs a condition on columns with the value of its one `?`, or with None if it has none.
        """
        conditions = " AND ".join(where) or "1"
        values = [value for value in where.values() if value is not None]
        with self.file.snapshot() as db:
            cursor = db.execute(
                f"SELECT body FROM {table} WHERE {conditions} ORDER BY id LIMIT ?", [*values, limit]
            )
            while batch := cursor.fetchmany(BATCH):
                yield [body for (body,) in batch]

    def row(self, table: str, key: int) -> Row | None:
        """One record, or None."""
        with self.file.reading() as tx:
            return _row(tx, table, key)


class Change:
    """A transaction on PSOhub's records."""

    def __init__(self, tx: sqlite3.Connection) -> None:
        self._tx = tx

    def row(self, table: str, key: int) -> Row | None:
        """One record, or None."""
        return _row(self._tx, table, key)

    def next_id(self, table: str) -> int:
        """An id that no record has."""
        return int(self._tx.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()[0])

    def write(self, table: str, row: Row) -> None:
        """Write one record, new or changed; from now on the company counts as changed."""
        _put(self._tx, table, [row])
        write_meta(self._tx, "written", "1")

    def write_as_given(self, table: str, row: Row) -> None:
        """Write a row that may lack a readable id: it is stored after all others."""
        key = whole_number(row.get(ID_OF[table]))
        _put(self._tx, table, [row], self.next_id(table) if key is None else key)
        write_meta(self._tx, "written", "1")


def _row(tx: sqlite3.Connection, table: str, key: int) -> Row | None:
    row = tx.execute(f"SELECT body FROM {table} WHERE id = ?", [key]).fetchone()
    return loads_object(row["body"]) if row else None


def _put(tx: sqlite3.Connection, table: str, rows: Iterable[Row], key: int | None = None) -> None:
    """Write rows under their ids, or under the one given."""
    columns = COLUMNS.get(table, {})
    names = ["id", *columns, "body"]
    marks = ", ".join("?" * len(names))
    tx.executemany(
        f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) VALUES ({marks})",
        (
            [key or whole_number(row[ID_OF[table]]), *(read(row) for read in columns.values()), dumps(row)]
            for row in rows
        ),
    )


def _fill(tx: sqlite3.Connection, company: Company, options: PsohubSandboxOptions) -> None:
    customers, with_pdf = company.customers, options.pdf and options.invoices <= MOST_WITH_PDF
    contacts = ((contact, customer) for customer in customers for contact in customer.contacts)
    projects = ((project, customer) for customer in customers for project in customer.projects)
    rows: dict[str, Iterator[Row]] = {
        "companies": map(company_row, customers),
        "contacts": (contact_row(contact, customer) for contact, customer in contacts),
        "projects": (project_row(project, customer) for project, customer in projects),
        "invoices": (invoice_row(invoice, with_pdf=with_pdf) for invoice in invoices(company)),
    }
    for stream, some in rows.items():
        if options.has_odd_texts and stream in ODD:
            some = (ODD[stream](row, at) for at, row in enumerate(some))
        if stream == "invoices" and not options.linked:
            some = ({name: row[name] for name in row if name not in LINKED} for row in some)
        _put(tx, stream, some)
