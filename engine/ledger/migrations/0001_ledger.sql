-- The ledger's first version. Plain SQL that SQLite and PostgreSQL both read; moments are ISO text in UTC of one
-- width, so that text order is time order; bodies are JSON text, so that 12.50 stays 12.50.

CREATE TABLE links (
    mapping TEXT NOT NULL,
    source_connector TEXT NOT NULL,
    source_stream TEXT NOT NULL,
    source_key TEXT NOT NULL,
    target_connector TEXT NOT NULL,
    target_stream TEXT NOT NULL,
    target_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    at TEXT NOT NULL,
    body TEXT NOT NULL,
    seen TEXT NOT NULL,
    PRIMARY KEY (mapping, source_key, source_stream, source_connector),
    UNIQUE (mapping, target_key, target_stream, target_connector)
);

-- Covers `fingerprints` and `linked_sources`: a no-change run never touches the bodies.
CREATE INDEX links_light ON links (mapping, source_key, fingerprint, target_key);

CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    mapping TEXT NOT NULL,
    target TEXT NOT NULL,
    stream TEXT NOT NULL,
    verb TEXT NOT NULL,
    idempotency_key TEXT NOT NULL UNIQUE,
    begun TEXT NOT NULL,
    settled TEXT
);

CREATE INDEX batches_begun ON batches (id) WHERE settled IS NULL;

CREATE TABLE parts (
    batch INTEGER NOT NULL REFERENCES batches (id),
    position INTEGER NOT NULL,
    mapping TEXT NOT NULL,
    kind TEXT NOT NULL,
    source_connector TEXT NOT NULL,
    source_stream TEXT NOT NULL,
    source_key TEXT NOT NULL,
    target_key TEXT,
    fingerprint TEXT NOT NULL,
    body TEXT NOT NULL,
    title TEXT NOT NULL,
    wanted TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'refused', 'forgotten')),
    answer TEXT,
    reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (batch, position)
);

-- No record is ever in two open batches of one kind: that is how an invoice would be created twice.
CREATE UNIQUE INDEX parts_open ON parts (mapping, source_key, source_stream, source_connector, kind)
WHERE state = 'open';

CREATE TABLE held (
    mapping TEXT NOT NULL,
    source_connector TEXT NOT NULL,
    source_stream TEXT NOT NULL,
    source_key TEXT NOT NULL,
    verb TEXT NOT NULL,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    place TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    since TEXT NOT NULL,
    title TEXT NOT NULL,
    PRIMARY KEY (mapping, source_key, source_stream, source_connector, verb)
);

CREATE TABLE actions (
    mapping TEXT NOT NULL,
    source_connector TEXT NOT NULL,
    source_stream TEXT NOT NULL,
    source_key TEXT NOT NULL,
    verb TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('wanted', 'begun', 'done', 'refused')),
    at TEXT NOT NULL,
    PRIMARY KEY (mapping, verb, source_key, source_stream, source_connector)
);

CREATE TABLE runs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    command TEXT NOT NULL,
    holder TEXT NOT NULL,
    started TEXT NOT NULL,
    ended TEXT,
    exit_code INTEGER,
    report TEXT NOT NULL DEFAULT '{}'
);

CREATE TABLE cursors (
    name TEXT PRIMARY KEY,
    at TEXT NOT NULL
);

CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Who holds the lock, for the message to a second run. The lock itself is the kernel's: see lock.py.
CREATE TABLE lock_holder (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    name TEXT NOT NULL,
    pid INTEGER NOT NULL,
    since TEXT NOT NULL
);
