-- What a person has approved: the payload, by its fingerprint, that may be sent although the mapping holds
-- changes. The row is deleted once the payload has been written.
CREATE TABLE agreed (
    mapping TEXT NOT NULL,
    source_connector TEXT NOT NULL,
    source_stream TEXT NOT NULL,
    source_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (mapping, source_key, source_stream, source_connector)
);
