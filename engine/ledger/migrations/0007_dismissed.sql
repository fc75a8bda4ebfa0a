-- A hash of the source record's values when it was held, so that a dismissal ends when they change.
ALTER TABLE held ADD COLUMN source TEXT NOT NULL DEFAULT '';

-- Held records that a person has dismissed: their rows of `held`, with the reason.
CREATE TABLE dismissed (
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
    source TEXT NOT NULL,
    why TEXT NOT NULL,
    who TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (mapping, source_key, source_stream, source_connector)
);
