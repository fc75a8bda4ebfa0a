-- What people call the record at its source; a hash of each source value that the rules read when it was sent; and
-- the target record that took the place of this one, if that is linked to another source record already.
ALTER TABLE links ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE links ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE links ADD COLUMN heir TEXT NOT NULL DEFAULT '';
ALTER TABLE parts ADD COLUMN source TEXT NOT NULL DEFAULT '';

-- Links that an earlier version wrote: their source values are added when the record is next seen unchanged.
CREATE INDEX links_unsourced ON links (mapping, source_key) WHERE source = '';

-- Links that a person has undone. Each row is deleted once the record is linked again.
CREATE TABLE unlinked (
    mapping TEXT NOT NULL,
    source_connector TEXT NOT NULL,
    source_stream TEXT NOT NULL,
    source_key TEXT NOT NULL,
    target_key TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (mapping, source_key, source_stream, source_connector)
);

-- Records that stay as they were sent although the rules, not the source, would now give something else.
CREATE TABLE outdated (
    mapping TEXT NOT NULL,
    source_connector TEXT NOT NULL,
    source_stream TEXT NOT NULL,
    source_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    fields TEXT NOT NULL,
    title TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (mapping, source_key, source_stream, source_connector)
);
