-- Linked documents whose differences the last comparison reported; `kinds` is JSON.
CREATE TABLE drifted (
    connector TEXT NOT NULL,
    stream TEXT NOT NULL,
    key TEXT NOT NULL,
    source_connector TEXT NOT NULL,
    source_stream TEXT NOT NULL,
    source_key TEXT NOT NULL,
    title TEXT NOT NULL,
    source_title TEXT NOT NULL,
    kinds TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    PRIMARY KEY (connector, stream, key)
);

-- What a person has accepted of them: quiet while the fingerprint is the same.
CREATE TABLE accepted (
    connector TEXT NOT NULL,
    stream TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    why TEXT NOT NULL,
    who TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (connector, stream, key)
);
