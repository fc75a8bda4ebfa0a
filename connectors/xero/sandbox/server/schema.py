"""The tables of the state file, version by version.

A record is a JSON document; its columns exist for searching only; the document is authoritative. The
kit's own tables (`meta`, `answers`) are not among these.
"""

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE tokens (
        token TEXT PRIMARY KEY, client_id TEXT NOT NULL, scope TEXT NOT NULL, expires_ms INTEGER NOT NULL
    );
    CREATE TABLE reference (
        kind TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (kind, id)
    );
    CREATE TABLE contacts (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL, number TEXT, number_key TEXT,
        account_number TEXT, account_key TEXT, email TEXT, status TEXT NOT NULL,
        updated_ms INTEGER NOT NULL, document TEXT NOT NULL
    );
    CREATE INDEX contacts_name ON contacts (name_key);
    CREATE INDEX contacts_number ON contacts (number_key);
    CREATE INDEX contacts_account ON contacts (account_key);
    CREATE INDEX contacts_updated ON contacts (updated_ms, id);
    CREATE TABLE invoices (
        id TEXT PRIMARY KEY, type TEXT NOT NULL, number TEXT, number_key TEXT, reference TEXT,
        contact_id TEXT NOT NULL, status TEXT NOT NULL, date TEXT NOT NULL, due_date TEXT,
        amount_due TEXT NOT NULL, amount_paid TEXT NOT NULL,
        client_id TEXT NOT NULL, updated_ms INTEGER NOT NULL, document TEXT NOT NULL
    );
    CREATE INDEX invoices_number ON invoices (number_key);
    CREATE INDEX invoices_contact ON invoices (contact_id, type);
    CREATE INDEX invoices_updated ON invoices (updated_ms, id);
    CREATE TABLE payments (
        id TEXT PRIMARY KEY, invoice_id TEXT NOT NULL, status TEXT NOT NULL, date TEXT NOT NULL,
        reference TEXT,         updated_ms INTEGER NOT NULL, document TEXT NOT NULL
    );
    CREATE INDEX payments_invoice ON payments (invoice_id);
    CREATE TABLE history (
        position INTEGER PRIMARY KEY, record_id TEXT NOT NULL, at_ms INTEGER NOT NULL, changes TEXT NOT NULL,
        details TEXT NOT NULL
    );
    CREATE INDEX history_record ON history (record_id);
    CREATE TABLE emails (
        position INTEGER PRIMARY KEY, invoice_id TEXT NOT NULL, number TEXT, at_ms INTEGER NOT NULL,
        recipients TEXT NOT NULL
    );
    """,
    """
    ALTER TABLE payments RENAME COLUMN invoice_id TO document_id;
    CREATE TABLE credit_notes (
        id TEXT PRIMARY KEY, type TEXT NOT NULL, number TEXT, number_key TEXT, reference TEXT,
        contact_id TEXT NOT NULL, status TEXT NOT NULL, date TEXT NOT NULL,
        remaining_credit TEXT NOT NULL,
        client_id TEXT NOT NULL, updated_ms INTEGER NOT NULL, document TEXT NOT NULL
    );
    CREATE INDEX credit_notes_number ON credit_notes (number_key);
    CREATE INDEX credit_notes_contact ON credit_notes (contact_id, type);
    CREATE INDEX credit_notes_updated ON credit_notes (updated_ms, id);
    CREATE TABLE allocations (
        position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, credit_note_id TEXT NOT NULL,
        invoice_id TEXT NOT NULL, amount TEXT NOT NULL, date TEXT NOT NULL
    );
    CREATE INDEX allocations_credit_note ON allocations (credit_note_id);
    CREATE INDEX allocations_invoice ON allocations (invoice_id);
    """,
    """
    ALTER TABLE allocations RENAME COLUMN credit_note_id TO credit_id;
    ALTER TABLE allocations ADD COLUMN kind TEXT NOT NULL DEFAULT 'CreditNotes';
    CREATE TABLE prepayments (
        id TEXT PRIMARY KEY, type TEXT NOT NULL, number TEXT, number_key TEXT, reference TEXT,
        contact_id TEXT NOT NULL, status TEXT NOT NULL, date TEXT NOT NULL,
        remaining_credit TEXT NOT NULL,
        client_id TEXT NOT NULL, updated_ms INTEGER NOT NULL, document TEXT NOT NULL
    );
    CREATE INDEX prepayments_updated ON prepayments (updated_ms, id);
    CREATE TABLE overpayments (
        id TEXT PRIMARY KEY, type TEXT NOT NULL, number TEXT, number_key TEXT, reference TEXT,
        contact_id TEXT NOT NULL, status TEXT NOT NULL, date TEXT NOT NULL,
        remaining_credit TEXT NOT NULL,
        client_id TEXT NOT NULL, updated_ms INTEGER NOT NULL, document TEXT NOT NULL
    );
    CREATE INDEX overpayments_updated ON overpayments (updated_ms, id);
    """,
)
