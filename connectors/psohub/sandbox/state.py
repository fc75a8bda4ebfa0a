"""What the sandbox remembers: PSOhub's records as JSON text in one SQLite file, beside the columns that
filters need.

A second start with the same file finds what the first one left. Every change is one transaction.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from connectors.psohub.sandbox.company import Company
from connectors.psohub.sandbox.generate import generate
from connectors.psohub.sandbox.invoicing import invoices
from connectors.psohub.sandbox.options import PsohubSandboxOptions
from connectors.psohub.sandbox.traps import company_row, contact_row, invoice_row, is_blank, project_row
from connectors.psohub.sandbox.wire import Row, dumps, loads_row

MOST_WITH_PDF = 1000
BATCH = 500

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE invoices (
    id INTEGER PRIMARY KEY, number TEXT, status TEXT, external_id TEXT, body TEXT NOT NULL
);
CREATE INDEX invoices_by_number ON invoices (number);
CREATE INDEX invoices_by_status ON invoices (status);
CREATE INDEX invoices_to_push ON invoices (id) WHERE external_id IS NULL;
CREATE INDEX invoices_to_push_by_status ON invoices (status, id) WHERE external_id IS NULL;
CREATE TABLE companies (id INTEGER PRIMARY KEY, name TEXT, body TEXT NOT NULL);
CREATE TABLE contacts (
    id INTEGER PRIMARY KEY, name TEXT, email TEXT, company_id INTEGER, company_name TEXT, body TEXT NOT NULL
);
CREATE INDEX contacts_by_email ON contacts (email);
CREATE INDEX contacts_by_company ON contacts (company_id);
CREATE TABLE projects (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
"""
TABLES = ("invoices", "companies", "contacts", "projects")
ID_OF = {"invoices": "InvoiceID", "companies": "CompanyID", "contacts": "ContactID", "projects": "ProjectID"}


def folded(value: object) -> str | None:
    """Text as filters compare it; None where PSOhub says "nothing"."""
    return None if is_blank(value) else str(value).strip().casefold()


def whole(value: object) -> int | None:
    """An id, which may come as a number or as text (FACTS 3); None if it is neither, or past 64 bits."""
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
        "company_id": lambda row: whole(row.get("CompanyID")),
        "company_name": lambda row: folded(row.get("CompanyName")),
    },
    "projects": {},
}


class State:
    """The sandbox's file, open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None

    @property
    def connection(self) -> sqlite3.Connection:
        """The one connection that changes anything; opened when first used, whichever thread that is."""
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def prepare(self, options: PsohubSandboxOptions) -> None:
        """Make sure that the file holds the company the options describe, unless another one is already at
        work."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        wanted = dumps(options.company)
        with self.change() as db:
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
                for statement in _SCHEMA.split(";\n"):
                    db.execute(statement)
            recorded = self._meta("options")
            if recorded == wanted:
                return
            if recorded and self._meta("written"):
                raise ValueError(
                    f"{self.path} holds the PSOhub company {recorded}, and work has been done on it; "
                    f"it cannot become {wanted}. Start it with the options it was made with, or name "
                    "another state file."
                )
            for table in TABLES:
                db.execute(f"DELETE FROM {table}")
            self._fill(generate(options), with_pdf=options.pdf and options.invoices <= MOST_WITH_PDF)
            self._remember("options", wanted)

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One transaction that changes something: whole, or not at all."""
        db = self.connection
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    def bodies(self, table: str, where: dict[str, object], limit: int) -> Iterator[list[str]]:
        """Rows as JSON text by id, in batches, of one moment: from a connection of its own.

        `where` pairs a condition on columns with the value of its one `?`, or with None if it has none.
        """
        conditions = " AND ".join(where) or "1"
        values = [value for value in where.values() if value is not None]
        with closing(self._open()) as db:
            cursor = db.execute(
                f"SELECT body FROM {table} WHERE {conditions} ORDER BY id LIMIT ?", [*values, limit]
            )
            while batch := cursor.fetchmany(BATCH):
                yield [body for (body,) in batch]

    def row(self, table: str, key: int) -> Row | None:
        """One record, or None."""
        found = self.connection.execute(f"SELECT body FROM {table} WHERE id = ?", [key]).fetchone()
        return loads_row(found[0]) if found else None

    def next_id(self, table: str) -> int:
        """An id that no record has; only good within a change."""
        return int(self.connection.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()[0])

    def write(self, table: str, row: Row) -> None:
        """Write one record, new or changed, within a change; from now on this company is somebody's work."""
        self._put(table, [row])
        self._remember("written", "1")

    def _put(self, table: str, rows: Iterable[Row]) -> None:
        columns = COLUMNS[table]
        names = ["id", *columns, "body"]
        marks = ", ".join("?" * len(names))
        self.connection.executemany(
            f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) VALUES ({marks})",
            (
                [whole(row[ID_OF[table]]), *(read(row) for read in columns.values()), dumps(row)]
                for row in rows
            ),
        )

    def _fill(self, company: Company, *, with_pdf: bool) -> None:
        customers = company.customers
        self._put("companies", map(company_row, customers))
        self._put("contacts", (contact_row(contact, one) for one in customers for contact in one.contacts))
        self._put("projects", (project_row(project, one) for one in customers for project in one.projects))
        self._put("invoices", (invoice_row(invoice, with_pdf=with_pdf) for invoice in invoices(company)))

    def _meta(self, name: str) -> str | None:
        found = self.connection.execute("SELECT value FROM meta WHERE name = ?", [name]).fetchone()
        return found[0] if found else None

    def _remember(self, name: str, value: str) -> None:
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [name, value])

    def _open(self) -> sqlite3.Connection:
        # Autocommit: transactions are spelled out. The server decides which thread it runs in.
        connection = sqlite3.connect(self.path, timeout=60, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection
